//! Every error the outside can see, in one table: a stable code, an HTTP status, a sentence without
//! secrets. What really happened goes into [`ApiError::cause`], which is only ever logged.

use axum::http::StatusCode;

use crate::midtrans::MidtransError;
use crate::store::StoreError;

macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $word:literal, $status:ident, $message:literal; )+) => {
        /// The stable codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode { $( $(#[$doc])* $variant, )+ }

        impl ErrorCode {
            /// All of them, for tables in tests and documents.
            pub const ALL: &[Self] = &[$( Self::$variant, )+];

            /// The word in [`wire::merchant::ErrorDetail::code`].
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $( Self::$variant => StatusCode::$status, )+ }
            }

            /// The sentence outside.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $( Self::$variant => $message, )+ }
            }
        }
    };
}

codes! {
    /// Not JSON at all.
    InvalidJson = "invalid_json", BAD_REQUEST, "The body is not valid JSON.";
    /// JSON of another shape.
    InvalidField = "invalid_field", UNPROCESSABLE_ENTITY, "A field is missing, unknown, twice there or of the wrong type.";
    /// Control characters, text direction tricks, broken UTF-8.
    InvalidText = "invalid_text", UNPROCESSABLE_ENTITY, "A text is too long or holds characters that cannot be shown safely.";
    /// No e-mail address that every payment method takes.
    InvalidEmail = "invalid_email", UNPROCESSABLE_ENTITY, "The e-mail address is not valid.";
    /// No phone number.
    InvalidPhone = "invalid_phone", UNPROCESSABLE_ENTITY, "The phone number is not valid.";
    /// No lines, or only zeros.
    EmptyCart = "empty_cart", UNPROCESSABLE_ENTITY, "The order has no items.";
    /// More than fifty.
    TooManyItems = "too_many_items", UNPROCESSABLE_ENTITY, "The order has more than 50 lines.";
    /// Outside 1 to 999.
    InvalidQuantity = "invalid_quantity", UNPROCESSABLE_ENTITY, "A quantity must be from 1 to 999.";
    /// Not in the catalogue.
    UnknownItem = "unknown_item", UNPROCESSABLE_ENTITY, "The shop does not have this item.";
    /// More than the gateway takes.
    AmountTooLarge = "amount_too_large", UNPROCESSABLE_ENTITY, "The order is worth more than can be paid at once.";
    /// The gateway did not like the customer's data.
    InvalidCustomer = "invalid_customer", UNPROCESSABLE_ENTITY, "The payment gateway does not accept the customer's details.";
    /// The header.
    InvalidIdempotencyKey = "invalid_idempotency_key", BAD_REQUEST, "Idempotency-Key must be 1 to 46 printable ASCII characters.";
    /// Same key, other order.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT, "This Idempotency-Key was used for another order.";
    /// Someone else is asking the gateway right now.
    InProgress = "in_progress", SERVICE_UNAVAILABLE, "The same order is being prepared; ask again in a moment.";
    /// Nothing to pay any more.
    OrderPaid = "order_paid", CONFLICT, "The order is already paid.";
    /// A method was chosen with a token that is not known here.
    OrderPending = "order_pending", CONFLICT, "A payment for this order is under way.";
    /// Too late.
    OrderExpired = "order_expired", CONFLICT, "The order was not paid in time.";
    /// Cancelled, refunded, under review and the like.
    OrderClosed = "order_closed", CONFLICT, "The order cannot be paid any more.";
    /// No such order.
    OrderNotFound = "order_not_found", NOT_FOUND, "There is no such order.";
    /// A notification that is none.
    InvalidNotification = "invalid_notification", BAD_REQUEST, "The body is not a notification.";
    /// 403, not 400: Midtrans tries five times then, and a key that is set up wrong can be mended meanwhile.
    InvalidSignature = "invalid_signature", FORBIDDEN, "The signature does not match.";
    /// Somebody rewrites old notifications, or the gateway contradicts itself for long.
    TooManyNotifications = "too_many_notifications", SERVICE_UNAVAILABLE, "Too many notifications of this order wait for the gateway to confirm them.";
    /// 401: the operator's keys. 500, because pages repeat 502 to 504, and repeating helps nobody here.
    GatewayRefused = "gateway_refused", INTERNAL_SERVER_ERROR, "The shop cannot take payments right now.";
    /// 4xx: our request was wrong. 500 for the same reason.
    GatewayRejected = "gateway_rejected", INTERNAL_SERVER_ERROR, "The payment gateway did not accept this order.";
    /// An answer that cannot be believed.
    GatewayBadAnswer = "gateway_bad_answer", BAD_GATEWAY, "The payment gateway gave an answer that makes no sense.";
    /// 5xx, timeouts, no connection.
    GatewayUnavailable = "gateway_unavailable", SERVICE_UNAVAILABLE, "The payment gateway does not answer right now.";
    /// One client orders too often.
    TooManyOrders = "too_many_orders", TOO_MANY_REQUESTS, "Too many orders from this address; ask again in a moment.";
    /// A form or a script of somebody else's page.
    ForeignOrigin = "foreign_origin", FORBIDDEN, "This can be sent from the shop's own pages only.";
    /// Too many listen, or ask at once.
    Busy = "busy", SERVICE_UNAVAILABLE, "The shop is busy; ask again in a moment.";
    /// The database.
    StoreUnavailable = "store_unavailable", SERVICE_UNAVAILABLE, "The shop cannot read or write orders right now.";
    /// The process was told to stop.
    Ending = "ending", SERVICE_UNAVAILABLE, "This process is about to stop.";
    /// The page was not built.
    PageMissing = "page_missing", SERVICE_UNAVAILABLE, "The shop's page was not built yet.";
    /// No such address.
    NotFound = "not_found", NOT_FOUND, "There is nothing here.";
    /// Wrong verb.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address does not take this method.";
    /// Not JSON, or not a form.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "This content type is not accepted here.";
    /// Over the limit.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large.";
    /// The body stopped coming.
    BodyUnreadable = "body_unreadable", BAD_REQUEST, "The body could not be read.";
    /// The client was too slow.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long.";
    /// A bug.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side.";
}

