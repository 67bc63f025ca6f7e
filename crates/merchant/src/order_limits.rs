//! Limits of an order, shared by the catalogue and by requests.

use wire::Rupiah;

/// The most lines of one order.
pub const MAX_LINES: usize = 50;

/// The largest amount of one payment at the gateway.
pub const MAX_AMOUNT: Rupiah = Rupiah(99_999_999_999);

/// Whether a text is safe to show: it has no control characters, no direction overrides, no invisible characters that
/// make two names look alike, and no invalid or private characters.
#[must_use]
pub fn is_safe_text(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control()
            && !matches!(c,
                '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}'
                | '\u{fdd0}'..='\u{fdef}')
    })
}
