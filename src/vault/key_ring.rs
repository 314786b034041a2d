//! The bank's keys, in one file that only its owner can read.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What goes wrong with the key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {0} cannot be read or written: {1}")]
    File(String, std::io::Error),
    #[error("others can read the key file {0}: run `chmod 600` on it")]
    Exposed(String),
    #[error("the key file {0} is damaged: {1}")]
    Damaged(String, String),
    #[error("no key could be made")]
    Generation,
}

/// A key that signs access tokens (ES256). A retired one only verifies.
#[derive(Serialize, Deserialize)]
pub struct SigningKey {
    pub key_id: String,
    pkcs8: Zeroizing<String>,
    pub retired: bool,
}

/// A key that seals personal data (AES-256-GCM).
#[derive(Serialize, Deserialize)]
pub struct SealingKey {
    pub key_id: u32,
    secret: Zeroizing<String>,
}

/// All keys of a bank; the last of each list is the present one.
#[derive(Serialize, Deserialize)]
pub struct KeyRing {
    signing: Vec<SigningKey>,
    sealing: Vec<SealingKey>,
    index: Zeroizing<String>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeyRing({} signing, {} sealing)", self.signing.len(), self.sealing.len())
    }
}

impl SigningKey {
    fn generate() -> Result<Self, KeyError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &aws_lc_rs::rand::SystemRandom::new())
            .map_err(|_| KeyError::Generation)?;
        let key_id = uuid::Uuid::now_v7().simple().to_string();
        Ok(Self {
            key_id,
            pkcs8: Zeroizing::new(BASE64_STANDARD.encode(document.as_ref())),
            retired: false,
        })
    }

    /// The private key in PKCS#8.
    pub fn pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        BASE64_STANDARD.decode(self.pkcs8.as_bytes()).ok().map(Zeroizing::new)
    }
}

impl SealingKey {
    fn generate(key_id: u32) -> Result<Self, KeyError> {
        Ok(Self {
            key_id,
            secret: random_key()?,
        })
    }

    /// The 32 bytes.
    pub fn secret(&self) -> Option<Zeroizing<[u8; 32]>> {
        decode_key(&self.secret)
    }
}

fn random_key() -> Result<Zeroizing<String>, KeyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::Generation)?;
    Ok(Zeroizing::new(BASE64_STANDARD.encode(bytes.as_slice())))
}

fn decode_key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

impl KeyRing {
    /// Makes a ring with one key of each kind.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self {
            signing: vec![SigningKey::generate()?],
            sealing: vec![SealingKey::generate(1)?],
            index: random_key()?,
        })
    }

    /// Reads the file, or makes it with mode 0600 where there is none.
    ///
    /// # Errors
    /// When others can read the file, or it is damaged.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if path.exists() {
            return Self::load(path);
        }
        let ring = Self::generate()?;
        ring.save(path)?;
        Ok(ring)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// When others can read the file, or it is damaged.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let name = path.display().to_string();
        let failed = |error| KeyError::File(name.clone(), error);
        let mut file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed(name));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(failed)?;
        let ring: Self = serde_json::from_str(&text).map_err(|error| KeyError::Damaged(name.clone(), error.to_string()))?;
        let whole = ring.signing.iter().any(|key| !key.retired)
            && ring.signing.iter().all(|key| key.pkcs8().is_some())
            && !ring.sealing.is_empty()
            && ring.sealing.iter().all(|key| key.secret().is_some())
            && ring.index_key().is_some();
        if whole {
            Ok(ring)
        } else {
            Err(KeyError::Damaged(name, "a key is missing or has the wrong length".to_owned()))
        }
    }

    /// Writes the file: beside its place first, flushed, then moved there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        let failed = |error| KeyError::File(path.display().to_string(), error);
        let beside = path.with_extension("new");
        let text =
            Zeroizing::new(serde_json::to_string(self).map_err(|error| KeyError::Damaged(path.display().to_string(), error.to_string()))?);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)?;
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)
    }

    /// Makes a new signing key; the others are kept to verify tokens that are still about.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn rotate_signing(&mut self) -> Result<(), KeyError> {
        let key = SigningKey::generate()?;
        self.signing.iter_mut().for_each(|old| old.retired = true);
        self.signing.push(key);
        Ok(())
    }

    /// Makes a new sealing key; the others still open what they sealed.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn rotate_sealing(&mut self) -> Result<(), KeyError> {
        let next = self.sealing.iter().map(|key| key.key_id).max().unwrap_or(0) + 1;
        self.sealing.push(SealingKey::generate(next)?);
        Ok(())
    }

    /// The signing keys, the present one last.
    pub fn signing_keys(&self) -> &[SigningKey] {
        &self.signing
    }

    /// The sealing keys, the present one last.
    pub fn sealing_keys(&self) -> &[SealingKey] {
        &self.sealing
    }

    /// The key of the keyed indexes.
    pub fn index_key(&self) -> Option<Zeroizing<[u8; 32]>> {
        decode_key(&self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_private_and_reads_back_and_an_open_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.json");
        let mut ring = KeyRing::load_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        ring.rotate_signing().unwrap();
        ring.rotate_sealing().unwrap();
        ring.save(&path).unwrap();
        let again = KeyRing::load_or_create(&path).unwrap();
        assert_eq!((again.signing_keys().len(), again.sealing_keys().len()), (2, 2));
        assert!(again.signing_keys()[0].retired && !again.signing_keys()[1].retired);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(KeyRing::load_or_create(&path), Err(KeyError::Exposed(_))));
    }
}
