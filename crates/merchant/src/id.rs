//! Order ids and keys that nobody can guess, and fingerprints as text.

/// Crockford's digits in lower case: no `i l o u`, nothing to misread at a counter.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many digits make an id: 26 × 5 = 130 bits.
const LENGTH: usize = 26;

// Fewer than 128 bits could be guessed by somebody who asks for long.
const _: () = assert!(LENGTH * 5 >= 128);

/// The operating system gave no randomness; an id without it would be guessable, so there is none.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no randomness from the operating system")]
pub struct NoRandomness;

/// 130 random bits as 26 characters that Midtrans, URLs and people can take.
///
/// # Errors
/// [`NoRandomness`].
pub fn random() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect())
}

/// Whether this can have come from [`random`].
#[must_use]
pub fn is_random(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| DIGITS.contains(&byte))
}

/// A number from 0 to 1 that spreads retries; without randomness the middle is as good.
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
