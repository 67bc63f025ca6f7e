//! Basic authentication with the server key as user name and no password.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why a merchant was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthError {
    /// No header, another scheme, another key.
    Unauthorized,
    /// `Basic Basic …`: a library and its user both added the scheme.
    Doubled,
    /// An empty key, for which the sandbox has an answer of its own.
    Empty,
}

/// Lets in who has the server key.
///
/// # Errors
/// [`AuthError`].
pub fn check(headers: &HeaderMap, server_key: &str) -> Result<(), AuthError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, rest) = header.and_then(|value| value.trim().split_once(' ')).ok_or(AuthError::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(AuthError::Unauthorized);
    }
    let rest = rest.trim();
    if rest.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case("basic")) {
        return Err(AuthError::Doubled);
    }
    let decoded = STANDARD.decode(rest).map_err(|_| AuthError::Unauthorized)?;
    let decoded = String::from_utf8(decoded).map_err(|_| AuthError::Unauthorized)?;
    match decoded.split_once(':').map_or(decoded.as_str(), |(user, _)| user) {
        "" => Err(AuthError::Empty),
        user if user == server_key => Ok(()),
        _ => Err(AuthError::Unauthorized),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn headers_as_seen_in_the_wild() {
        // The documentation's worked example.
        let key = "SB-Mid-server-abc123cde456";
        for (header, expected) in [
            ("Basic U0ItTWlkLXNlcnZlci1hYmMxMjNjZGU0NTY6", Ok(())),
            ("basic U0ItTWlkLXNlcnZlci1hYmMxMjNjZGU0NTY6", Ok(())),
            ("Basic Basic U0ItTWlkLXNlcnZlci1hYmMxMjNjZGU0NTY6", Err(AuthError::Doubled)),
            ("Bearer U0ItTWlkLXNlcnZlci1hYmMxMjNjZGU0NTY6", Err(AuthError::Unauthorized)),
            ("Basic Og==", Err(AuthError::Empty)),
            ("Basic SB-Mid-server-abc123cde456", Err(AuthError::Unauthorized)),
            ("Basic ", Err(AuthError::Unauthorized)),
            ("", Err(AuthError::Unauthorized)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            assert_eq!(check(&headers, key), expected, "{header}");
        }
        assert_eq!(check(&HeaderMap::new(), key), Err(AuthError::Unauthorized));
    }
}
