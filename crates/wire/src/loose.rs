//! Reading what others write without believing in its shape.
//!
//! What a browser reads goes through here once: one reader for all types instead of one generated for each,
//! because every customer downloads them. A member of another type than promised counts as missing.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Deeper members are not looked at: nothing on the wire is deep, and a hostile body could be.
const DEEPEST: u8 = 6;

/// A JSON value as it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Loose {
    /// `null`, a fraction, or something too deep.
    Nothing,
    /// `true`
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// `"…"`
    Text(String),
    /// `[…]`
    List(Vec<Loose>),
    /// `{…}`
    Object(Fields),
}

/// The members of an object, taken out by name. A name that stands twice is an error.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields(Vec<(String, Loose)>);

impl Fields {
    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The member, taken out; what is missing is `Nothing`.
    pub(crate) fn take(&mut self, name: &str) -> Loose {
        let at = self.0.iter().position(|(known, _)| known == name);
        at.map_or(Loose::Nothing, |at| std::mem::replace(&mut self.0[at].1, Loose::Nothing))
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Loose::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Text, or a whole number as text: what the gateway promises as text is sometimes a number.
    pub(crate) fn text_or_number(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Loose::Text(text) => Some(text),
            Loose::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<i64> {
        match self.take(name) {
            Loose::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn list(&mut self, name: &str) -> Vec<Loose> {
        match self.take(name) {
            Loose::List(list) => list,
            _ => Vec::new(),
        }
    }

    /// The objects of a list that can be read; the others are left out.
    pub(crate) fn objects<T>(&mut self, name: &str, read: impl Fn(Fields) -> Option<T>) -> Vec<T> {
        self.list(name).into_iter().filter_map(|member| read(member.into_fields()?)).collect()
    }

    pub(crate) fn object(&mut self, name: &str) -> Option<Fields> {
        self.take(name).into_fields()
    }
}

impl Loose {
    pub(crate) fn into_fields(self) -> Option<Fields> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(DEEPEST).deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Loose::deserialize(deserializer)?.into_fields().ok_or_else(|| D::Error::custom("not an object"))
    }
}

/// How much deeper it may go.
#[derive(Clone, Copy)]
struct Depth(u8);

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Loose;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        if self.0 == 0 {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Loose::Nothing);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Loose, E> {
        Ok(Loose::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        Ok(i64::try_from(number).map_or(Loose::Nothing, Loose::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        // Beyond 2^53 a float is no longer the number that was written.
        let whole = number.trunc() == number && number.abs() < 9e15;
        Ok(if whole { Loose::Number(number as i64) } else { Loose::Nothing })
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = seq.next_element_seed(Self(self.0 - 1))? {
            list.push(member);
        }
        Ok(Loose::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let mut members: Vec<(String, Loose)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a member stands twice"));
            }
            members.push((name, map.next_value_seed(Self(self.0 - 1))?));
        }
        Ok(Loose::Object(Fields(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded() {
        for depth in [3, 60] {
            let text = [r#"{"a":"#.repeat(depth), "1".into(), "}".repeat(depth)].concat();
            let mut fields: Fields = serde_json::from_str(&text).unwrap();
            let mut reached = 1;
            while let Some(inner) = fields.object("a") {
                fields = inner;
                reached += 1;
            }
            assert_eq!(reached, depth.min(usize::from(DEEPEST)));
        }
    }

    #[test]
    fn what_does_not_fit_is_missing() {
        let mut fields: Fields =
            serde_json::from_str(r#"{"a":1.5,"b":null,"c":{},"d":"x","e":2.0,"f":18446744073709551615}"#).unwrap();
        assert_eq!(fields.number("a"), None);
        assert_eq!(fields.text("b"), None);
        assert_eq!(fields.text("c"), None);
        assert_eq!(fields.text("d").as_deref(), Some("x"));
        assert_eq!(fields.number("e"), Some(2));
        assert_eq!(fields.number("f"), None);
        for refused in ["[]", "7", r#"{"a":1,"a":2}"#] {
            assert!(serde_json::from_str::<Fields>(refused).is_err(), "{refused}");
        }
    }
}
