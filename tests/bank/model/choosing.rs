//! Random steps of claims: which claim, and what is done with it.

use uuid::Uuid;

use super::claims::{Deed, Stands as S};
use super::weeks::Weeks;

impl Weeks<'_> {
    /// Mostly what leads on, sometimes anything.
    pub(super) fn decide(&mut self) {
        if self.book.claims.is_empty() {
            return;
        }
        // Mostly one of those that still go on.
        let all = 0..self.book.claims.len();
        let going_on: Vec<usize> = all.clone().filter(|number| self.book.claims[*number].due().is_some()).collect();
        let number = match self.chance.choice(going_on) {
            Some(number) if self.chance.usize(0..8) > 0 => number,
            _ => self.chance.usize(all),
        };
        let deed = self.deed(number);
        let claim = self.book.claims[number].clone();
        self.say(format!(
            "claim {number}, {:?} of learner {}, {:?}: {deed:?}",
            claim.subject, claim.learner, claim.stands
        ));
        let did = self.book.did(number, deed);
        let kind = (claim.of_school(), !claim.of_school());
        let answer = self.town.act(self.when(), (claim.id, claim.learner), kind, deed);
        assert_eq!(
            answer.is_some(),
            did,
            "{deed:?} by the bank (left) and by the book (right) of {claim:?}"
        );
        if let Some(Some(objection_id)) = answer {
            self.book.claims[number].open.push(objection_id);
        }
        let word = format!("{deed:?}");
        let word = word.split('(').next().unwrap_or_default();
        self.note(did, format!("{word} {:?}", claim.stands));
    }

    fn deed(&mut self, number: usize) -> Deed {
        let claim = self.book.claims[number].clone();
        let chance = &mut self.chance;
        // Reviewers mostly agree on a claim.
        let leans_to_grant = !number.is_multiple_of(3);
        let grant = leans_to_grant == (chance.usize(0..8) > 0);
        let anybody = chance.usize(0..2);
        let (reviewer, approver) = (chance.usize(0..6), chance.usize(3..6));
        let objections: Vec<Uuid> = claim.open.iter().chain(&claim.past).copied().collect();
        let objection = chance.choice(objections).unwrap_or(Uuid::nil());
        let credit = [400, 900][chance.usize(0..2)];
        let any = [
            Deed::Take(reviewer),
            Deed::Ask(reviewer),
            Deed::Give(anybody),
            Deed::Vote(reviewer, grant),
            Deed::Propose(reviewer, grant, credit),
            Deed::Approve(approver),
            Deed::SendBack(approver),
            Deed::Object(anybody),
            Deed::Answer(approver, objection, chance.usize(0..3) == 0),
            Deed::Withdraw(anybody),
            Deed::Appeal(anybody),
            Deed::TakeAppealBack(anybody),
            Deed::Decide(approver, chance.bool()),
            Deed::Recuse(reviewer),
        ];
        let leads_on: &[usize] = match claim.stands {
            _ if chance.usize(0..6) == 0 => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
            S::Submitted => &[0],
            S::Reviewed => &[3, 3, 3, 3, 4, 4, 4, 1],
            S::Asked => &[2],
            S::ProposedGrant | S::ProposedRefusal => &[5],
            S::Noticed => &[7, 7, 8, 8, 6],
            S::Granted | S::Refused => &[10],
            S::GrantAppealed | S::RefusalAppealed => &[12, 12, 11],
            _ => &[9, 10],
        };
        any[leads_on[chance.usize(0..leads_on.len())]]
    }
}
