//! Learners and their accounts: registered or found by institutions, claimed with a one-time code.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::note_access;
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{LearnerIdentity, MaskedLearner, document_index, masked, opened};
use super::once::once;
use super::sessions::{NewUser, add_user};
use crate::domain::account_number::AccountNumber;
use crate::domain::actor::{Actor, Caller};
use crate::domain::identity_document::{DocumentKind, IdentityDocument};
use crate::domain::person_name::PersonName;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::deposits::{self, Brought, KnownByRow, LearnerRow};
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use crate::store::{claim_codes, identities, people, records};
use crate::vault::opaque;
use crate::vault::spoken_code::{comparable, new_code};

/// A learner whom an institution registers.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "learner": { "document_kind": "resident_identity_card", "document_number": "11010519491231002X", "name": "王芳" } }))]
pub struct NewLearner {
    pub institution_id: Uuid,
    pub learner: LearnerIdentity,
    /// The learner's own log-in, where the learner is there in person; else the account is claimed later.
    #[serde(default)]
    pub user: Option<NewUser>,
}

/// Whom an institution looks for.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerSearch {
    /// The institution that looks; the authority leaves it out.
    #[serde(default)]
    pub institution_id: Option<Uuid>,
    pub document_kind: DocumentKind,
    #[schema(min_length = 5, max_length = 40, example = "11010519491231002X")]
    pub document_number: String,
}

/// Registers a learner: finds the account by document, or opens one; binds it to a log-in where one is given.
///
/// # Errors
/// `InvalidBody`, `IdentityMismatch`, `AccountAlreadyClaimed`, `UsernameTaken`, and what the policy answers.
pub fn register_learner(bank: &Bank, context: &Context, key: Option<&str>, new: &NewLearner) -> Result<MaskedLearner, OpError> {
    let (document, name) = parse(bank, context, &new.learner)?;
    let password_hash = match &new.user {
        None => None,
        Some(user) => {
            user.check_inside("/user")?;
            Some(user.hash(bank)?)
        }
    };
    bank.store.write(|conn| {
        once(bank, context, conn, "register_learner", key, new, |conn| {
            context.authorised(conn, Action::RegisterLearner, Resource::Institution(new.institution_id))?;
            let mut row = found_or_opened(bank, context, conn, new.institution_id, &document, &name)?;
            if let Some((user, password_hash)) = new.user.as_ref().zip(password_hash.as_deref()) {
                let learner_id = row.learner_id.0;
                let user_id = add_user(conn, context, user, password_hash, None, Some(learner_id))?;
                if !claim_codes::bind(conn, learner_id, user_id)? {
                    return Err(Rejection::AccountAlreadyClaimed {}.into());
                }
                row.user_id = Some(Key(user_id));
            }
            let told = context
                .told("register_learner", "learner", row.learner_id.0)
                .of_learner(row.learner_id.0)
                .of_institution(new.institution_id);
            tell(conn, &[told])?;
            masked(bank, &row)
        })
    })
}

fn parse(bank: &Bank, context: &Context, learner: &LearnerIdentity) -> Result<(IdentityDocument, PersonName), Rejection> {
    let document = IdentityDocument::parse(learner.document_kind, &learner.document_number, bank.day(context.now));
    let name = PersonName::parse(&learner.name);
    let mut problems = Vec::new();
    if let Err(error) = &document {
        problems.push(FieldProblem::new("/learner/document_number", error.to_string()));
    }
    if name.is_none() {
        problems.push(FieldProblem::new("/learner/name", "must have 1 to 100 characters and no digits"));
    }
    match (document, name) {
        (Ok(document), Some(name)) => Ok((document, name)),
        _ => Err(Rejection::InvalidBody { problems }),
    }
}

