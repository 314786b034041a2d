//! The client for addresses that others give us: no redirects, no proxy, limits of time and of what is read, and every address
//! that a name leads to is judged when it is connected to, so that a name whose answer changes meanwhile gains nothing.

use std::error::Error;
use std::io::Read;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::addresses::is_open;
use super::target::{self, Reach};

/// How long a whole exchange may take.
pub const TIME_MAX: Duration = Duration::from_secs(15);

/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How much of an answer is read, in bytes.
const EXCERPT_MAX: u64 = 1_024;

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The address is not one that we speak to.
    AddressRefused,
    /// It took too long.
    TimedOut,
    /// No connection, or one that broke.
    NoConnection,
}

impl Failure {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddressRefused => "address_refused",
            Self::TimedOut => "timed_out",
            Self::NoConnection => "no_connection",
        }
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The beginning of the body, as text.
    pub excerpt: String,
}

/// What came of a request, and how long it took.
#[derive(Debug)]
pub struct Exchange {
    pub answer: Result<Answer, Failure>,
    pub took: Duration,
}

/// The client.
#[derive(Debug)]
pub struct Client {
    http: reqwest::blocking::Client,
    reach: Reach,
}

/// A name led to an address that is not in the open.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not in the open network")]
struct Closed;

/// Resolves names, and refuses those that lead anywhere but into the open: a single such address refuses them all, since nobody
/// in the open has one.
struct Judge;

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>))
                .await??;
            if found.iter().any(|address| !is_open(address.ip())) {
                return Err(Closed.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// When TLS cannot be prepared.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let builder = reqwest::blocking::Client::builder()
            .user_agent(concat!("credit-bank/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_MAX)
            .timeout(TIME_MAX);
        let builder = match reach {
            Reach::Open => builder.https_only(true).dns_resolver(Arc::new(Judge)),
            Reach::Anybody => builder,
        };
        Ok(Self {
            http: builder.build()?,
            reach,
        })
    }

    /// Posts a JSON text. The address is judged again, since what is stored may be older than a setting.
    pub fn post_json(&self, address: &str, headers: &[(&'static str, String)], body: &str) -> Exchange {
        let begun = Instant::now();
        let answer = self.answer(address, headers, body, begun);
        Exchange {
            answer,
            took: begun.elapsed(),
        }
    }

    /// Reads what is at an address; anything but a whole answer of 200 is no connection.
    ///
    /// # Errors
    /// Why there is no such answer.
    pub fn get(&self, address: &str, bytes_max: usize, time_max: Duration) -> Result<Vec<u8>, Failure> {
        let begun = Instant::now();
        let url = target::parse(address, self.reach).map_err(|_| Failure::AddressRefused)?;
        let request = self.http.get(url).timeout(time_max).header("accept", "application/json, */*;q=0.5");
        let response = request.send().map_err(|error| failure_of(&error))?;
        if response.status().as_u16() != 200 {
            return Err(Failure::NoConnection);
        }
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
        let body = body_of(response, limit, begun, time_max)?;
        if body.len() > bytes_max {
            Err(Failure::NoConnection)
        } else {
            Ok(body)
        }
    }

    fn answer(&self, address: &str, headers: &[(&'static str, String)], body: &str, begun: Instant) -> Result<Answer, Failure> {
        let url = target::parse(address, self.reach).map_err(|_| Failure::AddressRefused)?;
        let mut request = self.http.post(url).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body.to_owned()).send().map_err(|error| failure_of(&error))?;
        let status = response.status().as_u16();
        Ok(Answer {
            status,
            excerpt: excerpt(response, begun),
        })
    }
}

/// A body, up to a limit. Each piece of it may come in time and all of it be too slow.
fn body_of(response: reqwest::blocking::Response, limit: u64, begun: Instant, time_max: Duration) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    let mut body = response.take(limit);
    while begun.elapsed() < time_max {
        match body.read(&mut piece) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes.extend_from_slice(piece.get(..read).unwrap_or_default()),
            Err(_) => return Err(Failure::NoConnection),
        }
    }
    Err(Failure::TimedOut)
}

/// The beginning of a body; one that comes too slowly is not waited for, since its status is known.
fn excerpt(response: reqwest::blocking::Response, begun: Instant) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 256];
    let mut body = response.take(EXCERPT_MAX);
    while begun.elapsed() < TIME_MAX {
        match body.read(&mut piece) {
            Ok(read) if read > 0 => bytes.extend_from_slice(piece.get(..read).unwrap_or_default()),
            _ => break,
        }
    }
    // A database keeps no U+0000, and a log shows no control characters.
    String::from_utf8_lossy(&bytes)
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

fn failure_of(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<Closed>() {
            return Failure::AddressRefused;
        }
        cause = current.source();
    }
    if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::NoConnection
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with a text, and says the port.
    fn serve(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            // The client may have read enough by now.
            drop(stream.write_all(answer.as_bytes()));
        });
        port
    }

    #[test]
    fn a_name_that_leads_inwards_is_refused_when_it_is_connected_to() {
        let client = Client::new(Reach::Open).unwrap();
        // Past the judgement of the address: as of a name whose answer changed since.
        let response = client.http.post("https://localhost:1/").send().unwrap_err();
        assert_eq!(failure_of(&response), Failure::AddressRefused);
        let literal = client.post_json("https://127.0.0.1:1/", &[], "{}");
        assert_eq!(literal.answer, Err(Failure::AddressRefused));
    }

    #[test]
    fn redirects_are_answers_and_little_is_read() {
        let client = Client::new(Reach::Anybody).unwrap();
        let port = serve("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 5\r\n\r\na\u{0}b\r\n");
        let answer = client.post_json(&format!("http://127.0.0.1:{port}/"), &[], "{}").answer.unwrap();
        assert_eq!((answer.status, answer.excerpt.as_str()), (302, "a b  "));
        let long: &'static str =
            Box::leak(format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000)).into_boxed_str());
        let port = serve(long);
        let answer = client.post_json(&format!("http://127.0.0.1:{port}/"), &[], "{}").answer.unwrap();
        assert_eq!((answer.status, answer.excerpt.len()), (200, 1_024));
        let nobody = client.post_json("http://127.0.0.1:1/", &[], "{}");
        assert_eq!(nobody.answer, Err(Failure::NoConnection));
    }
}
