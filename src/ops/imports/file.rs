//! The file of an import: stored in sealed pieces of a mebibyte, so that neither bringing nor reading it takes more memory than
//! a few of them, whatever its size.

use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::files::Digest;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::store::import_rows::{self as store, PieceRow};
use crate::store::types::Key;

/// The bytes of a piece, but for the last.
pub(super) const PIECE_BYTES: usize = 1 << 20;

fn place(import_id: Uuid, number: i64) -> String {
    format!("import:{import_id}:{number}")
}

/// Stores a piece under a name that no other import's piece has, and notes it.
///
/// # Errors
/// When the store of contents or the database fails.
pub(super) fn put(bank: &Bank, import_id: Uuid, number: i64, content: &[u8]) -> Result<(), OpError> {
    let mut named = Sha256::new();
    named.update(place(import_id, number).as_bytes());
    named.update(content);
    let digest: [u8; 32] = named.finalize().into();
    let row = PieceRow {
        import_id: Key(import_id),
        number,
        digest: digest.to_vec(),
        bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
    };
    let sealed = bank.sealer.seal(content, &place(import_id, number))?;
    // Noted first: a piece that is stored and not noted would never be removed.
    bank.store.write(|conn| store::add_piece(conn, &row))?;
    if let Some(digest) = Digest::from_bytes(&digest) {
        bank.files.put(digest, sealed)?;
    }
    Ok(())
}

/// Removes the contents of some pieces.
///
/// # Errors
/// When the store of contents fails; what is removed stays so.
pub(super) fn remove(bank: &Bank, pieces: &[PieceRow]) -> Result<(), OpError> {
    for digest in pieces.iter().filter_map(|piece| Digest::from_bytes(&piece.digest)) {
        bank.files.remove(digest)?;
    }
    Ok(())
}

/// Reads the file of an import from wherever it is asked for.
pub(super) struct PieceReader {
    bank: Arc<Bank>,
    import_id: Uuid,
    pieces: Vec<PieceRow>,
    bytes: u64,
    position: u64,
    /// The piece that was read last, and its number.
    piece: Option<(usize, Zeroizing<Vec<u8>>)>,
    /// The furthest byte that was read, for whoever shows how far it is.
    furthest: Arc<AtomicU64>,
}

impl PieceReader {
    /// Opens the file at its beginning.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn open(bank: &Arc<Bank>, import_id: Uuid, furthest: Arc<AtomicU64>) -> Result<Self, OpError> {
        let pieces = bank.store.read(|conn| store::pieces(conn, import_id))?;
        let bytes = pieces.iter().filter_map(|piece| u64::try_from(piece.bytes).ok()).sum();
        Ok(Self {
            bank: Arc::clone(bank),
            import_id,
            pieces,
            bytes,
            position: 0,
            piece: None,
            furthest,
        })
    }

    fn load(&mut self, number: usize) -> std::io::Result<()> {
        if self.piece.as_ref().is_some_and(|(loaded, _)| *loaded == number) {
            return Ok(());
        }
        let failed = |error: &dyn std::fmt::Display| Error::other(format!("piece {number}: {error}"));
        let piece = self.pieces.get(number).ok_or_else(|| failed(&"lost"))?;
        let digest = Digest::from_bytes(&piece.digest).ok_or_else(|| failed(&"damaged digest"))?;
        let sealed = self.bank.files.get(digest).map_err(|error| failed(&error))?;
        let sealed = sealed.ok_or_else(|| failed(&"lost"))?;
        let content = self.bank.sealer.open(&sealed, &place(self.import_id, piece.number));
        self.piece = Some((number, content.map_err(|error| failed(&error))?));
        Ok(())
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.position >= self.bytes {
            return Ok(0);
        }
        let position = usize::try_from(self.position).map_err(Error::other)?;
        let (number, within) = (position / PIECE_BYTES, position % PIECE_BYTES);
        self.load(number)?;
        let rest = self
            .piece
            .as_ref()
            .and_then(|(_, content)| content.get(within..))
            .unwrap_or_default();
        let read = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..read), rest.get(..read)) {
            to.copy_from_slice(from);
        }
        self.position += u64::try_from(read).map_err(Error::other)?;
        self.furthest.fetch_max(self.position, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for PieceReader {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
