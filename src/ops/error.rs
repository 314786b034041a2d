//! What an operation answers when it does not do what was asked.

use crate::domain::rejection::Rejection;
use crate::files::FilesError;
use crate::store::Retryable;
use crate::store::error::StoreError;
use crate::vault::seal::SealError;

/// An expected refusal, or a failure inside.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// An expected refusal, for the public.
    #[error("refused: {}", .0.code())]
    Rejected(Rejection),
    /// The database failed; never shown.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store of contents failed; never shown.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A key or a stored secret failed; never shown.
    #[error("a secret failed: {0}")]
    Secret(String),
}

impl From<Rejection> for OpError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<SealError> for OpError {
    fn from(error: SealError) -> Self {
        Self::Secret(error.to_string())
    }
}

impl From<getrandom::Error> for OpError {
    fn from(error: getrandom::Error) -> Self {
        Self::Secret(error.to_string())
    }
}

impl Retryable for OpError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }
}
