//! Reading what others write without believing in its shape: a member of another type than promised counts as
//! missing.
//!
//! A shape says once, by [`FromObject`], which members it takes. Servers and tests read it out of JSON text; the page
//! reads it straight out of the browser's own objects, because every customer would download a reader of JSON.

use std::fmt;

use crate::money::digits;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Deeper members are not looked at: nothing on the wire is deep, and a hostile body could be.
const DEEPEST: u8 = 6;

/// The members of an object, taken out by name.
pub trait ObjectReader: Sized {
    /// A text.
    fn text(&mut self, name: &str) -> Option<String>;
    /// A whole number.
    fn number(&mut self, name: &str) -> Option<i64>;
    /// An object.
    fn object(&mut self, name: &str) -> Option<Self>;
    /// The objects of a list.
    fn objects(&mut self, name: &str) -> Vec<Self>;
    /// The texts of a list, or `None` where there is no list.
    fn texts(&mut self, name: &str) -> Option<Vec<String>>;
    /// Whether there is a member of this name, even `null`.
    fn has(&self, name: &str) -> bool;

    /// Text, or a whole number as text: what the gateway promises as text is sometimes a number.
    fn text_or_number(&mut self, name: &str) -> Option<String> {
        self.text(name).or_else(|| self.number(name).map(digits))
    }

    /// The members of a list that can be read; the others are left out.
    fn list<T: FromObject>(&mut self, name: &str) -> Vec<T> {
        let mut list = Vec::new();
        for mut from in self.objects(name) {
            if let Ok(one) = T::from_object(&mut from) {
                list.push(one);
            }
        }
        list
    }
}

/// A shape that can be read out of members.
pub trait FromObject: Sized {
    /// Takes what it knows.
    ///
    /// # Errors
    /// [`MissingField`]: a member without which it means nothing.
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField>;
}

/// A member without which the answer means nothing, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingField(pub &'static str);

impl fmt::Display for MissingField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        f.write_str(" is missing")
    }
}

impl std::error::Error for MissingField {}

/// Shapes that serde reads as they read themselves; with `#[serde(try_from = "LenientObject")]`.
macro_rules! deserialize_with_from_object {
    ($($shape:ty),+ $(,)?) => { $(
        impl TryFrom<$crate::lenient::LenientObject> for $shape {
            type Error = $crate::lenient::MissingField;
            fn try_from(mut from: $crate::lenient::LenientObject) -> Result<Self, $crate::lenient::MissingField> {
                $crate::lenient::FromObject::from_object(&mut from)
            }
        }
    )+ };
}
pub(crate) use deserialize_with_from_object;

/// A JSON value as it came.
#[derive(Debug, Clone, PartialEq)]
pub enum LenientValue {
    /// `null`, a fraction, or something too deep.
    Nothing,
    /// `true`
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// `"…"`
    Text(String),
    /// `[…]`
    List(Vec<LenientValue>),
    /// `{…}`
    Object(LenientObject),
}

/// An object out of JSON text. A name that stands twice is an error.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LenientObject(Vec<(String, LenientValue)>);

impl LenientObject {
    /// The member, taken out; what is missing is `Nothing`.
    pub(crate) fn take(&mut self, name: &str) -> LenientValue {
        let at = self.0.iter().position(|(known, _)| known == name);
        at.map_or(LenientValue::Nothing, |at| std::mem::replace(&mut self.0[at].1, LenientValue::Nothing))
    }

    /// The member, taken out if it is of the kind that `kind` takes, else left for another question.
    fn take_if<T>(&mut self, name: &str, kind: impl FnOnce(&mut LenientValue) -> Option<T>) -> Option<T> {
        kind(&mut self.0.iter_mut().find(|(known, _)| known == name)?.1)
    }

    fn take_list(&mut self, name: &str) -> Option<Vec<LenientValue>> {
        self.take_if(
            name,
            |member| if let LenientValue::List(list) = member { Some(std::mem::take(list)) } else { None },
        )
    }
}

impl ObjectReader for LenientObject {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take_if(
            name,
            |member| if let LenientValue::Text(text) = member { Some(std::mem::take(text)) } else { None },
        )
    }

    fn number(&mut self, name: &str) -> Option<i64> {
        self.take_if(name, |member| if let LenientValue::Number(number) = member { Some(*number) } else { None })
    }

    fn object(&mut self, name: &str) -> Option<Self> {
        self.take_if(
            name,
            |member| if let LenientValue::Object(inner) = member { Some(std::mem::take(inner)) } else { None },
        )
    }

    fn objects(&mut self, name: &str) -> Vec<Self> {
        self.take_list(name).into_iter().flatten().filter_map(LenientValue::into_fields).collect()
    }

    fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let text = |one| if let LenientValue::Text(one) = one { Some(one) } else { None };
        Some(self.take_list(name)?.into_iter().filter_map(text).collect())
    }
}

impl LenientValue {
    pub(crate) fn into_fields(self) -> Option<LenientObject> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for LenientValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(DEEPEST).deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for LenientObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        LenientValue::deserialize(deserializer)?.into_fields().ok_or_else(|| D::Error::custom("not an object"))
    }
}

/// How much deeper it may go.
#[derive(Clone, Copy)]
struct Depth(u8);

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = LenientValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<LenientValue, D::Error> {
        if self.0 == 0 {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| LenientValue::Nothing);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = LenientValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<LenientValue, E> {
        Ok(LenientValue::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<LenientValue, E> {
        Ok(LenientValue::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<LenientValue, E> {
        Ok(LenientValue::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<LenientValue, E> {
        Ok(i64::try_from(number).map_or(LenientValue::Nothing, LenientValue::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<LenientValue, E> {
        // Beyond 2^53 a float is no longer the number that was written.
        let whole = number.trunc() == number && number.abs() < 9e15;
        Ok(if whole { LenientValue::Number(number as i64) } else { LenientValue::Nothing })
    }

    fn visit_str<E>(self, text: &str) -> Result<LenientValue, E> {
        Ok(LenientValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<LenientValue, E> {
        Ok(LenientValue::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<LenientValue, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = seq.next_element_seed(Self(self.0 - 1))? {
            list.push(member);
        }
        Ok(LenientValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LenientValue, A::Error> {
        let mut members: Vec<(String, LenientValue)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a member stands twice"));
            }
            members.push((name, map.next_value_seed(Self(self.0 - 1))?));
        }
        Ok(LenientValue::Object(LenientObject(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded() {
        for depth in [3, 60] {
            let text = [r#"{"a":"#.repeat(depth), "1".into(), "}".repeat(depth)].concat();
            let mut fields: LenientObject = serde_json::from_str(&text).unwrap();
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
        let mut fields: LenientObject =
            serde_json::from_str(r#"{"a":1.5,"b":null,"c":{},"d":"x","e":2.0,"f":18446744073709551615}"#).unwrap();
        assert_eq!(fields.number("a"), None);
        assert_eq!(fields.text("b"), None);
        assert_eq!(fields.text("c"), None);
        assert_eq!(fields.text("d").as_deref(), Some("x"));
        assert_eq!(fields.number("e"), Some(2));
        assert_eq!(fields.number("f"), None);
        for refused in ["[]", "7", r#"{"a":1,"a":2}"#] {
            assert!(serde_json::from_str::<LenientObject>(refused).is_err(), "{refused}");
        }
    }
}