fn found_or_opened(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    institution_id: Uuid,
    document: &IdentityDocument,
    name: &PersonName,
) -> Result<LearnerRow, OpError> {
    let index = document_index(bank, document);
    let found = identities::learners_by_document(conn, &[index])?.pop();
    let mut brought = Brought::default();
    let row = match found {
        Some(found) if found.is_named(&bank.sealer.index("name", &name.matching_key())) => {
            brought.merged.extend(found.merged());
            found.learner
        }
        Some(_) => return Err(Rejection::IdentityMismatch {}.into()),
        None => {
            let (row, identity, account_number) = opened(bank, context, institution_id, document, name)?;
            brought.learners.push(row.clone());
            brought.identities.push(identity);
            brought.account_numbers.push(account_number);
            row
        }
    };
    if !identities::knows(conn, institution_id, row.learner_id.0)? {
        if brought.learners.is_empty() {
            records::lock_learner(conn, row.learner_id.0)?;
        }
        brought.known_by.push(KnownByRow {
            learner_id: row.learner_id.clone(),
            institution_id: Key(institution_id),
            since: At(context.now),
        });
    }
    deposits::bring(conn, &brought)?;
    Ok(row)
}

/// Finds a learner by document: an institution those whom it knows, the authority anyone. The learner sees the look.
///
/// # Errors
/// `InvalidBody`, `NotFound`, and what the policy answers.
pub fn find_learner(bank: &Bank, context: &Context, search: &LearnerSearch) -> Result<MaskedLearner, OpError> {
    let document = IdentityDocument::parse(search.document_kind, &search.document_number, bank.day(context.now))
        .map_err(|error| Rejection::field("/document_number", error.to_string()))?;
    let resource = search.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::FindLearner, resource)?;
        let index = document_index(bank, &document);
        let found = identities::learners_by_document(conn, &[index])?.pop().map(|found| found.learner);
        let row = found.ok_or(Rejection::NotFound {})?;
        if let Some(institution_id) = search.institution_id
            && !identities::knows(conn, institution_id, row.learner_id.0)?
        {
            return Err(Rejection::NotFound {}.into());
        }
        note_access(conn, context, &actor, search.institution_id, "find_learner", &[row.learner_id.0])?;
        masked(bank, &row)
    })
}

/// An institution that hands out a code.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimCodeRequest {
    pub institution_id: Uuid,
}

/// A one-time code, shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimCode {
    pub account_number: String,
    #[schema(example = "K7PM-2XQD-9RTA")]
    pub claim_code: String,
    pub expires_at: DateTime<Utc>,
}

/// A claim of an account.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "account_number": "1234567890123494", "claim_code": "K7PM-2XQD-9RTA", "user": { "username": "wang-fang", "display_name": "王老师", "password": "lantern-orbit-violin-42" } }))]
pub struct AccountClaim {
    /// 16 digits; spaces and hyphens are forgiven.
    #[schema(max_length = 30, example = "1234567890123494")]
    pub account_number: String,
    #[schema(max_length = 30, example = "K7PM-2XQD-9RTA")]
    pub claim_code: String,
    /// The log-in to make; left out by somebody who is logged in.
    #[serde(default)]
    pub user: Option<NewUser>,
}

/// How many wrong guesses a code bears.
const FAILURES_MAX: i64 = 5;

/// Hands out a code by which a learner whom the institution knows claims the account.
///
/// # Errors
/// `LearnerNotKnown`, `AccountAlreadyClaimed`, and what the policy answers.
pub fn issue_claim_code(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    learner_id: Uuid,
    request: ClaimCodeRequest,
) -> Result<ClaimCode, OpError> {
    let code = new_code()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "issue_claim_code", key, &(learner_id, request), |conn| {
            context.authorised(conn, Action::IssueClaimCode, Resource::Institution(request.institution_id))?;
            keep_code(bank, context, conn, learner_id, request.institution_id, &code)
        })
    })
}

