//! Rupiah and times as people read them, by the browser's `Intl`.

use wire::Rupiah;

use super::dom;
use crate::text::Language;

/// `Rp 154.600` in Indonesian, `IDR 154,600` in English.
#[must_use]
pub fn rupiah(amount: Rupiah, language: Language) -> String {
    dom::rupiah(amount.0 as f64, locale(language))
}

/// A point in time as day and time in Jakarta; `None` where it is none.
#[must_use]
pub fn moment(rfc3339: &str, language: Language) -> Option<String> {
    dom::moment(rfc3339, locale(language))
}

fn locale(language: Language) -> &'static str {
    match language {
        Language::Indonesian => "id-ID",
        Language::English => "en-ID",
    }
}
