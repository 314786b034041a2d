//! What the pages of claims share: what things are called, how long there is, which files there are, and forms that bring one.

use std::collections::HashMap;
use std::io::Read as _;

use actix_web::{HttpRequest, web};
use uuid::Uuid;

use crate::domain::evidence::{FileName, MediaType};
use crate::domain::rejection::Rejection;
use crate::http::file::spool_failed;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::Whose;
use crate::ops::claims::view::ClaimSummary;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::read::list_own_evidence;
use crate::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use crate::ops::evidence::{EvidenceFile, FILES_MAX};
use crate::ops::names::NamedOutcome;
use crate::ops::outcomes::{OutcomeView, list_record_outcomes};
use crate::ops::worth::JudgedBy;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::upload::{SentFile, received, size};
use crate::portal::visit::SignedIn;

/// The most of one's own outcomes that a page asks for; no question is about more.
const OUTCOMES_MAX: usize = 500;

/// Outcomes that are read at once.
const PIECE: i64 = 200;

/// One's own outcomes, by their keys in an allocation.
pub(super) type OwnOutcomes = HashMap<String, OutcomeView>;

/// Reads one's own outcomes, from the newest.
pub(super) fn own_outcomes(bank: &Bank, context: &Context) -> Result<Vec<OutcomeView>, OpError> {
    let mut found: Vec<OutcomeView> = Vec::new();
    while found.len() < OUTCOMES_MAX {
        let before = found.last().map(|outcome| outcome.outcome_id);
        let piece = list_record_outcomes(bank, context, Whose::Own, None, before, PIECE)?;
        if piece.is_empty() {
            break;
        }
        found.extend(piece);
    }
    Ok(found)
}

/// The same, by their keys.
pub(super) fn by_key(outcomes: Vec<OutcomeView>) -> OwnOutcomes {
    outcomes
        .into_iter()
        .map(|outcome| (outcome.outcome_id.to_string(), outcome))
        .collect()
}

/// What an outcome is called that an allocation names by its key.
pub(super) fn name_of_key<'a>(frame: &Frame, outcomes: &'a OwnOutcomes, key: &'a str) -> Name<'a> {
    outcomes.get(key).map_or_else(|| Name::plain(key), |outcome| frame.name_of(outcome))
}

/// What an outcome is called among some.
pub(super) fn name_among<'a>(frame: &Frame, outcomes: &'a [NamedOutcome], outcome_id: Uuid) -> Name<'a> {
    let found = outcomes.iter().find(|outcome| outcome.outcome_id == outcome_id);
    found.map_or_else(|| Name::plain(""), |outcome| frame.name_of(&outcome.name))
}

/// The rules that judge, with their version.
pub(super) fn rules_of(frame: &Frame, rules: Option<&JudgedBy>) -> Option<String> {
    let rules = rules?;
    let title = rules.title.text(frame.language).to_owned();
    let said = frame.t2("claims-compose-rules", ("title", title), ("version", rules.version));
    Some(said.into_owned())
}

/// What a claim is about.
pub(super) fn title_of<'a>(frame: &Frame, claim: &'a ClaimSummary) -> Name<'a> {
    let name = claim.programme_name.as_ref().or(claim.achievement_name.as_ref());
    name.map_or_else(
        || Name::plain(frame.word("claims-kind", claim.kind.as_str())),
        |name| frame.name_of(name),
    )
}

/// Who decides a claim.
pub(super) fn decider_of(frame: &Frame, claim: &ClaimSummary) -> String {
    claim.institution_name.clone().unwrap_or_else(|| frame.bank_name().to_owned())
}

/// How long there is for something.
pub(super) struct Clock {
    pub(super) text: String,
    pub(super) is_late: bool,
}

/// How long there is for what is due on a claim; nothing where nothing is.
pub(super) fn clock_of(frame: &Frame, claim: &ClaimSummary) -> Option<Clock> {
    let due = claim.due?;
    let what = frame.word("claims-due", due.what.as_str());
    Some(clock(frame, &what, due.on, claim.left_working_days, claim.overdue_working_days))
}

