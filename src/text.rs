//! What customers read, in Indonesian and English. A text that is missing in one language does not compile.

mod en;
mod id;

use flow::Failure;
use wire::merchant::OrderStatus;

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

    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::Indonesian => &id::TEXTS,
            Self::English => &en::TEXTS,
        }
    }
}

/// A headline, and what it means for the customer.
pub(crate) type Said = (&'static str, &'static str);

/// Every text of the component.
pub(crate) struct Texts {
    pub(crate) pay: &'static str,
    pub(crate) pay_amount: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) restart: &'static str,
    pub(crate) hosted: &'static str,
    pub(crate) check: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) close: &'static str,
    pub(crate) reopen: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copied_said: &'static str,
    pub(crate) copy_failed: &'static str,
    pub(crate) pdf: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) pay_before: &'static str,
    pub(crate) virtual_account: &'static str,
    pub(crate) payment_code: &'static str,
    pub(crate) bill_key: &'static str,
    pub(crate) biller_code: &'static str,
    pub(crate) time_is_over: &'static str,
    pub(crate) qr: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) secured: &'static str,
    pub(crate) local: &'static str,
    pub(crate) sandbox: &'static str,

    pub(crate) how: &'static str,
    pub(crate) open_bank: &'static str,
    pub(crate) your_bank: &'static str,
    pub(crate) or_atm: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) then_number: &'static str,
    pub(crate) then_bill: &'static str,
    pub(crate) check_and_pay: &'static str,
    pub(crate) go_to_till: &'static str,
    pub(crate) show_code: &'static str,
    pub(crate) keep_receipt: &'static str,
    pub(crate) open_wallet: &'static str,
    pub(crate) scan_here: &'static str,
    pub(crate) scan_there: &'static str,
    pub(crate) check_and_pin: &'static str,

    pub(crate) preparing: Said,
    pub(crate) slow: Said,
    pub(crate) opening: Said,
    pub(crate) open: Said,
    pub(crate) open_here: Said,
    pub(crate) closed: Said,
    pub(crate) confirming: Said,
    pub(crate) unconfirmed: Said,
    pub(crate) asking: Said,
    pub(crate) pending: Said,
    pub(crate) pending_wallet: Said,
    pub(crate) pending_rested: Said,
    pub(crate) review: Said,
    pub(crate) handed_over: Said,
    pub(crate) paid: Said,
    pub(crate) reported: Said,

    pub(crate) expired: Said,
    pub(crate) cancelled: Said,
    pub(crate) refunded: Said,
    pub(crate) charged_back: Said,
    pub(crate) reversed: Said,

    pub(crate) offline: Said,
    pub(crate) no_popup: Said,
    pub(crate) no_popup_hosted: Said,
    pub(crate) unavailable: Said,
    pub(crate) refused: Said,
    pub(crate) already_paying: Said,
    pub(crate) misconfigured: Said,
    pub(crate) declined: Said,
}

impl Texts {
    /// What an ended order means; anything that is no end is told as cancelled.
    pub(crate) fn ended(&self, status: &OrderStatus) -> Said {
        match status {
            OrderStatus::Expired => self.expired,
            OrderStatus::Refunded => self.refunded,
            OrderStatus::ChargedBack => self.charged_back,
            OrderStatus::Reversed => self.reversed,
            _ => self.cancelled,
        }
    }

    pub(crate) fn failure(&self, failure: Failure, hosted: Hosted) -> Said {
        use flow::{PopupFault, ScriptFault, TokenFault};
        match failure {
            Failure::Script(ScriptFault::Misconfigured | ScriptFault::OtherEnvironment)
            | Failure::Token(TokenFault::Misconfigured) => match hosted {
                Hosted::Offered => self.no_popup_hosted,
                Hosted::Missing => self.misconfigured,
            },
            Failure::Script(ScriptFault::Offline) | Failure::Token(TokenFault::Offline) => self.offline,
            Failure::Script(ScriptFault::Blocked | ScriptFault::Csp | ScriptFault::Timeout | ScriptFault::NoGlobal)
            | Failure::Popup(PopupFault::InvalidState | PopupFault::Missing | PopupFault::Busy | PopupFault::Threw) => {
                match hosted {
                    Hosted::Offered => self.no_popup_hosted,
                    Hosted::Missing => self.no_popup,
                }
            }
            Failure::Token(TokenFault::Refused(_) | TokenFault::KeyUsed) => self.refused,
            Failure::Token(TokenFault::AlreadyPaying) => self.already_paying,
            Failure::Token(
                TokenFault::Network
                | TokenFault::Timeout
                | TokenFault::Unavailable
                | TokenFault::Broken(_)
                | TokenFault::BadAnswer,
            ) => self.unavailable,
            Failure::Declined => self.declined,
        }
    }
}

/// Whether the hosted page is a way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosted {
    Offered,
    Missing,
}
