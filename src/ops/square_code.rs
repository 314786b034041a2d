//! Square codes (QR) as pictures.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

use super::error::OpError;

/// The least width and height of a picture, in pixels.
const SIDE: u32 = 240;

/// The code of a text as an SVG document. A code that is read from a screen needs little spare, so `EcLevel::L` is enough for it.
///
/// # Errors
/// When the text is too long for a code.
pub(super) fn picture_of(text: &str, spare: EcLevel) -> Result<String, OpError> {
    let code = QrCode::with_error_correction_level(text, spare).map_err(|error| OpError::Secret(format!("a QR code: {error}")))?;
    Ok(code.render::<Color<'_>>().min_dimensions(SIDE, SIDE).build())
}
