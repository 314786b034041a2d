//! The square code on a paper, which leads to the public check.

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

use super::PaperError;

/// The rows of modules of the code of an address. A quarter of it may be dirty or torn.
pub(super) fn modules(address: &str) -> Result<Vec<String>, PaperError> {
    let code = QrCode::with_error_correction_level(address, EcLevel::Q).map_err(|_| PaperError::Code)?;
    Ok(rows_of(&code))
}

pub(super) fn rows_of(code: &QrCode) -> Vec<String> {
    let dark = |color: &Color| if *color == Color::Dark { '1' } else { '0' };
    let modules = code.to_colors();
    let rows = modules.chunks(code.width().max(1));
    rows.map(|row| row.iter().map(dark).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_has_its_three_corners() {
        let rows = modules("https://bank.example/check/20264837291055661283").unwrap();
        assert!(rows.iter().all(|row| row.len() == rows.len()), "{rows:?}");
        let last = rows.len() - 7;
        for (y, x) in [(0, 0), (0, last), (last, 0)] {
            assert_eq!(&rows[y][x..x + 7], "1111111");
            assert_eq!(&rows[y + 1][x..x + 7], "1000001");
        }
        assert!(matches!(modules(&"x".repeat(4_000)), Err(PaperError::Code)));
    }
}
