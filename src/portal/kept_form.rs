//! A form that was sent after the log-in had ended: what was typed is carried through signing in, and is sent when its sender says so.

use url::form_urlencoded;

use super::answer::own_path;

/// The most bytes that are carried.
const BYTES_MAX: usize = 200_000;

/// Fields whose content must not come back into a page: a form that has one is not carried.
const SECRETS: [&str; 5] = ["password", "present_password", "new_password", "code", "answer"];

/// What somebody sent, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptForm {
    path: String,
    pairs: Vec<(String, String)>,
}

impl KeptForm {
    /// What was sent to a path of this site; none where it has a secret or is too long.
    pub(super) fn of(path: &str, pairs: Vec<(String, String)>) -> Option<Self> {
        let bytes: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        let has_secret = pairs.iter().any(|(name, _)| SECRETS.contains(&name.as_str()));
        let is_path = path != "/" && own_path(path) == path;
        (is_path && bytes <= BYTES_MAX && !has_secret).then(|| Self {
            path: path.to_owned(),
            pairs,
        })
    }

    /// What a page carried; none where it carried nothing.
    pub(super) fn carried(path: &str, encoded: &str) -> Option<Self> {
        let pairs = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
        Self::of(path, pairs)
    }

    /// Where it was sent to.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The fields and what is in them.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The fields as one text.
    pub(super) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_carried_and_secrets_are_not() {
        let pairs = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let kept = KeptForm::of("/records/x/dispute", pairs("reason", "成绩 & <b>")).unwrap();
        assert_eq!(KeptForm::carried(kept.path(), &kept.encoded()), Some(kept.clone()));
        assert_eq!(kept.pairs(), pairs("reason", "成绩 & <b>"));
        for path in ["", "/", "//evil.example", "https://evil.example/"] {
            assert_eq!(KeptForm::of(path, pairs("reason", "x")), None, "{path}");
        }
        for secret in SECRETS {
            assert_eq!(KeptForm::of("/x", pairs(secret, "x")), None, "{secret}");
        }
        assert_eq!(KeptForm::of("/x", pairs("reason", &"x".repeat(BYTES_MAX))), None);
    }
}
