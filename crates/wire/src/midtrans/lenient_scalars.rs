//! Scalars that the gateway writes in more than one way.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::text_or_number;

/// A sentence, or a list of them: `status_message` is text in results and an array in errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany {
    /// `"…"`
    One(String),
    /// `["…", "…"]`
    Many(Vec<String>),
}

impl OneOrMany {
    /// The sentences in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
        .map(String::as_str)
    }
}

impl Serialize for OneOrMany {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(one) => serializer.serialize_str(one),
            Self::Many(many) => many.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sentences;
        impl<'de> Visitor<'de> for Sentences {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of texts")
            }
            fn visit_str<E: de::Error>(self, one: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(one.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut many = Vec::new();
                while let Some(one) = seq.next_element()? {
                    many.push(one);
                }
                Ok(OneOrMany::Many(many))
            }
        }
        deserializer.deserialize_any(Sentences)
    }
}

/// `status_code`: three digits as text (`"200"`); a bare number is read too and written as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct StatusCode(pub String);

impl StatusCode {
    /// The code as a number, or `None` where it is no three digits.
    #[must_use]
    pub fn number(&self) -> Option<u16> {
        let three_digits = self.0.len() == 3 && self.0.bytes().all(|b| b.is_ascii_digit());
        three_digits.then(|| self.0.parse().ok()).flatten()
    }
}

impl From<&str> for StatusCode {
    fn from(code: &str) -> Self {
        Self(code.to_owned())
    }
}

impl<'de> Deserialize<'de> for StatusCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer).map(Self)
    }
}

/// A flag that is written as a boolean or as its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOrBool {
    /// `true`
    Bool(bool),
    /// `"true"`
    Text(String),
}

impl Serialize for TextOrBool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Text(word) => serializer.serialize_str(word),
        }
    }
}

impl<'de> Deserialize<'de> for TextOrBool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Flag;
        impl Visitor<'_> for Flag {
            type Value = TextOrBool;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean or its word")
            }
            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<TextOrBool, E> {
                Ok(TextOrBool::Bool(flag))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<TextOrBool, E> {
                Ok(TextOrBool::Text(word.to_owned()))
            }
        }
        deserializer.deserialize_any(Flag)
    }
}

/// `null` and an empty list mean the same.
pub(super) fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
