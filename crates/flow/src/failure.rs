//! Everything that can keep a popup from opening, by kind. Sentences for people live in the page; the
//! vendor's own words go to the developer's log and are not carried here.

/// Why the customer cannot pay right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// `snap.js` is not there.
    Script(ScriptFault),
    /// There is no token.
    Token(TokenFault),
    /// `snap.pay` refused.
    Popup(PopupFault),
    /// The payment was refused; the same order may be tried again.
    Declined,
}

/// Why `snap.js` is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptFault {
    /// The browser says it is offline.
    Offline,
    /// The request failed while online: an ad-blocker, a firewall, a server that is down.
    Blocked,
    /// The page's Content-Security-Policy forbids it.
    Csp,
    /// No answer within the bound.
    Timeout,
    /// It loaded, and `window.snap.pay` is still missing.
    NoGlobal,
    /// The page already runs the other environment's script; both cannot be on one page.
    OtherEnvironment,
    /// The client key is empty, or looks like a server key.
    Misconfigured,
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenFault {
    /// The browser says it is offline.
    Offline,
    /// The request failed while online.
    Network,
    /// No answer within the bound.
    Timeout,
    /// The merchant is too busy: 429, 502, 503, 504.
    Unavailable,
    /// The merchant will not take this idempotency key for this order any more: a new one helps.
    KeyUsed,
    /// The merchant says that this order is paid or being paid already.
    AlreadyPaying,
    /// The merchant refused this order; the HTTP status.
    Refused(u16),
    /// The merchant's own fault; the HTTP status.
    Broken(u16),
    /// The answer is no `{token, redirect_url}`, or far too large.
    BadAnswer,
    /// The token URL is plain http and not on this machine, or is no URL; or a header must not be sent.
    Misconfigured,
    /// The client key is empty, or looks like a server key: with such a one no order is made.
    ClientKey,
}

/// Why `snap.pay` refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PopupFault {
    /// Snap believes that a popup is open ("Invalid state transition from PopupInView to PopupInView").
    InvalidState,
    /// `window.snap` is gone.
    Missing,
    /// Another checkout on this page has its popup open.
    Busy,
    /// It threw something else.
    Threw,
}

impl Failure {
    /// The stable code for events, logs and the error table.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Script(fault) => match fault {
                ScriptFault::Offline => "offline",
                ScriptFault::Blocked => "script_blocked",
                ScriptFault::Csp => "script_csp",
                ScriptFault::Timeout => "script_timeout",
                ScriptFault::NoGlobal => "script_no_global",
                ScriptFault::OtherEnvironment => "script_other_environment",
                ScriptFault::Misconfigured => "client_key_invalid",
            },
            Self::Token(fault) => match fault {
                TokenFault::Offline => "offline",
                TokenFault::Network => "token_network",
                TokenFault::Timeout => "token_timeout",
                TokenFault::Unavailable => "token_unavailable",
                TokenFault::KeyUsed => "token_key_used",
                TokenFault::AlreadyPaying => "order_already_paying",
                TokenFault::Refused(_) => "token_refused",
                TokenFault::Broken(_) => "token_broken",
                TokenFault::BadAnswer => "token_bad_answer",
                TokenFault::Misconfigured => "token_url_invalid",
                TokenFault::ClientKey => "client_key_invalid",
            },
            Self::Popup(fault) => match fault {
                PopupFault::InvalidState => "popup_invalid_state",
                PopupFault::Missing => "popup_missing",
                PopupFault::Busy => "popup_busy",
                PopupFault::Threw => "popup_threw",
            },
            Self::Declined => "payment_declined",
        }
    }
}
