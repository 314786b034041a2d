//! What people do in the weeks after the deposits: claims in each place where one waits for somebody, and certificates that
//! are withdrawn while one of them is in use. Everything happens in the order of its days.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::CommandError;
use super::fill::Known;
use super::people::{self, Stage, request};
use crate::domain::actor::Caller;
use crate::domain::claim::{ClaimEvent, Verdict};
use crate::domain::evidence::FileName;
use crate::ops::claims::act::{Act, act_on_claim};
use crate::ops::claims::clocks::run_claim_clocks;
use crate::ops::claims::notice::object_to_claim;
use crate::ops::claims::submit::submit_claim;
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::apply::apply_correction;
use crate::ops::corrections::preview_correction;
use crate::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use crate::ops::worth::kept::keep_worth;

/// How many learners claim something.
const CLAIMANTS: usize = 6;

/// How many certificates are withdrawn, the one in use among them.
const WITHDRAWN: usize = 3;

/// A scan that anybody's viewer opens as an empty page.
const SCAN: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Where it happens.
#[derive(Debug, Clone, Copy)]
pub(super) struct School {
    pub institution_id: Uuid,
    pub programme_id: Uuid,
    /// An achievement of it that a learner can declare.
    pub achievement_id: Uuid,
}

/// Something to look at: by whom (anybody where it is nobody), and where.
#[derive(Debug)]
pub(super) struct Look {
    pub who: Option<String>,
    pub path: String,
}

/// What happened, in a sentence, and what shows it.
#[derive(Debug)]
pub(super) struct Scene {
    pub title: &'static str,
    pub looks: Vec<Look>,
}

fn look(who: &str, path: String) -> Look {
    Look {
        who: (!who.is_empty()).then(|| who.to_owned()),
        path,
    }
}

/// Certificates of one issuer.
struct Batch {
    institution_id: Uuid,
    numbers: Vec<String>,
}

/// Everybody on the stage.
struct Play<'a> {
    bank: &'a Bank,
    stage: &'a Stage,
    school: School,
}

/// Lets the weeks pass; says what there is to look at, and who claims. Where too few certificates convert at the school,
/// nothing happens.
///
/// # Errors
/// When an operation refuses.
pub(super) fn play(bank: &Bank, stage: &Stage, school: School, known: &[Known]) -> Result<(Vec<Scene>, Vec<String>), CommandError> {
    let Some((cast, batch)) = cast(known, school.institution_id) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let mut names = Vec::new();
    for (number, one) in cast.iter().enumerate() {
        let name = format!("claimant-{}", number + 1);
        people::claims_account(bank, stage, (one.admin.as_str(), one.institution_id), one.learner_id, &name)?;
        names.push(name);
    }
    let [granted, refused, noticed, waiting, declaring, corrected] = names.as_slice() else {
        return Ok((Vec::new(), names));
    };
    let play = Play { bank, stage, school };
    let used = play.convert(corrected, 80)?;
    play.review(used, Verdict::Grant, 78)?;
    play.approve(used, 76)?;
    // Weeks later the notice is over, and then the time for an appeal.
    play.clocks(55)?;
    play.clocks(30)?;
    let first = play.convert(granted, 28)?;
    play.review(first, Verdict::Grant, 26)?;
    play.approve(first, 24)?;
    let second = play.convert(refused, 20)?;
    play.review(second, Verdict::Refuse, 15)?;
    play.approve(second, 10)?;
    play.clocks(8)?;
    let third = play.convert(noticed, 7)?;
    play.review(third, Verdict::Grant, 6)?;
    let correction_id = play.withdraw(&batch, (6, 5))?;
    play.approve(third, 3)?;
    let reason = "申请人的证书与本人岗位不符，请核实。";
    let context = play.on(2, granted)?;
    object_to_claim(bank, &context, None, third, &said(reason))?;
    let fourth = play.convert(waiting, 1)?;
    let (fifth, file_id, learner_id) = play.declare(declaring, 1)?;
    let id = school.institution_id;
    let scenes = vec![
        Scene {
            title: "A conversion, granted after its notice: what it bought, and the letter.",
            looks: vec![
                look(granted, "me/conversions".to_owned()),
                look(granted, format!("claims/{first}/letter")),
            ],
        },
        Scene {
            title: "One that was refused, with the reasons; an appeal is still in time (POST .../appeal).",
            looks: vec![
                look(refused, format!("claims/{second}")),
                look(refused, format!("claims/{second}/letter")),
            ],
        },
        Scene {
            title: "One on public notice, to which somebody objected; an approver answers.",
            looks: vec![
                look("", format!("notices?institution_id={id}")),
                look("approver-1", format!("claims/{third}")),
            ],
        },
        Scene {
            title: "What waits for a reviewer of the institution.",
            looks: vec![
                look("reviewer-1", format!("claims?institution_id={id}&status=submitted")),
                look("reviewer-1", format!("claims/{fourth}")),
            ],
        },
        Scene {
            title: "A certificate that the learner declares, with a scan of it.",
            looks: vec![
                look("reviewer-1", format!("claims/{fifth}")),
                look("reviewer-1", format!("learners/{learner_id}/evidence/{file_id}")),
            ],
        },
        Scene {
            title: "Certificates that were withdrawn; one of them was in use, so the institution decides again (POST .../decide).",
            looks: vec![
                look("officer-1", format!("corrections/{correction_id}/items")),
                look("approver-1", format!("correction-cases?institution_id={id}&state=open")),
                look(corrected, "me/correction-cases".to_owned()),
            ],
        },
    ];
    Ok((scenes, names))
}

