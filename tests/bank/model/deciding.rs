//! Claims in the book are decided: the machine, the people and the clocks again, written down from what they should be.

use uuid::Uuid;

use super::book::{AVAILABLE, Book, HELD, Outcome, REDEEMED, REVERSED, Sort};
use super::claims::{Claim, Deed, Stands, Stands as S, Subject, stored};

impl Book {
    /// A claim that the bank accepted; what it uses is held.
    pub(crate) fn submitted(&mut self, claim: Claim) {
        for used in &claim.uses {
            let outcome = self.outcome(used.outcome);
            assert_eq!(outcome.learner, claim.learner);
            assert!(claim.subject != Subject::Conversion || outcome.usable(self.today), "{outcome:?}");
            self.post(used.outcome, AVAILABLE, HELD, used.amount);
        }
        self.tell("claim.submit_claim", Some(claim.learner), claim.of_school(), claim.id);
        self.claims.push(claim);
    }

    fn can_hold_again(&self, number: usize) -> bool {
        let claim = &self.claims[number];
        match claim.subject {
            Subject::Conversion => {
                let taken = self.taken(claim.learner, Some(number));
                let there = |outcome: &Outcome, amount: i64| outcome.usable(self.today) && outcome.pockets()[AVAILABLE] >= amount;
                claim.uses.iter().all(|used| there(self.outcome(used.outcome), used.amount))
                    && claim.awards.iter().all(|award| !taken.contains(&award.course))
            }
            Subject::Outcome(id) => {
                let outcome = self.outcome(id);
                outcome.stands() && !outcome.has_lot() && !self.claimed_by(id, Some(number))
            }
            Subject::Declared(_) => true,
        }
    }

    /// Whether nothing of what a recognition brought is in use.
    fn can_revoke(&self, claim: &Claim) -> bool {
        let unused = |id: Uuid| {
            let [_, held, redeemed, ..] = self.outcome(id).pockets();
            held == 0 && redeemed == 0
        };
        match claim.subject {
            Subject::Conversion => true,
            Subject::Outcome(id) => unused(id),
            Subject::Declared(_) => claim.brought.is_none_or(unused),
        }
    }

    /// What a deed leads to; nothing where it must be refused.
    fn next(&self, number: usize, deed: Deed) -> Option<Stands> {
        let claim = &self.claims[number];
        let own = |learner: usize| learner == claim.learner;
        let in_time = claim.due().is_none_or(|last| self.today <= last);
        let votes = |grant: bool| claim.votes.values().filter(|vote| **vote == grant).count();
        // Nobody who stepped back judges again, nobody answers for a proposal of his own, nobody decides twice.
        let judge = |who: usize| !claim.recused.contains(&who);
        let second = |who: usize| judge(who) && claim.proposer != Some(who);
        let other = |who: usize| judge(who) && !claim.judges.contains(&who);
        Some(match (claim.stands, deed) {
            (S::Submitted, Deed::Take(who)) if judge(who) => S::Reviewed,
            (S::Asked, Deed::Take(who)) if !in_time && judge(who) => S::Reviewed,
            (S::Asked, Deed::Give(learner)) if own(learner) => S::Reviewed,
            (S::Reviewed, Deed::Ask(who)) if judge(who) => S::Asked,
            (S::Reviewed, Deed::Vote(who, _)) if judge(who) && !claim.votes.contains_key(&who) && claim.votes.len() < 3 => S::Reviewed,
            (S::Reviewed, Deed::Propose(who, true, _)) if judge(who) && votes(true) >= 2 => S::ProposedGrant,
            (S::Reviewed, Deed::Propose(who, false, _)) if judge(who) && votes(false) >= 2 => S::ProposedRefusal,
            (S::ProposedGrant, Deed::Approve(who)) if second(who) => S::Noticed,
            (S::ProposedRefusal, Deed::Approve(who)) if second(who) => S::Refused,
            (S::ProposedGrant | S::ProposedRefusal | S::Noticed, Deed::SendBack(who)) if judge(who) => S::Reviewed,
            (stands, Deed::Recuse(who)) if claim.holds() || stands == S::GrantAppealed => {
                let decided = matches!(stands, S::ProposedGrant | S::ProposedRefusal | S::Noticed);
                let stands_on = claim.votes.contains_key(&who) || claim.proposer == Some(who);
                return (judge(who) && !(decided && stands_on)).then_some(stands);
            }
            (S::Noticed, Deed::Object(learner)) if !own(learner) && in_time => S::Noticed,
            (S::Noticed, Deed::Answer(who, objection, upheld)) if second(who) && claim.open.contains(&objection) => {
                if upheld {
                    S::Reviewed
                } else {
                    S::Noticed
                }
            }
            (S::Refused, Deed::Appeal(learner)) if own(learner) && in_time && self.can_hold_again(number) => S::RefusalAppealed,
            (S::Granted, Deed::Appeal(learner)) if claim.objectors.contains(&learner) && in_time => S::GrantAppealed,
            (S::RefusalAppealed, Deed::TakeAppealBack(learner)) if claim.appellant == Some(learner) => S::ClosedRefused,
            (S::GrantAppealed, Deed::TakeAppealBack(learner)) if claim.appellant == Some(learner) => S::ClosedGranted,
            (S::RefusalAppealed, Deed::Decide(who, true)) if other(who) => S::ClosedGranted,
            (S::RefusalAppealed, Deed::Decide(who, false)) if other(who) => S::ClosedRefused,
            (S::GrantAppealed, Deed::Decide(who, true)) if other(who) && self.can_revoke(claim) => S::ClosedRefused,
            (S::GrantAppealed, Deed::Decide(who, false)) if other(who) => S::ClosedGranted,
            (_, Deed::Withdraw(learner)) if own(learner) && claim.is_open() => S::Withdrawn,
            _ => return None,
        })
    }

