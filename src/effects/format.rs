//! Amounts and times as text for customers.

use wire::Rupiah;

use super::js_bindings;
use crate::i18n::Language;

/// `Rp 154.600`, in both languages.
#[must_use]
pub fn rupiah(amount: Rupiah) -> String {
    js_bindings::rupiah(amount.0 as f64)
}

/// A time as date and time in Jakarta. `None` if it is invalid.
#[must_use]
pub fn moment(rfc3339: &str, language: Language) -> Option<String> {
    js_bindings::moment(rfc3339, locale(language))
}

fn locale(language: Language) -> &'static str {
    match language {
        Language::Indonesian => "id-ID",
        Language::English => "en-ID",
    }
}
