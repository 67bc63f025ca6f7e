//! Parsers for the values of options.

use time::macros::{format_description, offset};
use time::{Date, Time};
use wire::Rupiah;

use crate::clock::{self, Millis};

/// Parses whole rupiah: `125000`, `125.000` or `Rp125.000`.
pub(super) fn rupiah(text: &str) -> Result<Rupiah, &'static str> {
    const WRONG: &str = "whole rupiah, such as 18000 or 18.000";
    let digits = text.trim().trim_start_matches("Rp").trim_start();
    let mut groups = digits.split('.');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    let joined = first.to_owned() + &rest.concat();
    if !grouped || joined.is_empty() || !joined.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG);
    }
    joined.parse().ok().filter(|amount| *amount > 0).map(Rupiah).ok_or(WRONG)
}

/// Parses a time before now (`30m`, `2h`, `7d`), or the start of a day in Jakarta (`2026-11-23`).
pub(super) fn since(text: &str) -> Result<Millis, &'static str> {
    const WRONG: &str = "30m, 2h, 7d, or a day such as 2026-11-23";
    if let Ok(day) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        let begins = day.with_time(Time::MIDNIGHT).assume_offset(offset!(+7));
        return begins.unix_timestamp().checked_mul(1000).ok_or(WRONG);
    }
    let unit = match text.chars().last() {
        Some('m') => 60_000,
        Some('h') => 3_600_000,
        Some('d') => 86_400_000,
        _ => return Err(WRONG),
    };
    let count: i64 =
        text.get(..text.len() - 1).and_then(|count| count.parse().ok()).filter(|count| *count >= 0).ok_or(WRONG)?;
    Ok(count.checked_mul(unit).map_or(0, |ago| clock::now().saturating_sub(ago)))
}

/// Parses a refund key that the gateway accepts.
pub(super) fn refund_key(text: &str) -> Result<String, &'static str> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if fits { Ok(text.to_owned()) } else { Err("1 to 64 letters, digits, - and _") }
}

/// Parses the reason of a refund.
pub(super) fn refund_reason(text: &str) -> Result<String, &'static str> {
    one_line(text, 200).ok_or("1 to 200 characters on one line")
}

/// Parses the name of an operator.
pub(super) fn operator_name(text: &str) -> Result<String, &'static str> {
    one_line(text, 60).ok_or("1 to 60 characters on one line")
}

fn one_line(text: &str, max: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_rupiah() {
        let cases = [
            ("18000", Some(18_000)),
            ("18.000", Some(18_000)),
            ("Rp 1.018.000", Some(1_018_000)),
            ("1", Some(1)),
            ("0", None),
            ("-5", None),
            ("18.00", None),
            ("18000.00", None),
            ("1234.000", None),
            (".000", None),
            ("18,000", None),
            ("", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(rupiah(text).ok(), expected.map(Rupiah), "{text}");
        }
    }

    #[test]
    fn times_are_relative_or_a_day_in_jakarta() {
        assert_eq!(since("2026-11-23"), Ok(1_795_366_800_000), "midnight in Jakarta");
        let ago = clock::now() - since("2h").unwrap();
        assert!((7_200_000..7_260_000).contains(&ago), "{ago}");
        for wrong in ["", "h", "2", "-1h", "2w", "23-11-2026", "2026-13-01", "é"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_are_one_short_line() {
        assert_eq!(refund_reason(" out of stock "), Ok("out of stock".into()));
        for wrong in ["", "  ", "a\nb", "\u{1b}[31m", &"x".repeat(201)] {
            assert!(refund_reason(wrong).is_err(), "{wrong:?}");
        }
        assert!(refund_key("7kbz-r_1").is_ok() && refund_key("a b").is_err() && refund_key("").is_err());
    }
}
