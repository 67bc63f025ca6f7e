//! Amounts as the gateway keeps them: hundredths of a rupiah, written `"10000.00"`.

use std::fmt;

use serde_json::Value;

/// An amount in hundredths of a rupiah.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(i64);

impl Amount {
    /// Whole rupiah.
    pub fn rupiah(whole: i64) -> Option<Self> {
        whole.checked_mul(100).map(Self)
    }

    /// Whole rupiah of it.
    pub fn whole(self) -> i64 {
        self.0 / 100
    }

    /// The amount in a JSON number or numeric string; `None` for anything else and for what does not fit.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::rupiah(whole),
                None => number.as_f64().and_then(Self::from_f64),
            },
            Value::String(text) => Self::parse(text),
            _ => None,
        }
    }

    /// Reads `10000`, `10000.5` or `10000.00`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.strip_prefix('-').unwrap_or(text);
        let numeric =
            plain.starts_with(|c: char| c.is_ascii_digit()) && plain.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !numeric {
            return None;
        }
        match text.parse::<i64>() {
            Ok(whole) => Self::rupiah(whole),
            Err(_) => text.parse::<f64>().ok().and_then(Self::from_f64),
        }
    }

    /// Price times quantity, when it fits.
    pub fn times(self, quantity: i64) -> Option<Self> {
        self.0.checked_mul(quantity).map(Self)
    }

    /// Sum, when it fits.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, when it fits.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    fn from_f64(value: f64) -> Option<Self> {
        let hundredths = (value * 100.0).round();
        // 2^53: beyond it a JSON number no longer names one amount.
        let exact = hundredths.is_finite() && hundredths.abs() < 9_007_199_254_740_992.0;
        exact.then_some(Self(hundredths as i64))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", size / 100, size % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_a_merchant_may_send_and_writes_two_decimals() {
        for (value, written) in [
            (json!(10000), Some("10000.00")),
            (json!(10000.5), Some("10000.50")),
            (json!("10000"), Some("10000.00")),
            (json!("10000.00"), Some("10000.00")),
            (json!(-2500), Some("-2500.00")),
            (json!(-0.5), Some("-0.50")),
            (json!("1e9"), None),
            (json!("NaN"), None),
            (json!("ten"), None),
            (json!(u64::MAX), None),
            (json!(1e300), None),
            (json!(null), None),
            (json!([1]), None),
        ] {
            let read = Amount::from_json(&value).map(|a| a.to_string());
            assert_eq!(read.as_deref(), written, "{value}");
        }
    }
}
