//! Formats amounts of rupiah for people.

use wire::Rupiah;

/// Formats an amount as Indonesians write it, such as `Rp 1.018.000`.
#[must_use]
pub fn format_rupiah(amount: Rupiah) -> String {
    let digits = amount.0.unsigned_abs().to_string();
    let mut text = String::from(if amount.0 < 0 { "-Rp " } else { "Rp " });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_separate_thousands() {
        let cases =
            [(0, "Rp 0"), (999, "Rp 999"), (1000, "Rp 1.000"), (12_345_678, "Rp 12.345.678"), (-5000, "-Rp 5.000")];
        for (amount, expected) in cases {
            assert_eq!(format_rupiah(Rupiah(amount)), expected);
        }
    }
}
