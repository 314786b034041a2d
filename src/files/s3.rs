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
