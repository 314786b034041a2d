//! Lists of the status of credentials (W3C, Bitstring Status List v1.0): a bit for each, set where it does not count.

use std::io::{Read, Write};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, SecondsFormat, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use super::contexts::CREDENTIALS;

/// How many entries a list has: the least that the standard allows, so that nobody learns from a look at a list whose it was.
pub const ENTRIES: u32 = 131_072;

/// Longer lists of others are not unpacked.
const BYTES_MAX: u64 = 8 << 20;

/// What a set bit means. One list, and one entry in a credential, says all: Open Badges allows a single entry, and a list of
/// two bits an entry is not read by every verifier. A credential in doubt has its bit set until the doubt is over.
pub const PURPOSE: &str = "revocation";

/// The bits of a list; index 0 is the first bit of the first byte, from the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBits(Vec<u8>);

impl Default for StatusBits {
    fn default() -> Self {
        Self(vec![0; usize::try_from(ENTRIES / 8).unwrap_or_default()])
    }
}

/// The byte and the bit in it of an index.
fn place(index: u32) -> (usize, u8) {
    (usize::try_from(index / 8).unwrap_or(usize::MAX), 0x80 >> (index % 8))
}

impl StatusBits {
    /// Sets the bit of an index; false where the list has no such index.
    pub fn set(&mut self, index: u32) -> bool {
        let (byte, bit) = place(index);
        let found = self.0.get_mut(byte);
        found.map(|byte| *byte |= bit).is_some()
    }

    /// Whether the bit of an index is set; `None` where the list has no such index.
    pub fn get(&self, index: u32) -> Option<bool> {
        let (byte, bit) = place(index);
        self.0.get(byte).map(|byte| byte & bit != 0)
    }

    /// How many entries there are.
    pub fn entries(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or_default().saturating_mul(8)
    }

    /// The list as credentials of lists have it: packed by gzip, in base 64, after the letter that says so. Equal lists give equal texts.
    ///
    /// # Errors
    /// When memory cannot be written, which does not happen.
    pub fn encode(&self) -> std::io::Result<String> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&self.0)?;
        Ok(format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(packer.finish()?)))
    }

    /// Reads a list of anybody; `None` where it is none, is shorter than the standard allows, or is too long to be unpacked.
    pub fn decode(encoded: &str) -> Option<Self> {
        let packed = BASE64_URL_SAFE_NO_PAD.decode(encoded.strip_prefix('u')?).ok()?;
        let mut bits = Vec::new();
        GzDecoder::new(packed.as_slice()).take(BYTES_MAX + 1).read_to_end(&mut bits).ok()?;
        let length = u64::try_from(bits.len()).ok()?;
        let lawful = (u64::from(ENTRIES / 8)..=BYTES_MAX).contains(&length);
        lawful.then_some(Self(bits))
    }
}

/// Where a credential's status is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// The address of the list.
    pub list: String,
    pub index: u32,
}

impl StatusEntry {
    /// The entry as a credential has it.
    pub fn document(&self) -> Value {
        json!({
            "id": format!("{}#{}", self.list, self.index), "type": "BitstringStatusListEntry", "statusPurpose": PURPOSE,
            "statusListIndex": self.index.to_string(), "statusListCredential": self.list
        })
    }
}

/// The credential of a list, to be signed by whoever issued the credentials that it is about.
///
/// # Errors
/// As [`StatusBits::encode`].
pub fn list_credential(
    list: &str,
    issuer: &str,
    bits: &StatusBits,
    valid_from: DateTime<Utc>,
    valid_until: DateTime<Utc>,
) -> std::io::Result<Map<String, Value>> {
    let moment = |at: DateTime<Utc>| json!(at.to_rfc3339_opts(SecondsFormat::Secs, true));
    Ok(Map::from_iter([
        ("@context".to_owned(), json!([CREDENTIALS])),
        ("id".to_owned(), json!(list)),
        ("type".to_owned(), json!(["VerifiableCredential", "BitstringStatusListCredential"])),
        ("issuer".to_owned(), json!(issuer)),
        ("validFrom".to_owned(), moment(valid_from)),
        ("validUntil".to_owned(), moment(valid_until)),
        (
            "credentialSubject".to_owned(),
            json!({ "id": format!("{list}#list"), "type": "BitstringStatusList", "statusPurpose": PURPOSE, "encodedList": bits.encode()? }),
        ),
    ]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_index_is_the_first_bit_from_the_left() {
        let mut bits = StatusBits::default();
        assert!(bits.set(0) && bits.set(9) && bits.set(ENTRIES - 1));
        assert_eq!((bits.0[0], bits.0[1], *bits.0.last().unwrap()), (0x80, 0x40, 0x01));
        assert!(!bits.set(ENTRIES));
        assert_eq!(bits.get(ENTRIES), None);
        assert_eq!(bits.entries(), 131_072);
    }

    /// The list of the standard's example (2.2): an empty one of the least length.
    #[test]
    fn the_list_of_the_standard_is_read() {
        let example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        assert_eq!(StatusBits::decode(example), Some(StatusBits::default()));
    }

    #[test]
    fn what_is_no_list_is_not_read() {
        let short = {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer.write_all(&[0; 1024]).unwrap();
            format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(packer.finish().unwrap()))
        };
        let bomb = {
            let mut packer = GzEncoder::new(Vec::new(), Compression::best());
            packer.write_all(&vec![0; (8 << 20) + 1]).unwrap();
            format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(packer.finish().unwrap()))
        };
        for text in ["", "u", "uH4sI", "zH4sI", short.as_str(), bomb.as_str()] {
            assert_eq!(StatusBits::decode(text), None);
        }
    }

    proptest! {
        #[test]
        fn a_list_comes_back_as_it_was(set in proptest::collection::btree_set(0..ENTRIES, 0..50)) {
            let mut bits = StatusBits::default();
            for index in &set {
                prop_assert!(bits.set(*index));
            }
            let read = StatusBits::decode(&bits.encode().unwrap()).unwrap();
            prop_assert_eq!(&read, &bits);
            let found: std::collections::BTreeSet<u32> = (0..ENTRIES).filter(|index| read.get(*index) == Some(true)).collect();
            prop_assert_eq!(found, set);
        }
    }
}
