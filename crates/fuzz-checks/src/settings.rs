//! The operator's settings, request headers and paths.

use std::path::{Component, Path};

use merchant::config::{Config, is_loopback};
use merchant::secret::{ServerKey, client_key};
use merchant::test_support::{self, Url};
use wire::merchant::Environment;

/// Environment variables as lines of `NAME=value`. No message contains a key, and no real gateway is used over plain
/// HTTP.
pub fn settings(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let variable = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    // An operator may put the key into any variable by mistake.
    let values = text.lines().filter_map(|line| line.split_once('=')).map(|(_, value)| value);
    let secrets: Vec<&str> = values.filter(|value| value.to_ascii_lowercase().contains("mid-server-")).collect();
    let assert_hidden = |message: &str| {
        assert!(!secrets.iter().any(|secret| message.contains(secret)), "a message contains a key: {message}");
    };
    match Config::read(variable) {
        Ok((config, warnings)) => {
            let gateway = &config.gateway;
            match gateway.environment {
                Environment::Local => assert!(is_loopback(&gateway.snap) && is_loopback(&gateway.core)),
                _ => {
                    let is_midtrans = |url: &Url| {
                        url.scheme() == "https" && url.host_str().is_some_and(|host| host.ends_with(".midtrans.com"))
                    };
                    assert!(is_midtrans(&gateway.snap) && is_midtrans(&gateway.core), "{gateway:?}");
                }
            }
            if gateway.environment == Environment::Production {
                assert!(config.public_url.scheme() == "https" || is_loopback(&config.public_url));
            }
            assert!(!gateway.client_key.to_ascii_lowercase().contains("server"));
            assert!(!config.public_origin().ends_with('/'));
            warnings.iter().for_each(|warning| assert_hidden(&warning.0));
            assert_hidden(&format!("{:?}", (&gateway.server_key, &config.database_url)));
        }
        Err(mistakes) => {
            assert!(!mistakes.0.is_empty());
            mistakes.0.iter().for_each(|message| assert_hidden(message));
        }
    }
    for line in text.lines() {
        let server = ServerKey::parse(line);
        let client = client_key(line);
        assert!(!(server.is_ok() && line.to_ascii_lowercase().contains("client")), "{line:?}");
        assert!(!(client.is_ok() && line.to_ascii_lowercase().contains("server")), "{line:?}");
    }
}

/// An idempotency key, and a path. A servable path stays inside the page's folder and names no hidden file.
pub fn header_and_path(data: &[u8]) {
    if let Ok(Some(key)) = test_support::idempotency_key(&[data]) {
        assert!((1..=46).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b)), "{key:?}");
        assert_eq!(key.as_bytes(), data);
        assert!(test_support::idempotency_key(&[data, data]).is_err(), "two keys");
    }
    let Ok(path) = str::from_utf8(data) else { return };
    if test_support::is_servable_path(path) {
        // The file service decodes a path once.
        let decoded = decoded(path);
        let relative = Path::new(decoded.trim_start_matches('/'));
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        assert!(inside, "{path:?} leaves the folder");
        assert!(!decoded.split('/').any(|part| part.starts_with('.') || part.starts_with("index.html")), "{path:?}");
    }
}

fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex =
            |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
