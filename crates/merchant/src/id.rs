//! Random ids, jitter, and hexadecimal text.

/// Crockford's digits in lower case. They exclude `i`, `l`, `o` and `u`, which people misread.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The number of digits of an id: 26 × 5 = 130 bits.
const LENGTH: usize = 26;

// An attacker could guess an id with fewer than 128 bits.
const _: () = assert!(LENGTH * 5 >= 128);

/// The operating system returned no random bytes. An id without them would be guessable.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system returned no random bytes")]
pub struct NoRandomness;

/// 130 random bits as 26 characters that are valid in Midtrans' fields and in URLs.
///
/// # Errors
/// [`NoRandomness`].
pub fn random() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect())
}

/// Whether a text has the form of [`random`].
#[must_use]
pub fn is_random(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| DIGITS.contains(&byte))
}

/// A random number from 0 to 1 for the jitter of retries. Without random bytes it is 0.5.
#[must_use]
pub fn jitter() -> f64 {
    let mut bytes = [0_u8; 2];
    getrandom::fill(&mut bytes).map_or(0.5, |()| f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_has_two_digits_a_byte() {
        assert_eq!(hex(&[0, 1, 0xab, 255]), "0001abff");
    }

    #[test]
    fn ids_fit_the_gateway_and_differ() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| random().unwrap()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 26 && id.bytes().all(|b| DIGITS.contains(&b))));
    }
}
