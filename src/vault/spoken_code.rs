//! Codes that people read from paper or hear, and type.

use super::opaque::random_number;

/// Letters and digits that are not mistaken for each other; 32 of them, so that five random bits choose one.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Twelve letters, 60 random bits, in groups of four.
///
/// # Errors
/// When the system has no randomness.
pub fn new_code() -> Result<String, getrandom::Error> {
    let mut bits = random_number()?;
    let mut code = String::with_capacity(14);
    for place in 0..12 {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let letter = usize::try_from(bits & 31).ok().and_then(|index| ALPHABET.get(index));
        code.push(char::from(letter.copied().unwrap_or(b'2')));
        bits >>= 5;
    }
    Ok(code)
}

/// The code as it is compared: without what people add, in capitals.
pub fn comparable(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}
