//! The reasons why a payment page does not open. The page has the texts for customers. Details from the browser and from
//! `snap.js` go to the developer's log.

/// Why the customer cannot pay right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// `snap.js` is unavailable.
    Script(ScriptFault),
    /// There is no token.
    Token(TokenFault),
    /// `snap.pay` failed.
    Popup(PopupFault),
    /// The payment was declined. The customer may retry the same order.
    Declined,
}

/// Why `snap.js` is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptFault {
    /// The browser is offline.
    Offline,
    /// The request failed while online: an ad blocker, a firewall, or a server that is down.
    Blocked,
    /// The page's Content-Security-Policy forbids it.
    Csp,
    /// No response within the timeout.
    Timeout,
    /// The script loaded, but `window.snap.pay` is missing.
    NoGlobal,
    /// The page has already loaded the script of the other environment. One page cannot have both.
    OtherEnvironment,
    /// The client key is empty, or looks like a server key.
    Misconfigured,
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenFault {
    /// The browser is offline.
    Offline,
    /// The request failed while online.
    Network,
    /// No response within the timeout.
    Timeout,
    /// The backend is overloaded or unavailable: 429, 502, 503, 504.
    Unavailable,
    /// The backend rejects this idempotency key. A new key helps.
    KeyUsed,
    /// The order is paid, or a payment is pending.
    AlreadyPaying,
    /// The backend rejected this order. The HTTP status.
    Refused(u16),
    /// The backend failed. The HTTP status.
    Broken(u16),
    /// The response has no `token`, or is too large.
    InvalidResponse,
    /// The token URL is not a URL, or uses plain HTTP to another machine. Or a header is not allowed.
    Misconfigured,
    /// The client key is empty or looks like a server key. The page then creates no order.
    ClientKey,
}

/// Why `snap.pay` failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PopupFault {
    /// Snap's own state says that a popup is open ("Invalid state transition from PopupInView to PopupInView").
    InvalidState,
    /// `window.snap` is missing.
    Missing,
    /// Another checkout on this page has its popup open.
    Busy,
    /// Snap threw another error.
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
                TokenFault::InvalidResponse => "token_bad_answer",
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