/// One failure: what to say outside, and what to log.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// What it is.
    pub code: ErrorCode,
    /// Where in the request.
    pub field: Option<String>,
    /// Whose order; logged.
    pub order_id: Option<String>,
    /// What really happened; logged, never sent. Holds no customer data and no secret.
    pub cause: Option<String>,
    /// Seconds after which asking again makes sense, where it is not the same for every such failure.
    pub again_in: Option<u32>,
}

impl ApiError {
    /// With a cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// With the field that is wrong.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With the seconds after which asking again makes sense.
    #[must_use]
    pub fn again_in(mut self, seconds: u32) -> Self {
        self.again_in = Some(seconds);
        self
    }

    /// With the order it is about.
    #[must_use]
    pub fn of_order(mut self, order_id: &str) -> Self {
        self.order_id = Some(order_id.to_owned());
        self
    }

    /// Seconds after which asking again makes sense.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self.code {
            _ if self.again_in.is_some() => self.again_in,
            ErrorCode::InProgress => Some(1),
            ErrorCode::Busy
            | ErrorCode::GatewayUnavailable
            | ErrorCode::StoreUnavailable
            | ErrorCode::TooManyNotifications => Some(5),
            _ => None,
        }
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self { code, field: None, order_id: None, cause: None, again_in: None }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::from(ErrorCode::StoreUnavailable).caused_by(error)
    }
}

impl From<crate::id::NoRandomness> for ApiError {
    fn from(error: crate::id::NoRandomness) -> Self {
        Self::from(ErrorCode::Internal).caused_by(error)
    }
}

impl From<MidtransError> for ApiError {
    fn from(error: MidtransError) -> Self {
        let code = match &error {
            MidtransError::Refused => ErrorCode::GatewayRefused,
            MidtransError::Rejected { customer: true, .. } => ErrorCode::InvalidCustomer,
            MidtransError::Rejected { .. } | MidtransError::OrderIdTaken => ErrorCode::GatewayRejected,
            MidtransError::BadAnswer(_) => ErrorCode::GatewayBadAnswer,
            MidtransError::Unavailable(_) => ErrorCode::GatewayUnavailable,
            MidtransError::Internal(_) => ErrorCode::Internal,
        };
        Self::from(code).caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_messages_are_sentences() {
        let words: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(code.message().ends_with('.'), "{code:?}");
        }
    }
}
