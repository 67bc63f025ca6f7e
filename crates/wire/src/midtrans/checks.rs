//! The single checks that the field table is made of. A field's name is written out only when it breaks its rule.

use std::fmt::Display;

use super::constraint::{Check, Constraint, InvalidRequest};

pub fn refuse(field: impl Display + Copy, constraint: Constraint) -> Check {
    Err(InvalidRequest { field: field.to_string(), constraint })
}

pub fn ensure(holds: bool, field: impl Display + Copy, constraint: Constraint) -> Check {
    if holds { Ok(()) } else { refuse(field, constraint) }
}

pub fn range(field: impl Display + Copy, value: i64, min: i64, max: i64) -> Check {
    ensure((min..=max).contains(&value), field, Constraint::Range(min, max))
}

/// One of the documented words: what is read with tolerance is sent with none.
pub fn known(field: impl Display + Copy, is_known: bool, words: &'static [&'static str]) -> Check {
    ensure(is_known, field, Constraint::OneOf(words))
}

/// Text without a documented length is bounded by the body alone, but it is never empty.
pub fn filled(field: impl Display + Copy, value: Option<&str>) -> Check {
    text(field, value, usize::MAX)
}

/// Present text is never empty: the gateway refuses `""` where absence is fine.
pub fn text(field: impl Display + Copy, value: Option<&str>, max: usize) -> Check {
    let Some(value) = value else { return Ok(()) };
    ensure(!value.is_empty(), field, Constraint::Required)?;
    ensure(value.chars().count() <= max, field, Constraint::MaxLength(max))
}

pub fn digits(field: impl Display + Copy, value: Option<&str>, min: usize, max: usize) -> Check {
    let Some(value) = value else { return Ok(()) };
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    ensure(plain && (min..=max).contains(&value.len()), field, Constraint::Digits(min, max))
}

/// The first digits of a card number, or a bank's name.
pub fn bin(field: impl Display + Copy, value: &str) -> Check {
    let name = !value.bytes().all(|b| b.is_ascii_digit());
    if name { Ok(()) } else { digits(field, Some(value), 1, 8) }
}

/// The narrowest rule among the methods (Permata, Indomaret): atoms between single dots, ASCII only.
pub fn email(field: impl Display + Copy, value: Option<&str>) -> Check {
    let Some(value) = value else { return Ok(()) };
    text(field, Some(value), 255)?;
    let atom = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    let holds = value
        .split_once('@')
        .is_some_and(|(name, host)| name.split('.').all(atom) && host.contains('.') && host.split('.').all(atom));
    ensure(holds, field, Constraint::Email)
}

pub fn date_time(field: impl Display + Copy, value: Option<&str>) -> Check {
    value.map_or(Ok(()), |value| ensure(is_date_time(value), field, Constraint::DateTime))
}

/// `2020-06-09 15:07:00 +0700`, with a calendar date that exists.
fn is_date_time(value: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00 +0000";
    let bytes = value.as_bytes();
    let shaped = bytes.len() == SHAPE.len()
        && bytes.iter().zip(SHAPE).all(|(&b, &shape)| match shape {
            b'0' => b.is_ascii_digit(),
            b'+' => b == b'+' || b == b'-',
            other => b == other,
        });
    if !shaped {
        return false;
    }
    let number = |from: usize, to: usize| value[from..to].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
        && number(11, 13) < 24
        && number(14, 16) < 60
        && number(17, 19) < 60
        && number(21, 23) <= 14
        && number(23, 25) < 60
}
