//! Passwords: argon2id, and what makes one too weak. Everything here blocks; call it off the async threads.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// The cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub iterations: u32,
    pub lanes: u32,
}

/// Hashes and checks passwords, at most as many at once as there are places.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Checked for unknown users, so that they take as long as known ones.
    dummy: String,
    places: Mutex<usize>,
    freed: Condvar,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Passwords")
    }
}

/// The parameters or the stored hash cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("argon2 refuses its parameters or the stored hash")]
pub struct PasswordFailure;

impl Passwords {
    /// Prepares hashing at `cost`, `parallel_max` at a time.
    ///
    /// # Errors
    /// When argon2 refuses the cost.
    pub fn new(cost: PasswordCost, parallel_max: usize) -> Result<Self, PasswordFailure> {
        let parameters = Params::new(cost.memory_kib, cost.iterations, cost.lanes, None).map_err(|_| PasswordFailure)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let dummy = argon2
            .hash_password(b"nobody has this password")
            .map_err(|_| PasswordFailure)?
            .to_string();
        Ok(Self {
            argon2,
            dummy,
            places: Mutex::new(parallel_max.max(1)),
            freed: Condvar::new(),
        })
    }

    /// Hashes a password for storage.
    ///
    /// # Errors
    /// When argon2 fails.
    pub fn hash(&self, password: &str) -> Result<String, PasswordFailure> {
        self.in_turn(|| {
            self.argon2
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|_| PasswordFailure)
        })
    }

    /// Checks a password against a stored hash; `None` stands for an unknown user and costs the same.
    pub fn matches(&self, password: &str, stored: Option<&str>) -> bool {
        let known = stored.is_some();
        let matches = self.in_turn(|| {
            PasswordHash::new(stored.unwrap_or(&self.dummy))
                .is_ok_and(|hash| self.argon2.verify_password(password.as_bytes(), &hash).is_ok())
        });
        known && matches
    }

    fn in_turn<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        while *places == 0 {
            places = self.freed.wait(places).unwrap_or_else(PoisonError::into_inner);
        }
        *places -= 1;
        drop(places);
        let answer = work();
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
        answer
    }
}

/// Says what makes a password too weak: its length, or that it is easily guessed (zxcvbn below 3 of 4).
pub fn weakness(password: &str, about_the_user: &[&str]) -> Option<&'static str> {
    match password.chars().count() {
        0..10 => return Some("it has fewer than 10 characters"),
        129.. => return Some("it has more than 128 characters"),
        _ => {}
    }
    let guessable = zxcvbn::zxcvbn(password, about_the_user).score() < zxcvbn::Score::Three;
    guessable.then_some("it is common or easily guessed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_hash_only() {
        let passwords = Passwords::new(
            PasswordCost {
                memory_kib: 64,
                iterations: 1,
                lanes: 1,
            },
            2,
        )
        .unwrap();
        let stored = passwords.hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(passwords.matches("correct horse battery", Some(&stored)));
        assert!(!passwords.matches("incorrect horse battery", Some(&stored)));
        assert!(!passwords.matches("nobody has this password", None));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in ["short", "password123", "1234567890", "qwertyuiop", "zhangwei2024"] {
            assert!(weakness(weak, &["zhangwei"]).is_some(), "{weak}");
        }
        assert_eq!(weakness("lantern-orbit-violin-42", &["zhangwei"]), None);
    }
}
