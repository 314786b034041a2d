//! The list of an archive's files as a credential (W3C, Verifiable Credentials Data Model 2.0, 5.3 "Integrity of Related Resources"):
//! whoever verifies credentials can verify it, and compare each file with the digest that is signed.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::badge::Profile;
use super::contexts::CREDENTIALS;
use super::parts::all;
use crate::domain::archive::ListedFile;

/// The list of an archive's files, to be signed by the issuer.
pub fn manifest(archive_id: Uuid, issuer: &Profile, name: &str, made_at: DateTime<Utc>, files: &[ListedFile]) -> Map<String, Value> {
    let id = format!("urn:uuid:{archive_id}");
    let listed = files.iter().map(|file| {
        json!({
            "id": format!("{id}#{}", file.path),
            "mediaType": file.media_type,
            "digestSRI": file.digest
        })
    });
    let document = json!({
        "@context": [CREDENTIALS],
        "id": id,
        "type": ["VerifiableCredential"],
        "name": name,
        "issuer": { "id": issuer.id, "name": issuer.name },
        "validFrom": made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "credentialSubject": { "id": format!("{id}#archive"), "name": name },
        "relatedResource": listed.collect::<Vec<_>>()
    });
    match document {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

/// The files that a list names; `None` where it is no such list.
pub fn listed_files(manifest: &Map<String, Value>) -> Option<Vec<ListedFile>> {
    let id = manifest.get("id")?.as_str()?;
    let listed = all(manifest.get("relatedResource")?).into_iter().map(|resource| {
        let text = |name: &str| resource.get(name)?.as_str();
        Some(ListedFile {
            path: text("id")?.strip_prefix(id)?.strip_prefix('#')?.to_owned(),
            media_type: text("mediaType")?.to_owned(),
            digest: text("digestSRI")?.to_owned(),
        })
    });
    listed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_read_back() {
        let files = ["record.json", "evidence/a.pdf"].map(|path| ListedFile {
            path: path.to_owned(),
            media_type: "application/pdf".to_owned(),
            digest: "sha384-AAAA".to_owned(),
        });
        let issuer = Profile {
            id: "did:web:bank.example".to_owned(),
            name: "学分银行".to_owned(),
            url: None,
        };
        let made_at = "2026-11-26T04:00:00.5Z".parse().unwrap();
        let made = manifest(Uuid::from_u128(7), &issuer, "档案", made_at, &files);
        assert_eq!(made["validFrom"], "2026-11-26T04:00:00Z");
        assert_eq!(listed_files(&made).unwrap(), files);
        let mut other = made.clone();
        other["id"] = json!("urn:uuid:00000000-0000-0000-0000-000000000008");
        assert_eq!(listed_files(&other), None, "files of another archive");
        other.remove("relatedResource");
        assert_eq!(listed_files(&other), None);
    }
}
