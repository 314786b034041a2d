//! Where the code in a picture leads, if that is a page of this bank for everybody: the check of a number, or what is shared. Only the path
//! is taken of it, and nothing is asked of any address.

use url::Url;

use super::check::page_of;
use crate::domain::paper_number::PaperNumber;
use crate::domain::portfolio::share::code_in;

/// The page of this bank to which a text leads: an address of such a page, or a number by itself.
pub(super) fn page_behind(said: &str, public_url: &str) -> Option<String> {
    let said = said.trim();
    if PaperNumber::parse(said).is_some() || is_number_of_decision(said) {
        return page_of(said);
    }
    let (address, own) = (Url::parse(said).ok()?, Url::parse(public_url).ok()?);
    if address.origin() != own.origin() {
        return None;
    }
    let path = address.path().strip_prefix(own.path().trim_end_matches('/'))?;
    match path.strip_prefix('/')?.split_once('/')? {
        ("check", number) if !number.contains('/') => page_of(number),
        ("s", code) => Some(format!("/s/{}", code_in(code)?)),
        _ => None,
    }
}

/// Whether a text is such as decisions are numbered: who decided, the year, and a number of five digits or more.
fn is_number_of_decision(said: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = said.split('-');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(issuer), Some(year), Some(number), None) => {
            let is_issuer = issuer == "bank" || issuer.len() == 18 && issuer.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_issuer && year.len() == 4 && digits(year) && (5..=12).contains(&number.len()) && digits(number)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_this_bank_leads_to_its_page_and_no_other_does() {
        let number = PaperNumber::from_entropy(2026, 1).unwrap();
        let checked = format!("/check/{}", number.as_str());
        let own = "https://bank.example";
        let leads = [
            (number.as_str().to_owned(), checked.as_str()),
            (format!(" {}\n", number.spaced()), &checked),
            (format!("https://bank.example/check/{}", number.as_str()), &checked),
            (format!("HTTPS://Bank.Example:443/check/{}?lang=en#x", number.as_str()), &checked),
            (
                "https://bank.example/check/20260000000000000000".to_owned(),
                "/check/20260000000000000000",
            ),
            ("bank-2026-00001".to_owned(), "/check/bank-2026-00001"),
            ("91110000MA01ABCD12-2026-123456".to_owned(), "/check/91110000MA01ABCD12-2026-123456"),
            ("https://bank.example/check/bank-2026-00001".to_owned(), "/check/bank-2026-00001"),
            (
                "https://bank.example/s/23456789ABCDEFGHJKLM?lang=zh".to_owned(),
                "/s/23456789ABCDEFGHJKLM",
            ),
            (
                "https://bank.example/s/23456-789ab-cdefg-hjklm".to_owned(),
                "/s/23456789ABCDEFGHJKLM",
            ),
        ];
        for (said, page) in &leads {
            assert_eq!(page_behind(said, own).as_deref(), Some(*page), "{said}");
            assert_eq!(page_behind(said, "https://bank.example/").as_deref(), Some(*page), "{said}");
        }
        let foreign = [
            "",
            "20260000000000000000",
            "123456",
            "bank-2026-1",
            "one-2026-00001",
            "https://evil.example/check/20260000000000000129",
            "https://bank.example.evil.example/check/20260000000000000129",
            "https://bank.example@evil.example/check/20260000000000000129",
            "http://bank.example/check/20260000000000000129",
            "https://bank.example:8443/check/20260000000000000129",
            "//bank.example/check/20260000000000000129",
            "/check/20260000000000000129",
            "https://bank.example/",
            "https://bank.example/check",
            "https://bank.example/check/",
            "https://bank.example/check/a/b",
            "https://bank.example/s/NOWHERE",
            "https://bank.example/s/23456789ABCDEFGHJKLM/files/x",
            "https://bank.example/sign-in?next=/check/1",
            "javascript:alert(1)",
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fbank.example%2Fcheck%2F1",
        ];
        for said in foreign {
            assert_eq!(page_behind(said, own), None, "{said}");
        }
    }

    #[test]
    fn a_bank_below_a_path_has_its_codes_there() {
        let own = "https://city.example/bank/";
        let said = "https://city.example/bank/check/20260000000000000129";
        assert_eq!(page_behind(said, own).as_deref(), Some("/check/20260000000000000129"));
        assert_eq!(page_behind("https://city.example/check/20260000000000000129", own), None);
    }
}
