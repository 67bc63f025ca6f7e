//! The keys of Midtrans. The server key is secret: it is used for Basic authentication and for signatures only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

/// Midtrans's server key. Neither `Debug` nor an error shows it.
#[derive(Clone)]
pub struct ServerKey(String);

impl ServerKey {
    /// Parses a server key.
    ///
    /// # Errors
    /// [`KeyError`], which does not contain the key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        check_characters(text)?;
        if text.to_ascii_lowercase().contains("client") {
            return Err(KeyError::IsClientKey);
        }
        Ok(Self(text.to_owned()))
    }

    /// The bytes that the signature hashes.
    pub(crate) fn for_signature(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The header `Basic base64(key + ":")`, marked as sensitive so that no HTTP library logs it.
    ///
    /// # Errors
    /// Never in practice: base64 is always a valid header.
    pub(crate) fn basic(&self) -> Result<HeaderValue, reqwest::header::InvalidHeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{}:", self.0))))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Sandbox keys usually start with `SB-`. This is a hint for warnings, never a decision.
    pub(crate) fn looks_like_sandbox(&self) -> bool {
        self.0.starts_with("SB-")
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

/// Parses a client key, which the page publishes.
///
/// # Errors
/// [`KeyError`], above all [`KeyError::IsServerKey`]: a published server key gives control of the shop's payments.
pub fn client_key(text: &str) -> Result<String, KeyError> {
    check_characters(text)?;
    if text.to_ascii_lowercase().contains("server") {
        return Err(KeyError::IsServerKey);
    }
    Ok(text.to_owned())
}

/// The fault of a key, without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A client key in place of the server key.
    #[error("contains a client key; set the server key")]
    IsClientKey,
    /// A server key in place of the client key.
    #[error("contains a server key, which the page would publish; set the client key")]
    IsServerKey,
    /// The key is empty, too long, or contains other characters.
    #[error("must be 1 to 200 letters, digits and - _ . without spaces")]
    Malformed,
}

fn check_characters(text: &str) -> Result<(), KeyError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if (1..=200).contains(&text.len()) && text.bytes().all(allowed) { Ok(()) } else { Err(KeyError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_keys_are_errors_and_never_shown() {
        let server = "SB-Mid-server-EXAMPLE";
        let client = "SB-Mid-client-EXAMPLE";
        assert_eq!(ServerKey::parse(client).err(), Some(KeyError::IsClientKey));
        assert_eq!(client_key(server), Err(KeyError::IsServerKey));
        for bad in ["", "a key", "key:", "clé", &"k".repeat(201)] {
            assert_eq!(ServerKey::parse(bad).err(), Some(KeyError::Malformed), "{bad:?}");
        }
        let key = ServerKey::parse(server).unwrap();
        let header = key.basic().unwrap();
        assert!(!format!("{key:?} {header:?}").contains("EXAMPLE"));
        assert_eq!(STANDARD.decode(&header.to_str().unwrap()[6..]).unwrap(), b"SB-Mid-server-EXAMPLE:");
    }
}
