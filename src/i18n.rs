//! The component's texts in Indonesian and English, and the merchant's replacements.

mod en;
mod id;
mod keys;

use flow::Failure;
use wire::merchant::OrderStatus;
use yew::AttrValue;

pub use keys::Key;
use keys::NAMES;

/// The language of our texts and of the popup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Bahasa Indonesia.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// `id` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    fn texts(self) -> &'static str {
        match self {
            Self::Indonesian => id::TEXTS,
            Self::English => en::TEXTS,
        }
    }
}

/// The merchant's replacements of texts, for any language.
///
/// ```
/// use snap_checkout::i18n::{Key, Texts};
///
/// let mut texts = Texts::default().with(Key::pay, "Buy the ticket");
/// assert!(texts.set("paid_detail", "See you there!").is_ok());
/// assert!(texts.set("paid_detial", "See you there!").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
// By their positions in the list of keys.
pub struct Texts(Vec<(usize, AttrValue)>);

/// There is no text with this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownText;

impl Texts {
    /// Replaces a text.
    #[must_use]
    pub fn with(mut self, key: Key, text: impl Into<AttrValue>) -> Self {
        self.0.push((key as usize, text.into()));
        self
    }

    /// Replaces a text by its name.
    ///
    /// # Errors
    /// [`UnknownText`]; nothing changes then.
    pub fn set(&mut self, name: &str, text: impl Into<AttrValue>) -> Result<(), UnknownText> {
        let place = (0..Key::ALL.len()).find(|place| line(NAMES, *place) == name).ok_or(UnknownText)?;
        self.0.push((place, text.into()));
        Ok(())
    }

    /// The text at this position in the list of keys.
    pub(crate) fn at(&self, place: usize, language: Language) -> AttrValue {
        let replaced = self.0.iter().rev().find(|(position, _)| *position == place);
        replaced.map_or_else(|| AttrValue::Static(line(language.texts(), place)), |(_, text)| text.clone())
    }
}

fn line(texts: &'static str, mut place: usize) -> &'static str {
    let mut start = 0;
    for (at, byte) in texts.bytes().enumerate() {
        if byte == b'\n' {
            if place == 0 {
                return texts.get(start..at).unwrap_or_default();
            }
            place -= 1;
            start = at + 1;
        }
    }
    ""
}

/// The headline of a finished order. Any other status counts as cancelled.
pub(crate) fn ended(status: &OrderStatus) -> Key {
    match status {
        OrderStatus::Expired => Key::expired,
        OrderStatus::Refunded => Key::refunded,
        OrderStatus::ChargedBack => Key::charged_back,
        OrderStatus::Reversed => Key::reversed,
        _ => Key::cancelled,
    }
}

/// The headline of a failure. It depends on whether the page offers the hosted page.
pub(crate) fn failure(failure: Failure, hosted: Hosted) -> Key {
    use flow::{PopupFault, ScriptFault, TokenFault};
    match failure {
        Failure::Script(ScriptFault::Misconfigured | ScriptFault::OtherEnvironment)
        | Failure::Token(TokenFault::Misconfigured | TokenFault::ClientKey) => match hosted {
            Hosted::Offered => Key::no_popup_hosted,
            Hosted::Missing => Key::misconfigured,
        },
        Failure::Script(ScriptFault::Offline) | Failure::Token(TokenFault::Offline) => Key::offline,
        Failure::Script(ScriptFault::Blocked | ScriptFault::Csp | ScriptFault::Timeout | ScriptFault::NoGlobal)
        | Failure::Popup(PopupFault::InvalidState | PopupFault::Missing | PopupFault::Busy | PopupFault::Threw) => {
            match hosted {
                Hosted::Offered => Key::no_popup_hosted,
                Hosted::Missing => Key::no_popup,
            }
        }
        Failure::Token(TokenFault::Refused(_) | TokenFault::KeyUsed) => Key::refused,
        Failure::Token(TokenFault::AlreadyPaying) => Key::already_paying,
        Failure::Token(
            TokenFault::Network
            | TokenFault::Timeout
            | TokenFault::Unavailable
            | TokenFault::Broken(_)
            | TokenFault::InvalidResponse,
        ) => Key::unavailable,
        Failure::Declined => Key::declined,
    }
}

/// Whether the page offers the hosted page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosted {
    Offered,
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_exists_in_both_languages() {
        for language in [Language::Indonesian, Language::English] {
            assert_eq!(language.texts().lines().count(), Key::ALL.len());
            for (place, name) in NAMES.lines().enumerate() {
                let text = Texts::default().at(place, language);
                let may_be_empty =
                    ["preparing", "opening", "open_here", "asking"].contains(&name.trim_end_matches("_detail"));
                assert!(!text.is_empty() || (may_be_empty && name.ends_with("_detail")), "{name} in {language:?}");
            }
        }
    }

    #[test]
    fn a_headline_precedes_its_detail() {
        let details =
            NAMES.lines().enumerate().filter_map(|(place, name)| Some((place, name.strip_suffix("_detail")?)));
        for (place, headline) in details {
            assert_eq!(line(NAMES, place - 1), headline);
        }
    }

    #[test]
    fn the_merchants_last_replacement_counts() {
        let mut texts = Texts::default().with(Key::pay, "Donate");
        assert_eq!(texts.set("pay", "Donate now"), Ok(()));
        for unknown in ["Pay", "", "pay\npay_amount"] {
            assert_eq!(texts.set(unknown, "?"), Err(UnknownText));
        }
        assert_eq!(texts.at(Key::pay as usize, Language::English), "Donate now");
        assert_eq!(texts.at(Key::paid as usize, Language::English), "Payment received");
    }
}
