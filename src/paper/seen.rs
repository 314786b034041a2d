//! The square codes in a picture that somebody took or saved: what they say. The size that a picture announces is judged before anything
//! is unpacked, and every step of the search has its limit, because anybody may show one.

use std::cmp::Reverse;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, LumaA, imageops};
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8LuminanceSource};

/// The most pixels of a picture: what a telephone takes has 12 million, and 24 million where it was asked to.
pub const PIXELS_MAX: u64 = 25_000_000;

/// The longest side of a picture.
const SIDE_MAX: u32 = 20_000;

/// The most bytes that one step of unpacking takes: a picture of the most pixels, at eight bytes each.
const UNPACKED_BYTES_MAX: u64 = 8 * PIXELS_MAX;

/// In which sizes codes are looked for, at most so many pixels, and how wide a module must be there. A small picture has less of what is
/// not the code, so it comes first. In the larger one there could be so many corners of small modules that their search took long.
const LOOKS: [(u64, u32); 2] = [(1_000_000, 0), (4_000_000, 2)];

/// The least difference between the darkest and the lightest grey of a picture that shows something.
const BETWEEN_GREYS_MIN: u8 = 24;

/// The most corners of codes that are kept, the largest first, and of how many likely triples of them a code is tried to be read.
const CORNERS_MAX: usize = 500;
const TRIPLES_MAX: usize = 300;

/// The most codes that are read from one picture.
const CODES_MAX: usize = 8;

/// Why nothing is read from a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureProblem {
    Damaged,
    TooLarge,
    NoCode,
}

/// The kinds of pictures that are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    Jpeg,
    Png,
}

/// What the codes in a picture say, each once. Takes a core for some tenths of a second, so it belongs where calculations wait for one.
///
/// # Errors
/// `Damaged`; `TooLarge` for more pixels than `PIXELS_MAX`; `NoCode`.
pub fn codes_in(bytes: &[u8], kind: PictureKind) -> Result<Vec<String>, PictureProblem> {
    // Readers of pictures have fallen over odd ones before, which must cost nobody more than this picture.
    let grey = catch_unwind(AssertUnwindSafe(|| unpacked(bytes, kind))).unwrap_or(Err(PictureProblem::Damaged))?;
    for (pixels_max, module_width_min) in LOOKS {
        let smaller = at_most(&grey, pixels_max);
        let is_whole = smaller.is_none();
        let (width, height) = smaller.as_ref().unwrap_or(&grey).dimensions();
        let pixels = smaller.unwrap_or_else(|| grey.clone()).into_raw();
        let read = || texts_in(pixels, width, height, module_width_min);
        let texts = catch_unwind(AssertUnwindSafe(read)).unwrap_or_default();
        if !texts.is_empty() {
            return Ok(texts);
        }
        if is_whole {
            break;
        }
    }
    Err(PictureProblem::NoCode)
}