    /// Does it if it may be done, and says whether.
    pub(crate) fn did(&mut self, number: usize, deed: Deed) -> bool {
        let Some(stands) = self.next(number, deed) else {
            return false;
        };
        let claim = &mut self.claims[number];
        let judge = match deed {
            Deed::Vote(who, grant) => {
                claim.votes.insert(who, grant);
                Some(who)
            }
            Deed::Propose(who, grant, credit) => {
                claim.proposer = Some(who);
                if grant && matches!(claim.subject, Subject::Outcome(_)) {
                    claim.credit = credit;
                }
                Some(who)
            }
            Deed::Answer(who, objection, _) => {
                claim.open.retain(|open| *open != objection);
                claim.past.push(objection);
                Some(who)
            }
            Deed::Approve(who) => Some(who),
            Deed::Recuse(who) => {
                claim.votes.remove(&who);
                claim.recused.insert(who);
                None
            }
            Deed::Object(learner) => {
                claim.objectors.insert(learner);
                None
            }
            Deed::Appeal(learner) => {
                claim.appellant = Some(learner);
                None
            }
            _ => None,
        };
        claim.judges.extend(judge);
        let event = match deed {
            Deed::Take(_) => "claim.take",
            Deed::Ask(_) => "claim.ask_information",
            Deed::Give(_) => "claim.give_information",
            Deed::Vote(..) => "claim.vote",
            Deed::Recuse(_) => "claim.recuse",
            Deed::Propose(..) => "claim.propose",
            Deed::Approve(_) => "claim.approve",
            Deed::SendBack(_) => "claim.send_back",
            Deed::Object(_) => "claim.object",
            Deed::Answer(..) => "claim.answer_objection",
            Deed::Withdraw(_) => "claim.withdraw",
            Deed::Appeal(_) => "claim.appeal",
            Deed::TakeAppealBack(_) => "claim.withdraw_appeal",
            Deed::Decide(..) => "claim.decide_appeal",
        };
        self.move_on(number, stands, event, matches!(deed, Deed::Decide(..)));
        true
    }

    /// Brings a claim to where it then stands, with what that does to credit.
    fn move_on(&mut self, number: usize, stands: Stands, event: &'static str, is_verdict: bool) {
        let before = self.claims[number].clone();
        if is_verdict || matches!(stands, S::Granted | S::Refused) && before.stands != stands {
            let counter = &mut self.numbers[usize::from(!before.of_school())];
            *counter += 1;
            self.claims[number].number = Some(*counter);
        }
        self.come_to_stand(number, stands);
        let after = self.claims[number].clone();
        match before.subject {
            Subject::Conversion => self.settle(number, &before, &after),
            _ => self.recognise(number, &before, &after),
        }
        self.tell(event, Some(before.learner), before.of_school(), before.id);
    }

