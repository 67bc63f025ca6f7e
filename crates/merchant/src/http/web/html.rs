//! Pieces of HTML that several pages share: escaping, amounts, the link to the shop.

use std::borrow::Cow;

use wire::Rupiah;

use crate::rupiah::format_rupiah;

/// The link back to the shop, in both languages.
pub(super) const SHOP_LINK: &str =
    "<p><a href=\"/\">Kembali ke toko · <span lang=\"en\">Back to the shop</span></a></p>\n";

/// Escapes a text for HTML, also for quoted attributes.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// Formats an amount with a space that does not break the line.
pub(super) fn rupiah(amount: Rupiah) -> String {
    format_rupiah(amount).replace(' ', "\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_everything_that_could_end_text_or_an_attribute() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert!(matches!(escape("aman"), Cow::Borrowed("aman")));
    }
}
