//! Evidence files: where their content lies, and how large it may be.

use std::path::Path;

use super::variables::{ConfigError, Variables, wrong};
use crate::files::{FilesAddress, S3Address};

/// Where evidence lies, and how large a file may be.
#[derive(Debug)]
pub struct EvidenceConfig {
    pub address: FilesAddress,
    pub bytes_max: usize,
}

/// Bucket and prefix of an `s3://` address.
fn place(text: &str) -> Result<(String, String), String> {
    let rest = text.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let of = |text: &str, more: &[u8]| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte));
    if bucket.is_empty() || !of(bucket, b"-.") || !of(prefix, b"-._/") {
        return Err("must be an address such as s3://bucket/prefix".to_owned());
    }
    Ok((bucket.to_owned(), prefix.trim_matches('/').to_owned()))
}

fn endpoint(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("must be an http:// or https:// address".to_owned()),
    }
}

/// Reads the settings; the data directory is where evidence lies when no other place is named.
///
/// # Errors
/// The first variable that cannot be used or is missing, by name.
pub(super) fn evidence(variables: &mut Variables, data_directory: &Path) -> Result<EvidenceConfig, ConfigError> {
    let place = variables.optional(
        "EVIDENCE_URL",
        "s3://bucket/prefix, where evidence files lie; without it, in the data directory",
        place,
    )?;
    let region = variables.text("EVIDENCE_REGION", "us-east-1", "the region of the bucket")?;
    let endpoint = variables.optional(
        "EVIDENCE_ENDPOINT",
        "the address of a store that is compatible with S3; without it that of AWS",
        endpoint,
    )?;
    let key_id = variables.optional("EVIDENCE_KEY_ID", "the access key's id for the bucket", |text| Ok(text.to_owned()))?;
    let secret = variables.secret("EVIDENCE_SECRET", "the access key's secret", |_| Ok(()))?;
    let bytes_max = variables.number(
        "EVIDENCE_BYTES_MAX",
        "10485760",
        1024,
        67_108_864,
        "the most bytes of an evidence file",
    )?;
    let missing = |name: &str| wrong(name, "is needed with CREDIT_BANK_EVIDENCE_URL");
    let address = match place {
        None => FilesAddress::Directory(data_directory.join("evidence")),
        Some((bucket, prefix)) => FilesAddress::S3(S3Address {
            bucket,
            prefix,
            region,
            endpoint,
            key_id: key_id.ok_or_else(|| missing("EVIDENCE_KEY_ID"))?,
            secret: secret.ok_or_else(|| missing("EVIDENCE_SECRET"))?,
        }),
    };
    Ok(EvidenceConfig { address, bytes_max })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<EvidenceConfig, String> {
        let given = given
            .iter()
            .map(|(name, value)| (format!("CREDIT_BANK_EVIDENCE_{name}"), Some((*value).to_owned())));
        let mut variables = Variables::new(given).unwrap();
        evidence(&mut variables, Path::new("./data")).map_err(|error| error.to_string())
    }

    #[test]
    fn evidence_lies_in_the_data_directory_or_in_a_bucket() {
        let own = read(&[]).unwrap();
        assert!(matches!(own.address, FilesAddress::Directory(path) if path == Path::new("./data/evidence")));
        let keys = [("KEY_ID", "AKIA"), ("SECRET", "hunter2"), ("ENDPOINT", "http://127.0.0.1:9000/")];
        let config = read(&[&[("URL", "s3://bank-evidence/files/")][..], &keys].concat()).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let FilesAddress::S3(address) = config.address else { panic!() };
        assert_eq!((address.bucket.as_str(), address.prefix.as_str()), ("bank-evidence", "files"));
        assert_eq!(address.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let address = "must be an address such as s3://bucket/prefix";
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);
        let cases: [Case; 5] = [
            (&[("URL", "/srv/evidence")], "URL", address),
            (&[("URL", "s3://")], "URL", address),
            (&[("URL", "s3://bucket/a b")], "URL", address),
            (&[("URL", "s3://bucket")], "KEY_ID", "is needed with CREDIT_BANK_EVIDENCE_URL"),
            (&[("ENDPOINT", "minio:9000")], "ENDPOINT", "must be an http:// or https:// address"),
        ];
        for (given, name, problem) in cases {
            assert_eq!(read(given).unwrap_err(), format!("CREDIT_BANK_EVIDENCE_{name} {problem}"));
        }
    }
}
