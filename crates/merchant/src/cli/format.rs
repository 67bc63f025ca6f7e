//! Amounts and times as people read them, and where output goes.

use std::io::{IsTerminal as _, Write as _};

use serde_json::Value;
use time::UtcOffset;
use time::macros::{format_description, offset};
use wire::Rupiah;

use super::error::Refusal;
use crate::clock::Millis;

const JAKARTA: UtcOffset = offset!(+7);

/// `Rp 1.018.000`
pub(super) fn money(amount: Rupiah) -> String {
    let digits = amount.0.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    format!("{}Rp {text}", if amount.0 < 0 { "-" } else { "" })
}

/// `2026-11-23 14:03:05 WIB`
pub(super) fn wib(at: Millis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] WIB");
    at.to_offset(JAKARTA).format(shape).unwrap_or_default()
}

/// Prints a whole text; a reader that went away is no failure.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).is_ok() {
        out.flush().ok();
    }
}

/// Prints JSON on lines of its own.
pub(super) fn print_json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// Tells how far it is, on standard error.
pub(super) fn tell(text: &str) {
    let mut err = std::io::stderr().lock();
    err.write_all(text.as_bytes()).ok();
    err.flush().ok();
}

/// Whether somebody watches.
pub(super) fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Asks whether to go on: on a terminal the operator, elsewhere nobody, who says no.
///
/// # Errors
/// `not_confirmed`.
pub(super) fn confirm(what: &str, yes: bool) -> Result<(), Refusal> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let sentence = format!("nothing was done, for nobody confirmed it: {what}");
        return Err(Refusal::new("not_confirmed", sentence, "repeat it on a terminal, or with --yes"));
    }
    tell(&format!("{what}\nGo on? Type yes: "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok();
    if says_yes(&line) {
        Ok(())
    } else {
        Err(Refusal::new("not_confirmed", "nothing was done", "repeat it and type yes"))
    }
}

fn says_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "yes" | "y" | "ya")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_it() {
        let amounts =
            [(0, "Rp 0"), (999, "Rp 999"), (1000, "Rp 1.000"), (12_345_678, "Rp 12.345.678"), (-5000, "-Rp 5.000")];
        for (amount, expected) in amounts {
            assert_eq!(money(Rupiah(amount)), expected);
        }
        assert_eq!(wib(1_795_366_800_000), "2026-11-23 00:00:00 WIB");
        assert!(says_yes("yes\n") && says_yes("Y") && !says_yes("") && !says_yes("no\n") && !says_yes("yes please"));
    }
}