fn keep_code(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner_id: Uuid,
    institution_id: Uuid,
    code: &str,
) -> Result<ClaimCode, OpError> {
    let row = records::learner(conn, learner_id)?.ok_or(Rejection::LearnerNotKnown {})?;
    let learner_id = row.learner_id.0;
    if !identities::knows(conn, institution_id, learner_id)? {
        return Err(Rejection::LearnerNotKnown {}.into());
    }
    records::lock_learner(conn, learner_id)?;
    if row.user_id.is_some() {
        return Err(Rejection::AccountAlreadyClaimed {}.into());
    }
    let claim_code_id = Uuid::now_v7();
    let expires_at = context.now + bank.claim_code_life;
    let created_by = match context.caller {
        Caller::User { user_id, .. } => user_id,
        Caller::Client { client_id, .. } => client_id,
        Caller::Anonymous | Caller::Import { .. } | Caller::Bank => Uuid::nil(),
    };
    let kept = claim_codes::ClaimCodeRow {
        learner_id: Key(learner_id),
        claim_code_id: Key(claim_code_id),
        code_digest: opaque::digest(&comparable(code)),
        institution_id: Key(institution_id),
        created_by: Key(created_by),
        created_at: At(context.now),
        expires_at: At(expires_at),
        failures: 0,
        used_at: None,
    };
    claim_codes::insert_claim_code(conn, &kept)?;
    let told = context
        .told("issue_claim_code", "claim_code", claim_code_id)
        .of_learner(learner_id)
        .of_institution(institution_id);
    tell(conn, &[told])?;
    Ok(ClaimCode {
        account_number: row.account_number,
        claim_code: code.to_owned(),
        expires_at,
    })
}

/// Binds an account to a log-in: a new one, or that of the caller.
///
/// # Errors
/// `ClaimCodeWrong` whatever is not right, `AccountAlreadyClaimed`, `AlreadyALearner`, `UsernameTaken`, `InvalidBody`.
pub fn claim_account(bank: &Bank, context: &Context, claim: &AccountClaim) -> Result<MaskedLearner, OpError> {
    let password_hash = match (&claim.user, context.caller) {
        (Some(user), Caller::Anonymous) => {
            user.check_inside("/user")?;
            Some(user.hash(bank)?)
        }
        (None, Caller::User { .. }) => None,
        (Some(_), _) => return Err(Rejection::field("/user", "is left out by somebody who is logged in").into()),
        (None, _) => return Err(Rejection::field("/user", "is required").into()),
    };
    let account_number = AccountNumber::parse(&claim.account_number).ok_or(Rejection::ClaimCodeWrong {})?;
    // A wrong guess is counted even though it is refused, so it commits and is refused after that.
    let claimed = bank.store.write(|conn| -> Result<Option<MaskedLearner>, OpError> {
        let Some(row) = records::learner_by_account(conn, account_number.as_str())? else {
            return Ok(None);
        };
        let learner_id = row.learner_id.0;
        let codes = claim_codes::open_claim_codes(conn, learner_id, context.now)?;
        let code = comparable(&claim.claim_code);
        let good = codes
            .iter()
            .find(|kept| kept.failures < FAILURES_MAX && opaque::matches(&code, &kept.code_digest));
        let Some(good) = good else {
            claim_codes::count_claim_failure(conn, learner_id)?;
            tell(conn, &[context.told("refuse_claim", "learner", learner_id).of_learner(learner_id)])?;
            return Ok(None);
        };
        let user_id = match (&claim.user, &password_hash) {
            (Some(user), Some(password_hash)) => add_user(conn, context, user, password_hash, None, Some(learner_id))?,
            _ => claiming_user(conn, context, learner_id)?,
        };
        if !claim_codes::claim_account(conn, learner_id, good.claim_code_id.0, user_id, context.now)? {
            return Err(Rejection::AccountAlreadyClaimed {}.into());
        }
        tell(conn, &[context.told("claim_account", "learner", learner_id).of_learner(learner_id)])?;
        let row = LearnerRow {
            user_id: Some(Key(user_id)),
            ..row
        };
        masked(bank, &row).map(Some)
    })?;
    Ok(claimed.ok_or(Rejection::ClaimCodeWrong {})?)
}

fn claiming_user(conn: &mut Conn, context: &Context, learner_id: Uuid) -> Result<Uuid, OpError> {
    match context.actor(conn)? {
        Actor::User { user_id, .. } => {
            if people::set_learner(conn, user_id, learner_id)? {
                Ok(user_id)
            } else {
                Err(Rejection::AlreadyALearner {}.into())
            }
        }
        Actor::Anonymous | Actor::Client { .. } | Actor::Bank => Err(Rejection::Unauthenticated {}.into()),
    }
}
