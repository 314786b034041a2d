//! A simulation: how far it is, and what it found as a picture and as figures.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use uuid::Uuid;

use super::room::{Open, PackId, Shelf, SimulationId, may};
use crate::domain::credit::CourseCreditSum;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::domain::simulation::SimulationStatus;
use crate::domain::simulation::report::{Change, Impact, SimulationReport};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_by_code;
use crate::ops::programmes::read_programme;
use crate::ops::simulation::{Simulation, cancel_simulation, read_simulation};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chart::{Part, filled};
use crate::portal::frame::Frame;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// What the outcomes of a kind or an institution bring, with its bars.
struct Line {
    name: String,
    impact: Impact,
    /// As the rules are, and below it as they would be.
    now: Vec<Part>,
    then: Vec<Part>,
}

/// Learners to whom the draft brings more or less.
struct Moved {
    /// The id of what it is called.
    text: &'static str,
    change: Change,
    bar: Vec<Part>,
}

#[derive(Template)]
#[template(path = "packs/simulation.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    simulation: &'a Simulation,
    programme: &'a str,
    moved: Vec<Moved>,
    kinds: Vec<Line>,
    institutions: Vec<Line>,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn is_open(&self) -> bool {
        matches!(self.simulation.summary.status, SimulationStatus::Queued | SimulationStatus::Running)
    }

    fn may_cancel(&self) -> bool {
        self.is_open() && may(self.frame, Action::RunSimulation, self.open.pack.institution_id)
    }

    /// Whether the pack was changed since.
    fn is_of_another_edition(&self) -> bool {
        self.simulation.summary.pack_edition != self.open.pack.edition
    }

    /// A count, or that it is withheld.
    fn count(&self, count: &Option<u64>) -> Cow<'static, str> {
        match count {
            Some(count) => Cow::Owned(count.to_string()),
            None => self.frame.t("simulations-withheld"),
        }
    }

    /// Whether anything is withheld, in these figures or in those by kind and institution.
    fn withholds(&self, report: &SimulationReport) -> bool {
        let counts = [
            report.concerned,
            report.gained.learners,
            report.lost.learners,
            report.unchanged,
            report.not_proven,
            report.unanswered,
        ];
        let sums = [report.credit_before, report.credit_after];
        let mut lines = self.kinds.iter().chain(&self.institutions);
        counts.iter().any(Option::is_none)
            || sums.iter().any(Option::is_none)
            || lines.any(|line| line.impact.credit_before.is_none())
            || report.kinds_withheld > 0
            || report.institutions_withheld > 0
    }

    fn sum(&self, sum: &Option<CourseCreditSum>) -> Cow<'static, str> {
        match sum {
            Some(sum) => Cow::Owned(sum.to_string()),
            None => self.frame.t("simulations-withheld"),
        }
    }

    /// By how much it would be more or less.
    fn difference(&self, before: &Option<CourseCreditSum>, after: &Option<CourseCreditSum>) -> Cow<'static, str> {
        let (Some(before), Some(after)) = (before, after) else {
            return self.frame.t("simulations-withheld");
        };
        Cow::Owned(signed(after.hundredths() - before.hundredths()))
    }

    /// What a picture says to whoever does not see it.
    fn said(&self, line: &Line) -> String {
        let (before, after) = (&line.impact.credit_before, &line.impact.credit_after);
        if before.is_none() {
            return self.frame.t("simulations-withheld").into_owned();
        }
        let said = self.frame.t2(
            "simulations-before-after",
            ("before", self.sum(before).into_owned()),
            ("after", self.sum(after).into_owned()),
        );
        format!("{} ({})", said, self.difference(before, after))
    }

    fn learners(&self, moved: &Moved) -> String {
        let credit = self.sum(&moved.change.credit).into_owned();
        match moved.change.learners.and_then(|count| i64::try_from(count).ok()) {
            Some(count) => self
                .frame
                .t2("simulations-moved", ("count", count), ("credit", credit))
                .into_owned(),
            None => self.frame.t("simulations-withheld").into_owned(),
        }
    }

    fn progress(&self) -> String {
        let progress = &self.simulation.summary.progress;
        self.frame
            .t2(
                "simulations-progress",
                ("done", progress.learners_done),
                ("all", progress.learners_in_all),
            )
            .into_owned()
    }

    fn many(&self, count: &usize) -> i64 {
        i64::try_from(*count).unwrap_or(i64::MAX)
    }

    fn shared(&self, learners: &u64) -> i64 {
        i64::try_from(*learners).unwrap_or(i64::MAX)
    }
}

/// Hundredths with their sign.
fn signed(hundredths: i64) -> String {
    let sign = match hundredths {
        0 => "",
        1.. => "+",
        _ => "\u{2212}",
    };
    let amount = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}

/// Lines with their bars, each as long as its share of the longest.
fn lines(named: Vec<(String, Impact)>) -> Vec<Line> {
    let hundredths = |sum: Option<CourseCreditSum>| sum.map_or(0, CourseCreditSum::hundredths);
    let sums = |impact: &Impact| [hundredths(impact.credit_before), hundredths(impact.credit_after)];
    let longest = named.iter().flat_map(|(_, impact)| sums(impact)).max().unwrap_or(0);
    let line = |(name, impact): (String, Impact)| {
        let [before, after] = sums(&impact);
        Line {
            now: filled(&[("now", before)], longest),
            then: filled(&[("then", after)], longest),
            name,
            impact,
        }
    };
    named.into_iter().map(line).collect()
}

