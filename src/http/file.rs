//! A body that is a file.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, Charset, ContentDisposition, ContentEncoding, DispositionParam, DispositionType, ExtendedValue};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use futures_util::StreamExt as _;

use super::problem::Refusal;
use super::state::Web;
use crate::domain::evidence::MediaType;
use crate::domain::rejection::Rejection;
use crate::ops::error::OpError;
use crate::ops::evidence::EvidenceFile;

/// The bytes of a file, in the API's description.
pub struct FileContent;

impl utoipa::PartialSchema for FileContent {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The bytes of the file."))
            .into()
    }
}

impl utoipa::ToSchema for FileContent {}

/// A file and the type that the request says it has; `application/octet-stream` says nothing.
pub struct FileBody {
    pub declared: Option<MediaType>,
    pub content: Vec<u8>,
}

impl FromRequest for FileBody {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = declared(request.content_type());
        let bytes_max = request.app_data::<web::Data<Web>>().map(|web| web.bank.evidence_bytes_max);
        let length = declared_length(request);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let declared = declared.ok_or(Refusal::MEDIA_TYPE)?;
            let bytes_max = bytes_max.ok_or(Refusal::INTERNAL)?;
            // Not read at all where the first header says that it is too large.
            if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > bytes_max)) {
                return Err(Rejection::EvidenceTooLarge { bytes_max }.into());
            }
            let payload = payload.await.map_err(|_| Refusal::BAD_REQUEST)?;
            let Ok(read) = payload.to_bytes_limited(bytes_max).await else {
                return Err(Rejection::EvidenceTooLarge { bytes_max }.into());
            };
            Ok(Self {
                declared,
                content: read.map_err(|_| Refusal::BAD_REQUEST)?.into(),
            })
        })
    }
}

/// How long the first header says that a body is.
pub(super) fn declared_length(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Takes a body into a file that has no name in any directory; memory does not grow with it.
pub struct Spool {
    file: File,
    left: u64,
    too_large: Rejection,
}

pub fn spool_failed(error: std::io::Error) -> OpError {
    OpError::Secret(format!("a file for a body: {error}"))
}

impl Spool {
    /// An empty file for at most so many bytes.
    ///
    /// # Errors
    /// When there is no room.
    pub async fn new(web: &Web, bytes_max: u64, too_large: Rejection) -> Result<Self, Refusal> {
        Ok(Self {
            file: web.run(|_| tempfile::tempfile().map_err(spool_failed)).await?,
            left: bytes_max,
            too_large,
        })
    }

    /// Takes a piece.
    ///
    /// # Errors
    /// `too_large` for more bytes than that; when there is no room.
    pub async fn take(&mut self, web: &Web, bytes: Bytes) -> Result<(), Refusal> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or_else(|| self.too_large.clone())?;
        let mut file = self.file.try_clone().map_err(spool_failed)?;
        web.run(move |_| file.write_all(&bytes).map_err(spool_failed)).await
    }

    /// The file, to be read from its start.
    ///
    /// # Errors
    /// When it cannot be.
    pub async fn finish(self, web: &Web) -> Result<File, Refusal> {
        let mut file = self.file;
        web.run(move |_| file.seek(SeekFrom::Start(0)).map(|_| file).map_err(spool_failed))
            .await
    }
}

/// Reads a body into a file.
///
/// # Errors
/// `too_large` for more bytes than that; when there is no room, or the body breaks off.
pub(super) async fn spooled(
    web: &Web,
    request: &HttpRequest,
    mut body: web::Payload,
    bytes_max: u64,
    too_large: Rejection,
) -> Result<File, Refusal> {
    if declared_length(request).is_some_and(|length| length > bytes_max) {
        return Err(too_large.into());
    }
    let mut spool = Spool::new(web, bytes_max, too_large).await?;
    while let Some(read) = body.next().await {
        spool.take(web, read.map_err(|_| Refusal::BAD_REQUEST)?).await?;
    }
    spool.finish(web).await
}

/// The type that a file is said to have; `None` for what no file here can be.
fn declared(content_type: &str) -> Option<Option<MediaType>> {
    let word = content_type.to_ascii_lowercase();
    match MediaType::parse(&word) {
        None if word != "application/octet-stream" => None,
        declared => Some(declared),
    }
}

/// Says that a body is a file to be saved. The plain name is for old clients; the other one is what the file is called.
pub fn attachment(plain: &str, name: &str) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(plain.to_owned()),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}

/// The head of an answer that is a file of a learner, to be saved. What its cache may do is for the caller to say.
pub fn saved(file: &EvidenceFile) -> Result<HttpResponseBuilder, Refusal> {
    let [ending, ..] = file.media_type.endings() else {
        return Err(Refusal::INTERNAL);
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, file.media_type.as_str()))
        .insert_header(attachment(&format!("{}.{ending}", file.file_id), &file.name))
        // Compressed already; and the digest is of what is sent.
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::ETAG, format!("\"{}\"", file.sha256)))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    Ok(answer)
}
