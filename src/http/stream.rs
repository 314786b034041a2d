//! Bodies that are sent while they are being made.

use std::fs::File;
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many parts wait for a slow reader.
const PARTS_MAX: usize = 4;

/// The bytes of a part of a file.
const PART_BYTES: usize = 64 * 1024;

/// Lines that are sent as they come.
pub(super) struct Lines(Sender<std::io::Result<Bytes>>);

/// A body made of parts.
pub(super) struct Parts {
    size: BodySize,
    parts: Receiver<std::io::Result<Bytes>>,
}

impl Lines {
    /// The sending end, and the body.
    pub(super) fn new() -> (Self, Parts) {
        let (sender, parts) = channel(PARTS_MAX);
        let body = Parts {
            size: BodySize::Stream,
            parts,
        };
        (Self(sender), body)
    }

    /// Sends a text; false when nobody reads any more.
    pub(super) async fn send(&self, text: String) -> bool {
        self.0.send(Ok(Bytes::from(text))).await.is_ok()
    }
}

/// A file as a body, read while it is sent.
pub(super) fn of_file(mut file: File, bytes: u64) -> Parts {
    let (sender, parts) = channel(PARTS_MAX);
    actix_web::rt::task::spawn_blocking(move || {
        loop {
            let mut part = vec![0; PART_BYTES];
            let read = file.read(&mut part);
            let part = read.map(|read| {
                part.truncate(read);
                Bytes::from(part)
            });
            let is_last = part.as_ref().map_or(true, Bytes::is_empty);
            let is_nothing = part.as_ref().is_ok_and(Bytes::is_empty);
            if (!is_nothing && sender.blocking_send(part).is_err()) || is_last {
                return;
            }
        }
    });
    Parts {
        size: BodySize::Sized(bytes),
        parts,
    }
}

impl MessageBody for Parts {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Bytes>>> {
        self.parts.poll_recv(context)
    }
}
