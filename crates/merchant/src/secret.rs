//! The server key: it goes into Basic authentication and into signatures, and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

/// Midtrans' server key. Neither `Debug` nor an error ever shows it.
#[derive(Clone)]
pub struct ServerKey(String);

impl ServerKey {
    /// Takes what looks like a server key.
    ///
    /// # Errors
    /// [`KeyProblem`], which does not hold the key either.
    pub fn parse(text: &str) -> Result<Self, KeyProblem> {
        plain(text)?;
        if text.to_ascii_lowercase().contains("client") {
            return Err(KeyProblem::IsClientKey);
        }
        Ok(Self(text.to_owned()))
    }

    /// The bytes that the signature hashes.
    pub(crate) fn for_signature(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// `Basic base64(key + ":")`, marked so that no HTTP library logs it.
    ///
    /// # Errors
    /// Never in practice: base64 is always a valid header.
    pub(crate) fn basic(&self) -> Result<HeaderValue, reqwest::header::InvalidHeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{}:", self.0))))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Sandbox keys usually begin with `SB-`; a hint, never a decision.
    pub(crate) fn looks_like_sandbox(&self) -> bool {
        self.0.starts_with("SB-")
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

/// Checks a client key, which the page publishes.
///
/// # Errors
/// [`KeyProblem::IsServerKey`] above all: publishing that would give the shop away.
pub fn client_key(text: &str) -> Result<String, KeyProblem> {
    plain(text)?;
    if text.to_ascii_lowercase().contains("server") {
        return Err(KeyProblem::IsServerKey);
    }
    Ok(text.to_owned())
}

/// What is wrong with a key, without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// The two were swapped.
    #[error("holds a client key; the server key belongs here")]
    IsClientKey,
    /// The two were swapped.
    #[error("holds a server key; it would be published with the page")]
    IsServerKey,
    /// Empty, too long, or with characters that no key has.
    #[error("must be 1 to 200 letters, digits and - _ . without spaces")]
    Malformed,
}

fn plain(text: &str) -> Result<(), KeyProblem> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if (1..=200).contains(&text.len()) && text.bytes().all(allowed) { Ok(()) } else { Err(KeyProblem::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_keys_are_refused_and_never_shown() {
        let server = "SB-Mid-server-EXAMPLE";
        let client = "SB-Mid-client-EXAMPLE";
        assert_eq!(ServerKey::parse(client).err(), Some(KeyProblem::IsClientKey));
        assert_eq!(client_key(server), Err(KeyProblem::IsServerKey));
        for bad in ["", "a key", "key:", "clé", &"k".repeat(201)] {
            assert_eq!(ServerKey::parse(bad).err(), Some(KeyProblem::Malformed), "{bad:?}");
        }
        let key = ServerKey::parse(server).unwrap();
        let header = key.basic().unwrap();
        assert!(!format!("{key:?} {header:?}").contains("EXAMPLE"));
        assert_eq!(STANDARD.decode(&header.to_str().unwrap()[6..]).unwrap(), b"SB-Mid-server-EXAMPLE:");
    }
}