/// Learners with an electrician's certificate, which converts at the school. The last has it from somewhere else, with numbers
/// of that issuer to withdraw it together with others.
fn cast(known: &[Known], institution_id: Uuid) -> Option<(Vec<&Known>, Batch)> {
    // Somebody with no other of the family, of which only the highest counts: what is claimed is sure to use the certificate.
    let of_the_family = |one: &Known| one.achievement.starts_with("occ-elec");
    let family: Vec<Uuid> = known.iter().filter(|one| of_the_family(one)).map(|one| one.learner_id).collect();
    let alone = |one: &Known| family.iter().filter(|learner_id| **learner_id == one.learner_id).count() == 1;
    let electrician = |one: &&Known| of_the_family(one) && alone(one);
    let last = known.iter().find(|one| electrician(one) && one.institution_id != institution_id)?;
    let mut cast: Vec<&Known> = Vec::new();
    for one in known.iter().filter(|one| electrician(one)) {
        let is_new = cast.iter().chain([&last]).all(|other| other.learner_id != one.learner_id);
        if is_new && cast.len() + 1 < CLAIMANTS {
            cast.push(one);
        }
    }
    cast.push(last);
    let idle = |one: &&Known| cast.iter().all(|other| other.learner_id != one.learner_id);
    let beside = known
        .iter()
        .filter(|one| one.institution_id == last.institution_id && !one.certificate_number.is_empty());
    let beside = beside.filter(idle).take(WITHDRAWN - 1);
    let numbers = [last].into_iter().chain(beside).map(|one| one.certificate_number.clone());
    let batch = Batch {
        institution_id: last.institution_id,
        numbers: numbers.collect(),
    };
    (cast.len() == CLAIMANTS).then_some((cast, batch))
}

fn said(reason: &str) -> Act {
    Act {
        reason: Some(reason.to_owned()),
        ..Act::default()
    }
}