    pub(crate) fn come_to_stand(&mut self, number: usize, stands: Stands) {
        let today = self.today;
        let claim = &mut self.claims[number];
        // What is proposed, appealed against or closed is one status, whichever the verdict.
        if stored(claim.stands).0 != stored(stands).0 {
            claim.since = today;
            claim.told_overdue = false;
            if stands == S::Reviewed {
                claim.votes.clear();
                claim.proposer = None;
            }
            let open = std::mem::take(&mut claim.open);
            claim.past.extend(open);
        }
        claim.stands = stands;
    }

    /// Moves the credit of a conversion to where the claim now stands.
    fn settle(&mut self, number: usize, before: &Claim, after: &Claim) {
        let (was, is) = ((before.holds(), before.has_used()), (after.holds(), after.has_used()));
        if was == is {
            return;
        }
        for used in &before.uses {
            match (was, is) {
                ((true, false), (false, true)) => self.post(used.outcome, HELD, REDEEMED, used.amount),
                ((true, false), (false, false)) => self.post(used.outcome, HELD, AVAILABLE, used.amount),
                ((false, false), (true, false)) => self.post(used.outcome, AVAILABLE, HELD, used.amount),
                // A grant is overturned: what a correction took back meanwhile stays so.
                ((false, true), (false, false)) if used.standing => {
                    let target = if self.outcome(used.outcome).stands() { AVAILABLE } else { REVERSED };
                    self.post(used.outcome, REDEEMED, target, used.amount);
                }
                ((false, true), (false, false)) => {}
                other => panic!("{other:?}"),
            }
        }
        let today = self.today;
        let claim = &mut self.claims[number];
        for used in &mut claim.uses {
            used.standing = is.0 || is.1;
        }
        if is.1 {
            claim.bought_on = Some(today);
        }
        if was.1 {
            for award in claim.awards.iter_mut().filter(|award| award.ended.is_none()) {
                award.ended = Some("appeal");
            }
        }
    }

    /// Brings, or takes back, what a recognition is about.
    fn recognise(&mut self, number: usize, before: &Claim, after: &Claim) {
        for used in &mut self.claims[number].uses {
            used.standing = after.holds();
        }
        let today = self.today;
        match (before.has_used(), after.has_used(), before.subject) {
            (false, true, Subject::Outcome(id)) => {
                // What people say it is worth is so for ever.
                self.outcomes.get_mut(&id).unwrap().until = None;
                self.grant(id, after.credit, today);
            }
            (false, true, Subject::Declared(_)) => self.brought.push(number),
            (true, false, subject) => {
                let id = match subject {
                    Subject::Outcome(id) => Some(id),
                    _ => before.brought,
                };
                if let Some(id) = id {
                    self.post(id, AVAILABLE, REVERSED, self.outcome(id).pockets()[AVAILABLE]);
                }
            }
            _ => {}
        }
    }

    /// The bank says which outcome a declaration became.
    pub(crate) fn became(&mut self, number: usize, id: Uuid) {
        let Subject::Declared(awarded) = self.claims[number].subject else {
            panic!()
        };
        let outcome = Outcome::new(id, self.claims[number].learner, Sort::Web, awarded, self.today, "accepted");
        self.deposited(outcome);
        self.claims[number].brought = Some(id);
    }

    /// What the clocks do today: granted, closed, lapsed, told.
    pub(crate) fn clocks(&mut self) -> [u64; 4] {
        let mut ran = [0; 4];
        for number in 0..self.claims.len() {
            let claim = &self.claims[number];
            if claim.due().is_none_or(|last| self.today <= last) {
                continue;
            }
            let (place, stands, event) = match claim.stands {
                S::Noticed if claim.open.is_empty() => (0, S::Granted, "claim.notice_ends"),
                S::Granted => (1, S::ClosedGranted, "claim.close"),
                S::Refused => (1, S::ClosedRefused, "claim.close"),
                S::Asked if claim.lapses() => (2, S::Lapsed, "claim.lapse"),
                // It waits for the learner, of whom nobody is told.
                S::Asked => continue,
                _ if claim.told_overdue => continue,
                _ => {
                    let (learner, at_school, id) = (claim.learner, claim.of_school(), claim.id);
                    self.claims[number].told_overdue = true;
                    self.tell("claim.escalate_claim", Some(learner), at_school, id);
                    ran[3] += 1;
                    continue;
                }
            };
            ran[place] += 1;
            self.move_on(number, stands, event, false);
        }
        ran
    }
}
