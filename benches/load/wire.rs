//! A lean HTTP client for load: one connection a thread, one request at a time, so that the load takes little of the
//! cores that it shares with the bank.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a run of load measured.
pub(crate) struct Measured {
    pub(crate) requests: usize,
    pub(crate) seconds: f64,
    latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// The latency that this share of the requests did not exceed, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let place = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len() - 1);
        self.latencies[place].as_secs_f64() * 1000.0
    }
}

struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            reader: BufReader::new(stream),
        }
    }

    /// Sends a whole request and reads the whole answer; answers its status.
    fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> u16 {
        self.reader.get_mut().write_all(request).unwrap();
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        body.resize(length, 0);
        self.reader.read_exact(body).unwrap();
        status
    }
}

/// A request with a token, as bytes.
pub(crate) fn request(method: &str, path: &str, token: &str, extra: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{extra}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends requests over many connections for some seconds; `make` gets a number that no other request has.
pub(crate) fn load(address: &str, connections: usize, seconds: f64, expected: u16, make: impl Fn(usize) -> Vec<u8> + Sync) -> Measured {
    let (stop, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let began = Instant::now();
    let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                let (stop, next, make) = (&stop, &next, &make);
                scope.spawn(move || {
                    let mut connection = Connection::open(address);
                    let (mut own, mut body) = (Vec::new(), Vec::new());
                    while !stop.load(Ordering::Relaxed) {
                        let bytes = make(next.fetch_add(1, Ordering::Relaxed));
                        let sent = Instant::now();
                        let status = connection.exchange(&bytes, &mut body);
                        own.push(sent.elapsed());
                        assert_eq!(status, expected, "{}", String::from_utf8_lossy(&body));
                    }
                    own
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Measured {
        requests: latencies.len(),
        seconds,
        latencies,
    }
}
