//! What customers read, in Indonesian and English, and what a merchant says otherwise.

mod en;
mod id;

use flow::Failure;
use wire::merchant::OrderStatus;
use yew::AttrValue;

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

/// Names every text. In both languages they stand in this order, one a line, and so do the names: a list of slices
/// would be three times the bytes of what it points with.
macro_rules! keys {
    ($($key:ident),* $(,)?) => {
        /// A text of the component, by its name. Those that end in `_detail` say what the headline before them means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(non_camel_case_types, missing_docs, reason = "merchants know the texts by these names")]
        pub enum Key { $($key),* }

        const NAMES: &str = concat!($(stringify!($key), "\n"),*);

        impl Key {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$key),*];
        }
    };
}

/// A language's texts. One that is missing, unknown or out of order does not compile.
macro_rules! packed {
    ($($key:ident: $text:literal),* $(,)?) => {{
        const _: () = {
            let mut at = 0;
            $(
                assert!($crate::i18n::Key::$key as usize == at, concat!("a text before this one is missing: ", stringify!($key)));
                at += 1;
            )*
            assert!(at == $crate::i18n::Key::ALL.len(), "the last texts are missing");
        };
        concat!($($text, "\n"),*)
    }};
}
use packed;

keys! {
    pay, pay_amount, resume, retry, restart, hosted, check, checking, close, reopen, copy, copied, copied_said,
    copy_failed, pdf, amount, pay_before, virtual_account, payment_code, bill_key, biller_code, time_is_over, qr,
    reference, secured, local, sandbox,

    how, open_bank, your_bank, or_atm, choose, then_number, then_bill, check_and_pay, go_to_till, show_code,
    keep_receipt, open_wallet, scan_here, scan_there, check_and_pin,

    preparing, preparing_detail, slow, slow_detail, opening, opening_detail, open, open_detail, open_here,
    open_here_detail, closed, closed_detail, confirming, confirming_detail, unconfirmed, unconfirmed_detail, asking,
    asking_detail, pending, pending_detail, pending_wallet, pending_wallet_detail, pending_rested,
    pending_rested_detail, review, review_detail, handed_over, handed_over_detail, paid, paid_detail, reported,
    reported_detail,

    expired, expired_detail, cancelled, cancelled_detail, refunded, refunded_detail, charged_back,
    charged_back_detail, reversed, reversed_detail,

    offline, offline_detail, no_popup, no_popup_detail, no_popup_hosted, no_popup_hosted_detail, unavailable,
    unavailable_detail, refused, refused_detail, already_paying, already_paying_detail, misconfigured,
    misconfigured_detail, declined, declined_detail,
}

/// Texts that the merchant says otherwise, in whatever language the page has.
///
/// ```
/// use snap_checkout::i18n::{Key, Texts};
///
/// let mut texts = Texts::default().with(Key::pay, "Buy the ticket");
/// assert!(texts.set("paid_detail", "See you there!").is_ok());
/// assert!(texts.set("paid_detial", "See you there!").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
// By their places in the list.
pub struct Texts(Vec<(usize, AttrValue)>);

/// There is no text of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownText;

impl Texts {
    /// Says one otherwise.
    #[must_use]
    pub fn with(mut self, key: Key, text: impl Into<AttrValue>) -> Self {
        self.0.push((key as usize, text.into()));
        self
    }

    /// Says one otherwise, by its name.
    ///
    /// # Errors
    /// [`UnknownText`]; nothing changes then.
    pub fn set(&mut self, name: &str, text: impl Into<AttrValue>) -> Result<(), UnknownText> {
        let place = (0..Key::ALL.len()).find(|place| line(NAMES, *place) == name).ok_or(UnknownText)?;
        self.0.push((place, text.into()));
        Ok(())
    }

    /// The text at this place of the list.
    pub(crate) fn at(&self, place: usize, language: Language) -> AttrValue {
        let said = self.0.iter().rev().find(|(said, _)| *said == place);
        said.map_or_else(|| AttrValue::Static(line(language.texts(), place)), |(_, text)| text.clone())
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

/// What an ended order means; anything that is no end is told as cancelled.
pub(crate) fn ended(status: &OrderStatus) -> Key {
    match status {
        OrderStatus::Expired => Key::expired,
        OrderStatus::Refunded => Key::refunded,
        OrderStatus::ChargedBack => Key::charged_back,
        OrderStatus::Reversed => Key::reversed,
        _ => Key::cancelled,
    }
}

/// What keeps the customer from paying, and whether it keeps them from the hosted page too.
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
            | TokenFault::BadAnswer,
        ) => Key::unavailable,
        Failure::Declined => Key::declined,
    }
}

/// Whether the hosted page is a way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosted {
    Offered,
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
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
    fn a_headline_stands_before_its_detail() {
        let details =
            NAMES.lines().enumerate().filter_map(|(place, name)| Some((place, name.strip_suffix("_detail")?)));
        for (place, headline) in details {
            assert_eq!(line(NAMES, place - 1), headline);
        }
    }

    #[test]
    fn the_merchants_last_word_counts() {
        let mut texts = Texts::default().with(Key::pay, "Donate");
        assert_eq!(texts.set("pay", "Donate now"), Ok(()));
        for unknown in ["Pay", "", "pay\npay_amount"] {
            assert_eq!(texts.set(unknown, "?"), Err(UnknownText));
        }
        assert_eq!(texts.at(Key::pay as usize, Language::English), "Donate now");
        assert_eq!(texts.at(Key::paid as usize, Language::English), "Payment received");
    }
}