fn unpacked(bytes: &[u8], kind: PictureKind) -> Result<GrayImage, PictureProblem> {
    let format = match kind {
        PictureKind::Jpeg => ImageFormat::Jpeg,
        PictureKind::Png => ImageFormat::Png,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(UNPACKED_BYTES_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| problem(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > UNPACKED_BYTES_MAX {
        return Err(PictureProblem::TooLarge);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| problem(&error))?;
    if !picture.color().has_alpha() {
        return Ok(picture.into_luma8());
    }
    // What is clear is seen on white.
    let shades = picture.into_luma_alpha8();
    let on_white = shades.pixels().map(|LumaA([luma, alpha])| {
        let white = 255 - u16::from(*alpha);
        u8::try_from(u16::from(*luma) * u16::from(*alpha) / 255 + white).unwrap_or(u8::MAX)
    });
    GrayImage::from_raw(width, height, on_white.collect()).ok_or(PictureProblem::Damaged)
}

fn problem(error: &ImageError) -> PictureProblem {
    match error {
        ImageError::Limits(_) => PictureProblem::TooLarge,
        _ => PictureProblem::Damaged,
    }
}

/// A picture of at most so many pixels; `None` where it has no more than those.
fn at_most(picture: &GrayImage, pixels_max: u64) -> Option<GrayImage> {
    let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
    if width * height <= pixels_max {
        return None;
    }
    let narrower = (pixels_max * width / height).isqrt().max(1);
    let lower = (narrower * height / width).max(1);
    let side = |length: u64| u32::try_from(length).unwrap_or(SIDE_MAX);
    Some(imageops::thumbnail(picture, side(narrower), side(lower)))
}

/// Spreads the greys of a pale picture over all that there are: where nothing differs, the library takes a grey for white by what is usual.
/// A thousandth at each end does not count, so that a few specks do not keep a picture pale.
fn spread(pixels: &mut [u8]) {
    let mut counts = [0_usize; 256];
    for pixel in pixels.iter() {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let spare = pixels.len() / 1_000;
    let darkest = end_of((0..=u8::MAX).zip(&counts), spare);
    let lightest = end_of((0..=u8::MAX).zip(&counts).rev(), spare);
    let (Some(darkest), Some(lightest)) = (darkest, lightest) else {
        return;
    };
    // With less than this between them there is nothing but noise.
    let between = lightest.saturating_sub(darkest);
    if between < BETWEEN_GREYS_MIN {
        return;
    }
    for pixel in pixels {
        let wider = u16::from(pixel.saturating_sub(darkest)) * 255 / u16::from(between);
        *pixel = u8::try_from(wider).unwrap_or(u8::MAX);
    }
}

/// The first of some counted greys behind so many pixels.
fn end_of<'a>(greys: impl Iterator<Item = (u8, &'a usize)>, spare: usize) -> Option<u8> {
    let mut seen = 0;
    for (grey, count) in greys {
        seen += count;
        if seen > spare {
            return Some(grey);
        }
    }
    None
}

fn texts_in(mut pixels: Vec<u8>, width: u32, height: u32, module_width_min: u32) -> Vec<String> {
    spread(&mut pixels);
    let Ok(source) = Luma8LuminanceSource::new(pixels, width, height) else {
        return Vec::new();
    };
    match HybridBinarizer::new(source).get_black_matrix() {
        Ok(matrix) => texts_of(matrix, module_width_min),
        Err(_) => Vec::new(),
    }
}

fn texts_of(matrix: &BitMatrix, module_width_min: u32) -> Vec<String> {
    let mut corners = FindFinderPatterns(matrix, true, module_width_min);
    corners.sort_by_key(|corner| Reverse(corner.size));
    corners.truncate(CORNERS_MAX);
    let mut used = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    for triple in GenerateFinderPatternSets(&mut corners).iter().take(TRIPLES_MAX) {
        let own = [triple.bl, triple.tl, triple.tr];
        if own.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(decoded) = SampleQR(matrix, triple).and_then(|sampled| Decode(sampled.getBits())) else {
            continue;
        };
        if !decoded.isValid() {
            continue;
        }
        used.extend(own);
        let text = decoded.text();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
        if texts.len() == CODES_MAX {
            break;
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{GrayAlphaImage, Luma};
    use qrcode::bits::Bits;
    use qrcode::{EcLevel, QrCode, Version};

    use super::super::code::rows_of;
    use super::super::code_of;
    use super::*;

    const ADDRESS: &str = "https://bank.example/check/20260000000000000129";

    /// The code of a text, with modules of so many pixels and a margin of so many modules, in two greys.
    fn drawn(text: &str, module: u32, margin: u32, greys: [u8; 2]) -> GrayImage {
        drawn_of(&code_of(text).unwrap(), module, margin, greys)
    }

    fn drawn_of(rows: &[String], module: u32, margin: u32, [dark, light]: [u8; 2]) -> GrayImage {
        let modules = u32::try_from(rows.len()).unwrap();
        let side = (modules + 2 * margin) * module;
        GrayImage::from_fn(side, side, |x, y| {
            let place = |pixel: u32| (pixel / module).checked_sub(margin).map(|place| usize::try_from(place).unwrap());
            let row = place(y).and_then(|y| rows.get(y)).map(|row| row.as_bytes());
            let module = row.and_then(|row| row.get(place(x)?));
            Luma([if module == Some(&b'1') { dark } else { light }])
        })
    }

    /// A picture turned by the angle of a triangle of 3, 4 and 5, which is 36.87°, in the middle of a larger white one.
    fn turned(picture: &GrayImage) -> GrayImage {
        let side = i64::from(picture.width());
        let wide = picture.width() * 3 / 2;
        GrayImage::from_fn(wide, wide, |x, y| {
            let middle = i64::from(wide) / 2;
            let (x, y) = (i64::from(x) - middle, i64::from(y) - middle);
            let (x, y) = ((4 * x - 3 * y) / 5 + side / 2, (3 * x + 4 * y) / 5 + side / 2);
            match (u32::try_from(x), u32::try_from(y)) {
                (Ok(x), Ok(y)) => picture.get_pixel_checked(x, y).copied().unwrap_or(Luma([255])),
                _ => Luma([255]),
            }
        })
    }

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Vec<String>, PictureProblem> {
        codes_in(bytes, PictureKind::Png)
    }

    #[test]
    fn a_code_is_read_however_it_lies_and_however_pale_it_is() {
        let plain = drawn(ADDRESS, 4, 4, [0, 255]);
        let cases = [
            ("plain", plain.clone()),
            ("small", drawn(ADDRESS, 2, 4, [0, 255])),
            ("without a margin", drawn(ADDRESS, 5, 1, [0, 255])),
            ("in a wide margin", drawn(ADDRESS, 4, 60, [0, 255])),
            ("pale", drawn(ADDRESS, 4, 4, [120, 165])),
            ("pale and large", drawn(ADDRESS, 9, 4, [110, 140])),
            ("on its side", imageops::rotate90(&plain)),
            ("on its head", imageops::rotate180(&plain)),
            ("askew", turned(&plain)),
            ("of many pixels", drawn(ADDRESS, 40, 4, [0, 255])),
            ("small in many pixels", drawn(ADDRESS, 5, 190, [0, 255])),
        ];
        for (name, picture) in cases {
            assert_eq!(read(&png(picture)), Ok(vec![ADDRESS.to_owned()]), "{name}");
        }
    }

    #[test]
    fn what_a_code_says_comes_out_whole() {
        let long = format!("eyJ{}", "aB3_-.".repeat(200));
        assert_eq!(read(&png(drawn(&long, 4, 4, [0, 255]))), Ok(vec![long]));
        // As bytes, as other programs write it: left to itself, the library takes some of these for letters of Shift JIS.
        let chinese = "学分银行：编号 2026 <b>&\u{202e}";
        let mut bits = Bits::new(Version::Normal(7));
        bits.push_byte_data(chinese.as_bytes()).unwrap();
        bits.push_terminator(EcLevel::M).unwrap();
        let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
        assert_eq!(read(&png(drawn_of(&rows_of(&code), 4, 4, [0, 255]))), Ok(vec![chinese.to_owned()]));
    }

    #[test]
    fn every_code_of_a_picture_is_read() {
        let codes = [
            drawn("one", 6, 4, [0, 255]),
            drawn(ADDRESS, 4, 4, [0, 255]),
            drawn("one", 5, 4, [0, 255]),
        ];
        let mut picture = GrayImage::from_pixel(800, 320, Luma([255]));
        for (place, code) in [0, 260, 540].into_iter().zip(&codes) {
            imageops::replace(&mut picture, code, place, 20);
        }
        let mut texts = read(&png(picture)).unwrap();
        texts.sort();
        assert_eq!(texts, [ADDRESS, "one"]);
    }

    #[test]
    fn a_photograph_is_read_and_so_is_a_clear_picture() {
        let plain = drawn(ADDRESS, 6, 4, [30, 230]);
        let mut photograph = Vec::new();
        JpegEncoder::new_with_quality(&mut photograph, 60).encode_image(&plain).unwrap();
        assert_eq!(codes_in(&photograph, PictureKind::Jpeg), Ok(vec![ADDRESS.to_owned()]));
        // A drawing of dark modules, with nothing behind them.
        let clear = GrayAlphaImage::from_fn(plain.width(), plain.height(), |x, y| {
            LumaA([0, if plain.get_pixel(x, y).0 == [30] { 255 } else { 0 }])
        });
        assert_eq!(read(&png(clear)), Ok(vec![ADDRESS.to_owned()]));
        let broken = codes_in(photograph.get(..photograph.len() / 3).unwrap(), PictureKind::Jpeg);
        assert!(
            matches!(broken, Err(PictureProblem::Damaged | PictureProblem::NoCode)),
            "{broken:?}"
        );
    }

    #[test]
    fn a_picture_without_a_code_has_none_whatever_it_shows() {
        let mut noise = fastrand::Rng::with_seed(7);
        let pictures = [
            GrayImage::from_pixel(1, 1, Luma([0])),
            GrayImage::from_pixel(3, 900, Luma([255])),
            GrayImage::from_pixel(400, 400, Luma([0])),
            GrayImage::from_fn(500, 500, |x, y| Luma([if (x / 7 + y / 7) % 2 == 0 { 0 } else { 255 }])),
            GrayImage::from_fn(900, 900, |_, _| Luma([noise.u8(..)])),
            // As many corners as there is room for.
            corners(1_000),
        ];
        for picture in pictures {
            let size = picture.dimensions();
            assert_eq!(read(&png(picture)), Err(PictureProblem::NoCode), "{size:?}");
        }
    }

    /// A picture full of what looks like the corner of a code.
    fn corners(side: u32) -> GrayImage {
        let ring = |place: u32| place.min(6_u32.saturating_sub(place));
        GrayImage::from_fn(side, side, |x, y| {
            let (x, y) = (x % 9, y % 9);
            let is_dark = x < 7 && y < 7 && ring(x).min(ring(y)) != 1;
            Luma([if is_dark { 0 } else { 255 }])
        })
    }

    #[test]
    fn what_is_no_whole_picture_is_damaged() {
        let whole = png(drawn(ADDRESS, 4, 4, [0, 255]));
        let signature = whole.get(..8).unwrap();
        let cut = whole.get(..whole.len() / 2).unwrap();
        for bytes in [&b""[..], b"nonsense", signature, cut, &[0xff; 1_000]] {
            assert_eq!(read(bytes), Err(PictureProblem::Damaged), "{} bytes", bytes.len());
            let photograph = codes_in(bytes, PictureKind::Jpeg);
            assert_eq!(photograph, Err(PictureProblem::Damaged), "{} bytes", bytes.len());
        }
    }

    /// A PNG that announces a size, and has next to nothing of it.
    fn announced(width: u32, height: u32) -> Vec<u8> {
        let mut header = b"IHDR".to_vec();
        header.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        header.extend([8, 0, 0, 0, 0]);
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        bytes.extend(&header);
        bytes.extend(crc(&header).to_be_bytes());
        bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        bytes
    }

    /// The checksum of a part of a PNG.
    fn crc(bytes: &[u8]) -> u32 {
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        sum.sum()
    }

    #[test]
    fn a_size_is_refused_as_soon_as_it_is_announced() {
        for (width, height) in [(60_000, 60_000), (20_001, 1), (1, 20_001), (5_001, 5_000)] {
            assert_eq!(read(&announced(width, height)), Err(PictureProblem::TooLarge), "{width} x {height}");
        }
        assert_eq!(read(&announced(5_000, 5_000)), Err(PictureProblem::Damaged), "a size that is taken");
    }
}
