//! Codes of an authenticator: time-based one-time passwords (RFC 6238) as every such program makes them.

use totp_rs::{Builder, Secret, Totp};

/// 160 bits, as RFC 4226 asks for.
pub const SECRET_BYTES: usize = 20;

/// How many seconds a code is shown.
const STEP_SECONDS: u64 = 30;

/// A new secret.
///
/// # Errors
/// When the system has no randomness.
pub fn new_secret() -> Result<[u8; SECRET_BYTES], getrandom::Error> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn builder(secret: &[u8]) -> Builder {
    // SHA-1, six digits: some authenticators silently take nothing else.
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
}

/// What is typed into an authenticator, in groups of four.
pub fn spoken_secret(secret: &[u8]) -> String {
    let text = Secret::new(secret.into()).to_base32();
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The address that an authenticator reads from a QR code; `None` where the names cannot be written in one.
pub fn address(secret: &[u8], issuer: &str, account: &str) -> Option<String> {
    let plain = |text: &str| text.replace(':', " ");
    let totp = builder(secret)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .ok()?;
    totp.to_url().ok()
}

/// The step to which a code belongs: the present one, the one before it or the one after it. A step is taken once only, which the
/// caller sees to.
pub fn step_of(secret: &[u8], code: &str, unix_seconds: i64) -> Option<i64> {
    let now = u64::try_from(unix_seconds).ok()?;
    let totp: Totp = builder(secret).build().ok()?;
    totp.check(code, now).and_then(|step| i64::try_from(step).ok())
}

/// The code of a moment, for tests that stand in for an authenticator.
pub fn code_at(secret: &[u8], unix_seconds: i64) -> Option<String> {
    let now = u64::try_from(unix_seconds).ok()?;
    let totp = builder(secret).build().ok()?;
    Some(totp.generate(now).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_of_rfc_6238() {
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ];
        for (at, code) in cases {
            assert_eq!(step_of(SECRET, code, at), Some(at / 30), "{at}");
            assert_eq!(step_of(SECRET, code, at + 30), Some(at / 30), "a step late");
            assert_eq!(step_of(SECRET, code, at + 60), None, "two steps late");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for code in ["", "28708", "2870822", "28708x", "２８７０８２", "287083"] {
            assert_eq!(step_of(SECRET, code, 59), None, "{code}");
        }
    }

    #[test]
    fn an_authenticator_gets_the_same_secret_by_either_way() {
        let address = address(SECRET, "学分银行: A", "wang").unwrap();
        assert_eq!(spoken_secret(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(address.starts_with("otpauth://totp/"), "{address}");
        assert!(address.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{address}");
    }
}
