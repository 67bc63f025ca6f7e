//! `Idempotency-Key`: at most 46 characters, kept five minutes, successful answers only (api-headers in the documentation).

use std::collections::{HashMap, VecDeque};

use axum::body::Bytes;
use axum::http::StatusCode;
use time::{Duration, OffsetDateTime};

const LIFE: Duration = Duration::minutes(5);
const LONGEST_KEY: usize = 46;

/// What the gateway knows about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the caller goes on and must report back with [`Idempotency::finish`].
    New,
    /// The first request is still in process.
    InProcess,
    /// The answer it was given.
    Answered(StatusCode, Bytes),
}

/// Keys seen within the last five minutes.
#[derive(Debug, Default)]
pub struct Idempotency {
    known: HashMap<String, (OffsetDateTime, Known)>,
    // Answered keys, oldest answer first.
    answered: VecDeque<(OffsetDateTime, String)>,
}

/// The key as the gateway uses it; longer ones are ignored.
pub fn usable(key: &str) -> Option<&str> {
    (!key.is_empty() && key.len() <= LONGEST_KEY).then_some(key)
}

impl Idempotency {
    /// Looks a key up, and takes it when it is new.
    pub fn begin(&mut self, key: &str, now: OffsetDateTime) -> Known {
        while let Some((since, old)) = self.answered.pop_front_if(|(since, _)| now - *since >= LIFE) {
            if self.known.get(&old).is_some_and(|(at, known)| *at == since && *known != Known::InProcess) {
                self.known.remove(&old);
            }
        }
        match self.known.get(key) {
            Some((_, known)) => known.clone(),
            None => {
                self.known.insert(key.to_owned(), (now, Known::InProcess));
                Known::New
            }
        }
    }

    /// Keeps a successful answer, forgets any other; `None` is a request that came to no answer.
    pub fn finish(&mut self, key: &str, answer: Option<(StatusCode, Bytes)>, now: OffsetDateTime) {
        match answer {
            Some((status, body)) if status.is_success() => {
                self.answered.push_back((now, key.to_owned()));
                self.known.insert(key.to_owned(), (now, Known::Answered(status, body)));
            }
            _ => {
                self.known.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_key_lives_five_minutes_and_failures_free_it() {
        let start = datetime!(2026-01-01 00:00 UTC);
        let mut keys = Idempotency::default();
        let answer = (StatusCode::CREATED, Bytes::from_static(b"{}"));
        assert_eq!(keys.begin("k", start), Known::New);
        assert_eq!(keys.begin("k", start), Known::InProcess);
        keys.finish("k", Some((StatusCode::BAD_REQUEST, Bytes::new())), start);
        assert_eq!(keys.begin("k", start), Known::New);
        keys.finish("k", Some(answer.clone()), start);
        assert_eq!(keys.begin("k", start + Duration::seconds(299)), Known::Answered(answer.0, answer.1));
        assert_eq!(keys.begin("k", start + Duration::seconds(300)), Known::New);
    }

    #[test]
    fn keys_longer_than_46_are_ignored() {
        assert_eq!(usable(&"k".repeat(46)).map(str::len), Some(46));
        assert_eq!(usable(&"k".repeat(47)), None);
        assert_eq!(usable(""), None);
    }
}
