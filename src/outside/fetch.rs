//! Documents from addresses that others named, such as the keys of an issuer: read within limits, and kept for a short while, what
//! failed too, so that asking often costs whoever is asked nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::client::{Client, Failure};
use super::target::{self, Reach};

/// How long a document may take.
const TIME_MAX: Duration = Duration::from_secs(5);
/// How much of a document is read, in bytes.
const BYTES_MAX: usize = 1 << 20;
/// How long a document is kept.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// So many bytes of documents are kept at once.
const KEPT_BYTES_MAX: usize = 16 << 20;
/// So many addresses are remembered at once.
const KEPT_MAX: usize = 1_024;

/// A document, or why there is none.
pub type Fetched = Result<Arc<str>, Failure>;

struct Kept {
    until: Instant,
    what: Fetched,
}

/// Fetches documents. Its client is made when it is first needed, since it cannot be made where a server runs.
pub struct Fetcher {
    reach: Reach,
    client: OnceLock<Option<Client>>,
    kept: Mutex<HashMap<String, Kept>>,
}

impl Fetcher {
    /// A fetcher that has fetched nothing.
    pub fn new(reach: Reach) -> Self {
        Self {
            reach,
            client: OnceLock::new(),
            kept: Mutex::default(),
        }
    }

    /// What is kept of an address.
    pub fn kept(&self, address: &str) -> Option<Fetched> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(address)
            .filter(|kept| kept.until > Instant::now())
            .map(|kept| kept.what.clone())
    }

    /// The document at an https address. Where private networks may be reached, what is named there is asked by http.
    ///
    /// # Errors
    /// Why there is none.
    pub fn get(&self, address: &str) -> Fetched {
        if let Some(kept) = self.kept(address) {
            return kept;
        }
        let what = self.fetch(address);
        let size = |kept: &Kept| kept.what.as_ref().map_or(0, |text| text.len());
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| kept.until > now);
        let bytes: usize = kept.values().map(size).sum();
        let fetched = Kept {
            until: now + KEPT_FOR,
            what: what.clone(),
        };
        if kept.len() < KEPT_MAX && bytes + size(&fetched) <= KEPT_BYTES_MAX {
            kept.insert(address.to_owned(), fetched);
        }
        what
    }

    fn fetch(&self, address: &str) -> Fetched {
        let private = target::parse(address, Reach::Open).is_err();
        let by_http = address.strip_prefix("https://").filter(|_| private && self.reach == Reach::Anybody);
        let address = by_http.map_or_else(|| address.to_owned(), |rest| format!("http://{rest}"));
        let client = self.client.get_or_init(|| Client::new(self.reach).ok());
        let client = client.as_ref().ok_or(Failure::NoConnection)?;
        let body = client.get(&address, BYTES_MAX, TIME_MAX)?;
        let text = String::from_utf8(body).map_err(|_| Failure::NoConnection)?;
        Ok(Arc::from(text))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers requests with texts, one after the other, and says the port.
    fn serve(answers: Vec<String>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).unwrap();
                drop(stream.write_all(answer.as_bytes()));
            }
        });
        port
    }

    fn answer(status: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    #[test]
    fn what_was_fetched_is_kept_and_what_failed_too() {
        let port = serve(vec![
            answer("200 OK", "{}"),
            answer("404 Not Found", "no"),
            answer("302 Found", ""),
            answer("200 OK", &"x".repeat(BYTES_MAX + 1)),
        ]);
        let fetcher = Fetcher::new(Reach::Anybody);
        let address = |path: &str| format!("https://127.0.0.1:{port}/{path}");
        // Asked again, nobody answers any more: what is kept is answered.
        for _ in 0..2 {
            assert_eq!(fetcher.get(&address("a")).as_deref(), Ok("{}"));
        }
        for path in ["missing", "elsewhere", "large"] {
            assert_eq!(fetcher.get(&address(path)), Err(Failure::NoConnection), "{path}");
            assert_eq!(fetcher.kept(&address(path)), Some(Err(Failure::NoConnection)));
        }
    }

    #[test]
    fn nothing_inside_is_asked() {
        let fetcher = Fetcher::new(Reach::Open);
        let inside = [
            "https://127.0.0.1/did.json",
            "https://localhost/did.json",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/did.json",
            "https://0x7f.1/did.json",
            "https://metadata.google.internal/did.json",
            "http://college.example/did.json",
            "https://user@college.example/did.json",
            "file:///etc/passwd",
        ];
        for address in inside {
            assert_eq!(fetcher.get(address), Err(Failure::AddressRefused), "{address}");
        }
    }
}