impl Play<'_> {
    fn on(&self, days_ago: i64, username: &str) -> Result<Context, CommandError> {
        self.stage.days_ago(days_ago).log_in(self.bank, username)
    }

    fn claim(&self, context: &Context, new: Value) -> Result<Uuid, CommandError> {
        Ok(submit_claim(self.bank, context, None, &request(new)?)?.summary.claim_id)
    }

    /// Keeps an answer and claims what it says.
    fn convert(&self, username: &str, days_ago: i64) -> Result<Uuid, CommandError> {
        let context = self.on(days_ago, username)?;
        let asked = json!({ "programme_id": self.school.programme_id });
        let kept = keep_worth(self.bank, &context, None, &request(asked)?)?;
        let new = json!({ "kind": "conversion", "worth_id": kept.worth_id, "statement": "申请以职业技能等级证书转换电类课程。" });
        self.claim(&context, new)
    }

    fn declare(&self, username: &str, days_ago: i64) -> Result<(Uuid, Uuid, Uuid), CommandError> {
        let context = self.on(days_ago, username)?;
        let name = FileName::try_from("证书扫描件.pdf".to_owned()).map_err(CommandError::Other)?;
        let upload = Upload {
            name,
            declared: None,
            content: SCAN.as_bytes().to_vec(),
        };
        let (_, file) = upload_evidence(self.bank, &context, None, Uploader::Learner, &upload)?;
        let subject = json!({ "of": "declared", "achievement_id": self.school.achievement_id, "awarded_on": "2024-06-18" });
        let new =
            json!({ "kind": "recognition", "subject": subject, "statement": "该证书未在记录中，请予认定。", "evidence": [file.file_id] });
        Ok((self.claim(&context, new)?, file.file_id, file.learner_id))
    }

    /// Three reviewers vote alike, and the first of them proposes.
    fn review(&self, claim_id: Uuid, verdict: Verdict, days_ago: i64) -> Result<(), CommandError> {
        let reason = match verdict {
            Verdict::Grant => "证书经联网核验属实，符合第四条。",
            Verdict::Refuse => "证书所列工种与所申请课程的实训内容不符，不符合第四条。",
        };
        let first = self.on(days_ago, "reviewer-1")?;
        act_on_claim(self.bank, &first, None, claim_id, ClaimEvent::Take, &Act::default())?;
        for reviewer in ["reviewer-1", "reviewer-2", "reviewer-3"] {
            let context = self.on(days_ago, reviewer)?;
            act_on_claim(self.bank, &context, None, claim_id, ClaimEvent::Vote { verdict }, &said(reason))?;
        }
        let proposal = Act {
            clauses: vec!["electrician".to_owned()],
            ..said(reason)
        };
        act_on_claim(self.bank, &first, None, claim_id, ClaimEvent::Propose { verdict }, &proposal)?;
        Ok(())
    }

    fn approve(&self, claim_id: Uuid, days_ago: i64) -> Result<(), CommandError> {
        let context = self.on(days_ago, "approver-1")?;
        act_on_claim(self.bank, &context, None, claim_id, ClaimEvent::Approve, &Act::default())?;
        Ok(())
    }

    fn clocks(&self, days_ago: i64) -> Result<(), CommandError> {
        run_claim_clocks(self.bank, &Context::of(Caller::Bank, self.stage.days_ago(days_ago).now()))?;
        Ok(())
    }

    /// The bank's officers withdraw certificates by their numbers: one previews, another applies.
    fn withdraw(&self, batch: &Batch, (previewed, applied): (i64, i64)) -> Result<Uuid, CommandError> {
        let new = json!({
            "institution_id": batch.institution_id, "kind": "withdraw", "scope": { "of": "batch", "certificate_numbers": batch.numbers },
            "reason": "该批证书评价过程违规，已公告作废。", "citation": "演示公告〔2026〕1号",
        });
        let preview = preview_correction(self.bank, &self.on(previewed, "officer-2")?, None, &request(new)?)?;
        let officer = self.on(applied, "officer-1")?;
        apply_correction(self.bank, &officer, None, preview.correction_id, &preview.digest)?;
        Ok(preview.correction_id)
    }
}
