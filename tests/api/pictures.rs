//! Pictures of codes, as somebody takes or saves them.

use std::io::Cursor;

use credit_bank::paper::code_of;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

pub(crate) fn saved(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The code of a text, with modules of four pixels and a margin of four modules.
pub(crate) fn drawn(text: &str) -> GrayImage {
    let rows = code_of(text).unwrap();
    let side = u32::try_from(rows.len() + 8).unwrap() * 4;
    let place = |pixel: u32| usize::try_from(pixel / 4).unwrap().checked_sub(4);
    GrayImage::from_fn(side, side, |x, y| {
        let row = place(y).and_then(|y| rows.get(y));
        let module = row.and_then(|row| row.as_bytes().get(place(x)?));
        Luma([if module == Some(&b'1') { 0 } else { 255 }])
    })
}
