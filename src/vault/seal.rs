//! Sealing of personal data (AES-256-GCM) and the keyed indexes by which it is found (HMAC-SHA-256).

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::key_ring::KeyRing;

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the sealing key is not in the ring")]
    UnknownKey,
    #[error("the sealed bytes were changed, or belong elsewhere")]
    Tampered,
    #[error("no randomness")]
    Randomness,
}

/// Seals and opens with the ring's keys. A sealed value is: version 1, key id (4 bytes), nonce (12), ciphertext and tag.
pub struct Sealer {
    ciphers: Vec<(u32, Aes256Gcm)>,
    index_key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealer({} keys)", self.ciphers.len())
    }
}

impl Sealer {
    /// Takes the keys of a ring; `None` when one of them is damaged.
    pub fn new(ring: &KeyRing) -> Option<Self> {
        let ciphers = ring
            .sealing_keys()
            .iter()
            .map(|key| Some((key.key_id, Aes256Gcm::new_from_slice(key.secret()?.as_slice()).ok()?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            ciphers,
            index_key: ring.index_key()?,
        })
    }

    /// Seals with the present key. `place` says where the value belongs: it opens nowhere else.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, plain: &[u8], place: &str) -> Result<Vec<u8>, SealError> {
        let (key_id, cipher) = self.ciphers.last().ok_or(SealError::UnknownKey)?;
        let mut nonce = [0; 12];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Randomness)?;
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Tampered)?;
        let mut bytes = Vec::with_capacity(17 + sealed.len());
        bytes.push(1);
        bytes.extend_from_slice(&key_id.to_be_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// When the key is gone, or the bytes were changed or belong elsewhere.
    pub fn open(&self, sealed: &[u8], place: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (key_id, rest) = split_key_id(sealed).ok_or(SealError::Tampered)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<12>().ok_or(SealError::Tampered)?;
        let (_, cipher) = self.ciphers.iter().find(|(id, _)| *id == key_id).ok_or(SealError::UnknownKey)?;
        let payload = Payload {
            msg: ciphertext,
            aad: place.as_bytes(),
        };
        cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Tampered)
    }

    /// Whether the present key sealed it.
    pub fn is_present(&self, sealed: &[u8]) -> bool {
        let present = self.ciphers.last().map(|(key_id, _)| *key_id);
        split_key_id(sealed).map(|(key_id, _)| key_id) == present
    }

    /// The index of a value: the same for the same value and label, and nothing without the key.
    pub fn index(&self, label: &str, value: &str) -> Vec<u8> {
        // HMAC takes keys of any length, so this one is always taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.index_key.as_slice()) else {
            return Vec::new();
        };
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// Whether `stored` is the index of a value; it takes as long where it is not.
    pub fn is_index(&self, label: &str, value: &str, stored: &[u8]) -> bool {
        self.index(label, value).as_slice().ct_eq(stored).into()
    }
}

fn split_key_id(sealed: &[u8]) -> Option<(u32, &[u8])> {
    let rest = sealed.strip_prefix(&[1])?;
    let (key_id, rest) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*key_id), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_in_their_place_only_and_after_a_rotation() {
        let mut ring = KeyRing::generate().unwrap();
        let before = Sealer::new(&ring).unwrap();
        let sealed = before.seal("王芳".as_bytes(), "learners.name:1").unwrap();
        ring.rotate_sealing().unwrap();
        let after = Sealer::new(&ring).unwrap();
        assert_eq!(after.open(&sealed, "learners.name:1").unwrap().as_slice(), "王芳".as_bytes());
        assert_eq!(after.open(&sealed, "learners.name:2"), Err(SealError::Tampered));
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(after.open(&changed, "learners.name:1"), Err(SealError::Tampered));
        let newer = after.seal(b"x", "p").unwrap();
        assert_eq!(before.open(&newer, "p"), Err(SealError::UnknownKey));
        assert_eq!(before.index("name", "王芳"), after.index("name", "王芳"));
        assert_ne!(before.index("name", "王芳"), before.index("document", "王芳"));
        let stored = before.index("pin", "123456");
        assert!(after.is_index("pin", "123456", &stored) && !after.is_index("pin", "123457", &stored));
        assert!(!after.is_index("pin", "123456", &[]));
    }
}
