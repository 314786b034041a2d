//! How claims under a pack are decided. That a clause is mature is the pack's to say and not the achievement's: it is the
//! deciding institution's experience with converting it into its own courses, it is filed and dated with the rest, and no
//! issuer can shorten a decision elsewhere by editing a standard.

use super::RulePack;
use crate::domain::claim::rules::ClaimRules;

impl RulePack {
    /// The pack's own rules, or the usual ones.
    pub fn claim_rules(&self) -> ClaimRules {
        self.claims.unwrap_or_default()
    }

    /// How many people decide a claim that uses these clauses, by their ids: one where every clause is mature, else the
    /// panel. What the pack does not have needs the panel, and so does a claim that uses none.
    pub fn panel_for(&self, clauses: &[&str]) -> u8 {
        let is_mature = |id: &&str| self.clauses.iter().any(|clause| clause.id == **id && clause.mature);
        if !clauses.is_empty() && clauses.iter().all(is_mature) {
            1
        } else {
            self.claim_rules().panel
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_decides_what_is_mature_throughout() {
        let pack: RulePack = serde_json::from_str(include_str!("everything.json")).unwrap();
        let cases: [(&[&str], u8); 5] = [
            (&["course"], 1),
            (&["course", "course"], 1),
            (&["course", "training"], 5),
            (&["course", "of-another-pack"], 5),
            (&[], 5),
        ];
        for (clauses, expected) in cases {
            assert_eq!(pack.panel_for(clauses), expected, "{clauses:?}");
        }
        let usual = RulePack { claims: None, ..pack };
        assert_eq!((usual.panel_for(&[]), usual.panel_for(&["course"])), (3, 1));
        assert_eq!(usual.claim_rules(), ClaimRules::default());
    }
}
