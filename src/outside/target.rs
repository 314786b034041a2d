//! Addresses that others give us: what of them can be told before a connection is made.

use url::{Host, Url};

/// Whom the bank speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Names in the open network, by https.
    Open,
    /// Anybody, by http too: for tests, and where all receivers are on the bank's own network.
    Anybody,
}

/// The most characters of an address.
pub const CHARACTERS_MAX: usize = 500;

/// Endings of names that never lead into the open network (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
const CLOSED_ENDINGS: [&str; 8] = ["localhost", "local", "internal", "intranet", "home.arpa", "lan", "test", "onion"];

/// Reads an address that we may speak to.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, reach: Reach) -> Result<Url, &'static str> {
    if text.chars().count() > CHARACTERS_MAX || text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err("must be an address of at most 500 characters");
    }
    let url = Url::parse(text).map_err(|_| "must be an https:// address")?;
    let by_https = url.scheme() == "https" || (reach == Reach::Anybody && url.scheme() == "http");
    if !by_https {
        return Err("must be an https:// address");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have no user name, password or fragment");
    }
    let is_name = match url.host() {
        // Also in the forms 0x7f.1, 2130706433 and 017700000001, which are read as the address that they are.
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => false,
        Some(Host::Domain(name)) => is_open_name(name),
        None => return Err("must be an https:// address"),
    };
    if reach == Reach::Open && !is_name {
        return Err("must name a host of the open network by its name");
    }
    if url.port() == Some(0) {
        return Err("must be an https:// address");
    }
    Ok(url)
}

fn is_open_name(name: &str) -> bool {
    let closed = |ending: &str| name == ending || name.ends_with(&format!(".{ending}"));
    name.contains('.') && !name.ends_with('.') && !CLOSED_ENDINGS.into_iter().any(closed)
}

#[cfg(test)]
mod tests {
    use super::Reach::{Anybody, Open};
    use super::parse;

    #[test]
    fn odd_addresses_are_refused_before_anything_is_sent() {
        let refused = [
            "",
            "hooks.example.com",
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "file:///etc/passwd",
            "gopher://hooks.example.com/",
            "https://",
            "https:///path",
            "https://127.0.0.1/",
            "https://8.8.8.8/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[2606:4700:4700::1111]/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://127.1/",
            "https://0/",
            "https://①②⑦.⓪.⓪.①/",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://a.localhost/",
            "https://metadata/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://router.lan/",
            "https://hooks.example.com./",
            "https://localhost./",
            "https://user@hooks.example.com/",
            "https://user:pass@hooks.example.com/",
            "https://hooks.example.com@127.0.0.1/",
            "https://hooks.example.com/#part",
            "https://hooks.example.com:0/",
            "https://hooks.example.com/a b",
            "https://hooks.example.com/\n",
        ];
        for text in refused {
            assert!(parse(text, Open).is_err(), "{text}");
        }
        let long = format!("https://hooks.example.com/{}", "x".repeat(500));
        assert!(parse(&long, Open).is_err());
        for text in [
            "https://hooks.example.com/",
            "https://hooks.example.com:8443/a?b=c",
            "https://学分.example.cn/",
        ] {
            assert!(parse(text, Open).is_ok(), "{text}");
        }
        for text in ["http://127.0.0.1:8080/", "https://localhost/", "http://[::1]/hook"] {
            assert!(parse(text, Anybody).is_ok(), "{text}");
        }
        assert!(parse("ftp://127.0.0.1/", Anybody).is_err());
    }
}