fn moved(report: &SimulationReport) -> Vec<Moved> {
    let count = |change: &Change| change.learners.and_then(|count| i64::try_from(count).ok()).unwrap_or(0);
    let longest = count(&report.gained).max(count(&report.lost));
    let one = |text, class, change: Change| Moved {
        text,
        bar: filled(&[(class, count(&change))], longest),
        change,
    };
    vec![
        one("simulations-gained", "gained", report.gained),
        one("simulations-lost", "lost", report.lost),
    ]
}

async fn opened(web: &Web, visit: &SignedIn, shelf: Shelf, pack_id: Uuid, simulation_id: Uuid) -> Result<(Open, Simulation), Refusal> {
    let open = Open::of(web, visit, shelf, pack_id).await?;
    let context = visit.context;
    let simulation = web.run(move |bank| read_simulation(bank, &context, simulation_id)).await?;
    if simulation.summary.pack_id == pack_id {
        Ok((open, simulation))
    } else {
        Err(Rejection::NotFound {}.into())
    }
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    open: &Open,
    simulation: &Simulation,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let frame = &visit.frame;
    let programme_id = simulation.summary.programme_id;
    let codes: Vec<String> = simulation
        .report
        .iter()
        .flat_map(|report| &report.institutions)
        .map(|own| own.credit_code.clone())
        .collect();
    let (programme, names) = web
        .run(move |bank| {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            let names: HashMap<String, (Uuid, String)> = names_by_code(bank, &codes)?;
            Ok((read_programme(bank, programme_id)?.programme, names))
        })
        .await?;
    let report = simulation.report.as_ref();
    let kinds = report.map(|report| {
        report
            .kinds
            .iter()
            .map(|own| (frame.kind_name(&own.kind).to_owned(), own.impact))
            .collect()
    });
    let institutions = report.map(|report| {
        let named = report.institutions.iter().map(|own| {
            let name = names.get(&own.credit_code).map_or(&own.credit_code, |(_, name)| name);
            (name.clone(), own.impact)
        });
        named.collect()
    });
    let shown = Page {
        frame,
        open,
        part: "packs-tab-simulations",
        simulation,
        programme: programme.name.text(frame.language),
        moved: report.map(moved).unwrap_or_default(),
        kinds: lines(kinds.unwrap_or_default()),
        institutions: lines(institutions.unwrap_or_default()),
        refused,
    };
    page(status, &shown)
}

/// Shows a simulation.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/simulations/{simulation_id}")]
#[get("/office/packs/{pack_id}/simulations/{simulation_id}")]
#[get("/office/filings/{pack_id}/simulations/{simulation_id}")]
pub(super) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    simulation: SimulationId,
) -> Result<HttpResponse, Refusal> {
    let (open, simulation) = opened(&web, &visit, shelf, id.0, simulation.0).await?;
    shown(&web, &visit, &open, &simulation, (StatusCode::OK, None)).await
}

/// Cancels a simulation.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/simulations/{simulation_id}/cancel")]
#[post("/office/packs/{pack_id}/simulations/{simulation_id}/cancel")]
#[post("/office/filings/{pack_id}/simulations/{simulation_id}/cancel")]
pub(super) async fn cancel(
    web: web::Data<Web>,
    shelf: Shelf,
    id: PackId,
    simulation: SimulationId,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let simulation_id = simulation.0;
    let (open, simulation) = opened(&web, &visit, shelf, id.0, simulation_id).await?;
    let context = visit.context;
    let answer = web
        .run(move |bank| cancel_simulation(bank, &context, once.as_deref(), simulation_id))
        .await;
    match answer {
        Ok(_) => Ok(see_other(&format!("{}/simulations/{simulation_id}", open.path))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            shown(&web, &visit, &open, &simulation, (status, Some(refused))).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn impact(before: Option<&str>, after: Option<&str>) -> Impact {
        Impact {
            learners: 9,
            gained: None,
            lost: None,
            credit_before: before.map(|text| text.parse().unwrap()),
            credit_after: after.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn bars_are_drawn_on_one_scale_and_what_is_withheld_has_none() {
        let named = vec![
            ("a".to_owned(), impact(Some("10"), Some("40"))),
            ("b".to_owned(), impact(Some("20"), Some("0"))),
            ("c".to_owned(), impact(None, None)),
        ];
        let widths: Vec<(Vec<i64>, Vec<i64>)> = lines(named)
            .iter()
            .map(|line| {
                let widths = |parts: &[Part]| parts.iter().map(|part| part.width).collect();
                (widths(&line.now), widths(&line.then))
            })
            .collect();
        assert_eq!(widths, [(vec![250], vec![1000]), (vec![500], vec![]), (vec![], vec![])]);
    }

    #[test]
    fn differences_have_their_sign() {
        assert_eq!(
            (signed(0), signed(1250), signed(-5)),
            ("0.00".into(), "+12.50".into(), "\u{2212}0.05".into())
        );
    }
}
