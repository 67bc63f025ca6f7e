//! Rupiah, and amounts that the gateway writes as text.
//!
//! Midtrans takes whole rupiah as JSON integers and answers with text such as `"10000.00"`.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Whole rupiah. Negative only as the price of a discount line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(transparent)]
pub struct Rupiah(pub i64);

impl Serialize for Rupiah {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        whole(self.0, serializer)
    }
}

fn whole<S: Serializer>(number: i64, serializer: S) -> Result<S::Ok, S::Error> {
    // JavaScript's numbers are floats. For an `i64` serde-wasm-bindgen brings the words for one that is none of
    // them, and with those the standard library's formatting.
    if cfg!(target_family = "wasm") {
        serializer.serialize_f64(number as f64)
    } else {
        serializer.serialize_i64(number)
    }
}

/// For whole numbers of other shapes that a page writes.
pub(crate) fn whole_if_any<S: Serializer>(number: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => whole(*number, serializer),
        None => serializer.serialize_none(),
    }
}

impl Rupiah {
    /// `price × quantity`, or `None` where it does not fit.
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(quantity)).map(Self)
    }

    /// The sum, or `None` where it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

/// A whole number as text. `to_string` would do, and bring all of the standard library's formatting into the page.
#[must_use]
pub fn digits(number: i64) -> String {
    let mut left = number.unsigned_abs();
    let mut digits = String::new();
    loop {
        digits.insert(0, char::from(b'0' + (left % 10) as u8));
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        digits.insert(0, '-');
    }
    digits
}

impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amount as the gateway wrote it, kept to the letter: the notification's signature covers this text.
/// A bare number is read too and written as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct AmountText(pub String);

impl AmountText {
    /// Whole rupiah, or `None` where the text is no amount or has sen (`"10000.50"`).
    #[must_use]
    pub fn rupiah(&self) -> Option<Rupiah> {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((&self.0, ""));
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if !plain || !fraction.bytes().all(|b| b == b'0') {
            return None;
        }
        whole.parse().ok().map(Rupiah)
    }
}

impl From<Rupiah> for AmountText {
    /// The gateway's own spelling, with two decimals.
    fn from(amount: Rupiah) -> Self {
        Self(format!("{}.00", amount.0))
    }
}

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer).map(Self)
    }
}

/// Text, or a whole number as its digits.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct TextOrNumber;
    impl Visitor<'_> for TextOrNumber {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text or a whole number")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<String, E> {
            // JSON's `10000.0`. Printing it as an integer keeps float formatting out of the page.
            let whole = number as i64;
            if whole as f64 == number && whole.unsigned_abs() <= 1 << 53 {
                return Ok(whole.to_string());
            }
            Err(E::invalid_value(de::Unexpected::Float(number), &self))
        }
    }
    deserializer.deserialize_any(TextOrNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_text() {
        let cases = [
            ("10000.00", Some(10_000)),
            ("10000", Some(10_000)),
            ("10000.", Some(10_000)),
            ("-5000.00", Some(-5_000)),
            ("10000.50", None),
            ("", None),
            (".00", None),
            ("-", None),
            ("+1", None),
            ("1e3", None),
            ("10 000", None),
            ("99999999999999999999", None),
            ("１００", None),
        ];
        for (text, expected) in cases {
            assert_eq!(AmountText(text.into()).rupiah(), expected.map(Rupiah), "{text:?}");
        }
    }

    #[test]
    fn digits_are_those_of_to_string() {
        for number in [0, 7, 10, -1, 154_600, i64::MAX, i64::MIN] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn overflow_is_none() {
        assert_eq!(Rupiah(i64::MAX).times(2), None);
        assert_eq!(Rupiah(i64::MAX).plus(Rupiah(1)), None);
        assert_eq!(Rupiah(25_000).times(3), Some(Rupiah(75_000)));
    }
}
