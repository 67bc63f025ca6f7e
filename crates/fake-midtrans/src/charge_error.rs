//! Why a payment cannot start.

/// Why a choice was not accepted; the page knows these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChargeError {
    /// Unknown, replaced, cancelled or expired token.
    #[error("session_gone")]
    SessionGone,
    /// The order was finished before.
    #[error("already_processed")]
    AlreadyProcessed,
    /// Not on offer here.
    #[error("unknown_method")]
    UnknownMethod,
    /// Not a card number.
    #[error("card_number")]
    CardNumber,
    /// Not a date, or past.
    #[error("card_expiry")]
    CardExpiry,
    /// Not three or four digits.
    #[error("card_cvv")]
    CardCvv,
    /// Not a phone number.
    #[error("phone")]
    Phone,
}
