//! Contents in a store that speaks S3.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{Builder, Runtime};

use super::FilesError;

/// How long one request to the store may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How often a request is made again, and for how long in all.
const RETRIES_MAX: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);

/// A bucket, and who may write there.
#[derive(Debug)]
pub struct S3Address {
    pub bucket: String,
    /// Where in the bucket; may be empty.
    pub prefix: String,
    pub region: String,
    /// The address of a compatible store; none is that of AWS.
    pub endpoint: Option<String>,
    pub key_id: String,
    pub secret: SecretString,
}

pub(super) struct S3 {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    /// The library is asynchronous and its callers are not. Only `None` while it is dropped.
    runtime: Option<Runtime>,
}

/// A runtime waits for its threads when it is dropped, which may be in an asynchronous place where nothing may wait.
impl Drop for S3 {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl S3 {
    pub(super) fn open(address: &S3Address) -> Result<Self, FilesError> {
        let is_plain = address.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&address.bucket)
            .with_region(&address.region)
            .with_access_key_id(&address.key_id)
            .with_secret_access_key(address.secret.expose_secret())
            // One content is removed at a time, and not every compatible store knows the request for many.
            .with_disable_bulk_delete(true)
            .with_client_options(ClientOptions::new().with_timeout(TIMEOUT).with_allow_http(is_plain))
            .with_retry(RetryConfig {
                max_retries: RETRIES_MAX,
                retry_timeout: RETRY_TIMEOUT,
                ..RetryConfig::default()
            });
        if let Some(endpoint) = &address.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        Ok(Self {
            store: Arc::new(builder.build()?),
            prefix: address.prefix.clone(),
            runtime: Some(Builder::new_current_thread().enable_all().build().map_err(FilesError::Runtime)?),
        })
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix))
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, object_store::Error>>) -> Result<T, FilesError> {
        let gone = || FilesError::Runtime(std::io::ErrorKind::BrokenPipe.into());
        Ok(self.runtime.as_ref().ok_or_else(gone)?.block_on(work)?)
    }

    pub(super) fn put(&self, name: &str, content: Vec<u8>) -> Result<(), FilesError> {
        self.wait(self.store.put(&self.path(name), content.into())).map(|_| ())
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let path = self.path(name);
        there(self.wait(async { Ok(self.store.get(&path).await?.bytes().await?.to_vec()) }))
    }

    pub(super) fn has(&self, name: &str) -> Result<bool, FilesError> {
        there(self.wait(self.store.head(&self.path(name)))).map(|found| found.is_some())
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), FilesError> {
        there(self.wait(self.store.delete(&self.path(name)))).map(|_| ())
    }
}

/// `None` for what is not there.
fn there<T>(answer: Result<T, FilesError>) -> Result<Option<T>, FilesError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(FilesError::Remote(object_store::Error::NotFound { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::super::{Digest, Files, FilesAddress};
    use super::*;

    /// Answers one request as S3 does, from what was put before; one without a signature is refused.
    fn answer(stream: TcpStream, objects: &mut HashMap<String, Vec<u8>>) {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let Some(first) = head.first() else { return };
        let header = |name: &str| {
            head.iter()
                .find_map(|line| line.split_once(": ").filter(|(found, _)| found.eq_ignore_ascii_case(name)))
                .map(|(_, value)| value.to_owned())
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        let (method, path) = first.rsplit_once(' ').unwrap().0.split_once(' ').unwrap();
        let is_signed = header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=AKIA/"));
        let (status, content) = match method {
            _ if !is_signed => ("403 Forbidden", Vec::new()),
            "PUT" => {
                objects.insert(path.to_owned(), body);
                ("200 OK", Vec::new())
            }
            "GET" | "HEAD" => match objects.get(path) {
                Some(content) => ("200 OK", content.clone()),
                None => ("404 Not Found", Vec::new()),
            },
            "DELETE" => {
                objects.remove(path);
                ("204 No Content", Vec::new())
            }
            other => panic!("{other} {path}"),
        };
        let mut stream = reader.into_inner();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nConnection: close\r\nETag: \"1\"\r\nLast-Modified: Tue, 24 Nov 2026 02:00:00 GMT\r\nContent-Length: {}\r\n\r\n",
            content.len()
        )
        .unwrap();
        if method == "GET" {
            stream.write_all(&content).unwrap();
        }
    }

    #[test]
    fn a_content_goes_to_a_bucket_and_comes_back() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut objects = HashMap::new();
            for stream in listener.incoming() {
                answer(stream.unwrap(), &mut objects);
                // The test may be over.
                drop(tell.send(objects.keys().cloned().collect::<Vec<_>>()));
            }
        });
        let address = S3Address {
            bucket: "bank".to_owned(),
            prefix: "evidence".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint),
            key_id: "AKIA".to_owned(),
            secret: "secret".to_owned().into(),
        };
        let files = Files::open(&FilesAddress::S3(address)).unwrap();
        let digest = Digest::of(b"abc");
        files.put(digest, b"sealed".to_vec()).unwrap();
        let name = "/bank/evidence/ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(told.recv().unwrap(), [name]);
        assert!(files.has(digest).unwrap());
        assert_eq!(files.get(digest).unwrap().unwrap(), b"sealed");
        files.remove(digest).unwrap();
        assert_eq!((files.has(digest).unwrap(), files.get(digest).unwrap()), (false, None));
    }
}