/// How long there is for something that has a last day.
pub(super) fn clock(frame: &Frame, what: &str, on: chrono::NaiveDate, left: u32, overdue: u32) -> Clock {
    let is_late = overdue > 0;
    let length = match is_late {
        true => frame.t1("claims-overdue", "days", overdue),
        false => frame.t1("claims-left", "days", left),
    };
    let until = frame.t2("claims-clock", ("what", what.to_owned()), ("day", frame.day(&on).into_owned()));
    Clock {
        text: format!("{until}{}{length}", frame.t("claims-clock-separator")),
        is_late,
    }
}

/// A file that can be attached, or is.
pub(super) struct FileLine {
    pub(super) file_id: Uuid,
    pub(super) name: String,
    pub(super) size: String,
    pub(super) is_chosen: bool,
}

/// Files as they are shown, some of which are chosen.
pub(super) fn file_lines(files: &[EvidenceFile], chosen: &[Uuid]) -> Vec<FileLine> {
    let lines = files.iter().map(|file| FileLine {
        file_id: file.file_id,
        name: file.name.clone(),
        size: size(file.bytes),
        is_chosen: chosen.contains(&file.file_id),
    });
    lines.collect()
}

/// The files of one's own that can be attached.
pub(super) fn own_files(bank: &Bank, context: &Context) -> Result<Vec<EvidenceFile>, OpError> {
    list_own_evidence(bank, context, None, FILES_MAX)
}

/// A form that somebody signed in sent, perhaps with a file.
pub(super) struct Written {
    pub(super) visit: SignedIn,
    pub(super) once: Option<String>,
    pairs: Vec<(String, String)>,
    /// The files that are attached; the one that came with the form is among them.
    pub(super) evidence: Vec<Uuid>,
    /// Why the file that came with the form was not taken.
    pub(super) refusal: Option<Refusal>,
}

impl Written {
    /// What is in a field, without the spaces around it.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// What is in a field in which something has to be for it to be said.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The id that is in a field.
    pub(super) fn id(&self, name: &str) -> Result<Uuid, Refusal> {
        Uuid::try_parse(self.text(name)).map_err(|_| Rejection::NotFound {}.into())
    }
}

/// Takes a form that may bring a file. The file is kept as evidence of the learner's own before anything else is done, so that it need
/// not be sent again where the rest is refused.
pub(super) async fn written(web: &Web, request: &HttpRequest, payload: web::Payload) -> Result<Written, Refusal> {
    let (posted, behind) = received::<Vec<(String, String)>>(request, payload).await?;
    let visit = posted.visit.signed_in()?;
    visit.learner_id()?;
    let chosen = posted.form.iter().filter(|(name, _)| name == "evidence");
    let mut written = Written {
        evidence: chosen.filter_map(|(_, id)| Uuid::try_parse(id).ok()).collect(),
        once: posted.once,
        pairs: posted.form,
        visit,
        refusal: None,
    };
    let kept = match behind.taken_as_evidence(web).await {
        Ok(None) => return Ok(written),
        Ok(Some(file)) => keep(web, &written, file).await,
        Err(refusal) => Err(refusal),
    };
    match kept {
        Ok(file_id) if written.evidence.contains(&file_id) => {}
        Ok(file_id) => written.evidence.push(file_id),
        Err(refusal) => written.refusal = Some(refusal),
    }
    Ok(written)
}

async fn keep(web: &Web, written: &Written, file: SentFile) -> Result<Uuid, Refusal> {
    // The form's own key is for what it does.
    let key = written.once.as_ref().map(|once| format!("{once}-file"));
    let kept = stored(web, written.visit.context, key, file).await?;
    Ok(kept.file_id)
}

/// Keeps a file as evidence of one's own.
pub(super) async fn stored(web: &Web, context: Context, key: Option<String>, file: SentFile) -> Result<EvidenceFile, Refusal> {
    let SentFile {
        name,
        media_type,
        mut content,
    } = file;
    let name = FileName::try_from(name).map_err(|detail| Rejection::field("/file", detail))?;
    let kept = web
        .run(move |bank| {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes).map_err(spool_failed)?;
            let upload = Upload {
                name,
                declared: MediaType::parse(&media_type),
                content: bytes,
            };
            upload_evidence(bank, &context, key.as_deref(), Uploader::Learner, &upload)
        })
        .await?;
    Ok(kept.1)
}
