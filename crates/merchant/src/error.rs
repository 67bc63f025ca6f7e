//! The errors of the HTTP API and of the command-line tool: one table of stable codes.
//!
//! `openapi.json` and `docs/errors.md` are tested against the table. The real cause of an error is kept in
//! [`ApiError`] for the log; it is never sent to a client.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;

use crate::midtrans::MidtransError;
use crate::store::StoreError;

macro_rules! error_codes {
    (
        api { $( $(#[$api_doc:meta])* $api:ident = $api_code:literal, $status:ident, $api_message:literal; )+ }
        cli { $( $(#[$cli_doc:meta])* $cli:ident = $cli_code:literal, $cli_message:literal; )+ }
    ) => {
        /// A stable error code. Programs may compare its text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $( $(#[$api_doc])* $api, )+
            $( $(#[$cli_doc])* $cli, )+
        }

        impl ErrorCode {
            /// The codes of the HTTP API, in the order of the table.
            pub const API: &[Self] = &[$( Self::$api, )+];

            /// The codes that only commands report.
            pub const CLI_ONLY: &[Self] = &[$( Self::$cli, )+];

            /// The text of the code, such as `order_not_found`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$api => $api_code, )+
                    $( Self::$cli => $cli_code, )+
                }
            }

            /// The HTTP status; 500 for a code that the API does not use.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self {
                    $( Self::$api => StatusCode::$status, )+
                    $( Self::$cli )|+ => StatusCode::INTERNAL_SERVER_ERROR,
                }
            }

            /// One English sentence for developers, without secrets.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {
                    $( Self::$api => $api_message, )+
                    $( Self::$cli => $cli_message, )+
                }
            }
        }
    };
}

error_codes! {
    api {
        /// The body is not JSON.
        InvalidJson = "invalid_json", BAD_REQUEST, "The body is not valid JSON.";
        /// The body is JSON of another shape.
        InvalidField = "invalid_field", UNPROCESSABLE_ENTITY, "A field is missing, unknown, repeated or of the wrong type.";
        /// A text has control characters, direction marks or broken UTF-8, or is too long.
        InvalidText = "invalid_text", UNPROCESSABLE_ENTITY, "A text is too long or contains characters that cannot be shown safely.";
        /// The address is not one that every payment method accepts.
        InvalidEmail = "invalid_email", UNPROCESSABLE_ENTITY, "The email address is not valid.";
        /// The phone number is not valid.
        InvalidPhone = "invalid_phone", UNPROCESSABLE_ENTITY, "The phone number is not valid.";
        /// The order has no lines.
        EmptyCart = "empty_cart", UNPROCESSABLE_ENTITY, "The order has no items.";
        /// The order has more than 50 lines.
        TooManyItems = "too_many_items", UNPROCESSABLE_ENTITY, "The order has more than 50 lines.";
        /// The quantity of one item, added up, is outside 1 to 999.
        InvalidQuantity = "invalid_quantity", UNPROCESSABLE_ENTITY, "A quantity must be from 1 to 999.";
        /// The catalogue has no such item.
        UnknownItem = "unknown_item", UNPROCESSABLE_ENTITY, "The shop does not have this item.";
        /// The total is above the gateway's limit.
        AmountTooLarge = "amount_too_large", UNPROCESSABLE_ENTITY, "The total is above the limit for one payment.";
        /// The gateway rejected the customer's details.
        InvalidCustomer = "invalid_customer", UNPROCESSABLE_ENTITY, "The payment gateway does not accept the customer's details.";
        /// The header is malformed or repeated.
        InvalidIdempotencyKey = "invalid_idempotency_key", BAD_REQUEST, "Idempotency-Key must be 1 to 46 printable ASCII characters.";
        /// The same key came with another order.
        IdempotencyKeyReused = "idempotency_key_reused", CONFLICT, "This Idempotency-Key was used for another order.";
        /// Another request or process holds the lease of this order.
        InProgress = "in_progress", SERVICE_UNAVAILABLE, "Another request is working on this order; try again in a moment.";
        /// The order is paid.
        OrderPaid = "order_paid", CONFLICT, "The order is already paid.";
        /// A payment is pending, and its token is lost.
        OrderPending = "order_pending", CONFLICT, "A payment for this order is pending.";
        /// The order expired.
        OrderExpired = "order_expired", CONFLICT, "The order was not paid in time.";
        /// The order is cancelled, refunded, under review or the like.
        OrderClosed = "order_closed", CONFLICT, "The order can no longer be paid.";
        /// There is no such order.
        OrderNotFound = "order_not_found", NOT_FOUND, "There is no such order.";
        /// The body is not a notification of the gateway.
        InvalidNotification = "invalid_notification", BAD_REQUEST, "The body is not a notification.";
        /// 403, not 400: Midtrans then retries five times, so the operator has time to correct a wrong server key.
        InvalidSignature = "invalid_signature", FORBIDDEN, "The signature does not match.";
        /// Too many notifications of one order wait for confirmation.
        TooManyNotifications = "too_many_notifications", SERVICE_UNAVAILABLE, "Too many notifications of this order wait for confirmation by the gateway.";
        /// The gateway answered 401. We send 500, because pages retry 502 to 504, and a retry does not help.
        GatewayUnauthorized = "gateway_unauthorized", INTERNAL_SERVER_ERROR, "The shop cannot take payments right now.";
        /// The gateway answered another 4xx: our request was wrong. 500 for the same reason.
        GatewayRejected = "gateway_rejected", INTERNAL_SERVER_ERROR, "The payment gateway did not accept this order.";
        /// The gateway's response could not be understood or trusted.
        GatewayInvalidResponse = "gateway_invalid_response", BAD_GATEWAY, "The payment gateway sent an invalid response.";
        /// The gateway answered 5xx, timed out or could not be reached.
        GatewayUnavailable = "gateway_unavailable", SERVICE_UNAVAILABLE, "The payment gateway does not respond right now.";
        /// The client is above its rate limit for orders.
        TooManyOrders = "too_many_orders", TOO_MANY_REQUESTS, "Too many orders from this address; try again in a moment.";
        /// A page of another origin sent the request.
        ForeignOrigin = "foreign_origin", FORBIDDEN, "Only the shop's own pages may send this request.";
        /// The process is at its limit of requests or event streams.
        Busy = "busy", SERVICE_UNAVAILABLE, "The shop is busy; try again in a moment.";
        /// The database cannot be read or written.
        StoreUnavailable = "store_unavailable", SERVICE_UNAVAILABLE, "The shop cannot read or write orders right now.";
        /// The process is shutting down.
        ShuttingDown = "shutting_down", SERVICE_UNAVAILABLE, "This process is shutting down.";
        /// The storefront is not built.
        PageMissing = "page_missing", SERVICE_UNAVAILABLE, "The shop's page is not built yet.";
        /// There is no such path.
        NotFound = "not_found", NOT_FOUND, "There is nothing at this address.";
        /// The path does not support the method.
        MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address does not support this method.";
        /// The content type is neither JSON nor, at `/checkout`, a form.
        UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "This content type is not supported here.";
        /// The body is above its limit.
        BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large.";
        /// The body ended early.
        BodyUnreadable = "body_unreadable", BAD_REQUEST, "The body could not be read.";
        /// The client sent too slowly.
        RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long.";
        /// A bug.
        Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side.";
    }
    cli {
        /// The operator did not confirm the command.
        NotConfirmed = "not_confirmed", "The command was not confirmed.";
        /// A variable is missing or wrong.
        InvalidConfiguration = "invalid_configuration", "The configuration is not valid.";
        /// The database file does not exist.
        DatabaseMissing = "database_missing", "There is no database file.";
        /// The gateway knows no transaction of this payment attempt, or the order has no such attempt.
        PaymentNotFound = "payment_not_found", "There is no such payment.";
        /// The gateway no longer allows the change (its code 412).
        NotModifiable = "not_modifiable", "The payment can no longer be changed this way.";
        /// The customer is paying, so the payment page cannot be closed.
        PaymentInProgress = "payment_in_progress", "A payment is in progress.";
        /// No payment attempt of the order was paid.
        NothingPaid = "nothing_paid", "Nothing was paid, so nothing can be refunded.";
        /// All money was refunded.
        NothingLeft = "nothing_left", "Nothing is left to refund.";
        /// More than one payment attempt was paid, and the command names none.
        AmbiguousPayment = "ambiguous_payment", "More than one payment attempt was paid.";
        /// The amount is above the rest, or above the shop's balance at Midtrans (its code 414).
        RefundTooLarge = "refund_too_large", "The refund is too large.";
        /// Another refund uses the key.
        RefundKeyUsed = "refund_key_used", "Another refund uses this key.";
        /// The same refund is done.
        RefundRepeated = "refund_repeated", "This refund is already done.";
        /// The outcome of an earlier refund is unknown.
        RefundPending = "refund_pending", "The outcome of an earlier refund is unknown.";
        /// There is no such outbox event.
        EventNotFound = "event_not_found", "There is no such event.";
        /// The event was delivered.
        EventDelivered = "event_delivered", "The event is already delivered.";
    }
}

/// An error of the HTTP API: its code for the client, its cause for the log.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The code.
    pub code: ErrorCode,
    /// The field of the request that is wrong, such as `items[0].quantity`.
    pub field: Option<String>,
    /// The order, for the log.
    pub order_id: Option<String>,
    /// The cause, for the log. It contains no customer data and no secret.
    pub cause: Option<Arc<dyn Error + Send + Sync>>,
    /// Seconds until a retry makes sense, where the code alone does not say it.
    retry_after: Option<u32>,
}

impl ApiError {
    /// Adds the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into().into());
        self
    }

    /// Adds the field that is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds the seconds until a retry makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds the order.
    #[must_use]
    pub fn with_order_id(mut self, order_id: &str) -> Self {
        self.order_id = Some(order_id.to_owned());
        self
    }

    /// Seconds until a retry makes sense, for `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self.code {
            _ if self.retry_after.is_some() => self.retry_after,
            ErrorCode::InProgress => Some(1),
            ErrorCode::Busy
            | ErrorCode::GatewayUnavailable
            | ErrorCode::StoreUnavailable
            | ErrorCode::TooManyNotifications => Some(5),
            _ => None,
        }
    }

    /// The cause and its sources on one line, for the log.
    #[must_use]
    pub fn cause_chain(&self) -> Option<String> {
        self.cause.as_deref().map(|cause| chain(cause))
    }
}

/// An error and its sources, separated by colons. A source whose text the error contains already is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self { code, field: None, order_id: None, cause: None, retry_after: None }
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
            MidtransError::Unauthorized => ErrorCode::GatewayUnauthorized,
            MidtransError::Rejected { customer: true, .. } => ErrorCode::InvalidCustomer,
            MidtransError::Rejected { .. } | MidtransError::OrderIdTaken => ErrorCode::GatewayRejected,
            MidtransError::InvalidResponse(_) => ErrorCode::GatewayInvalidResponse,
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
        let all = || ErrorCode::API.iter().chain(ErrorCode::CLI_ONLY);
        let texts: std::collections::HashSet<_> = all().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), all().count());
        for code in all() {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(code.message().ends_with('.'), "{code:?}");
        }
    }

    #[test]
    fn errors_md_documents_each_code_with_its_status() {
        let page = include_str!("../../../docs/errors.md");
        let row = |code: &ErrorCode| {
            let anchor = format!("<a id=\"{0}\"></a>`{0}`", code.as_str());
            page.lines().find(|line| line.contains(&anchor)).unwrap_or_else(|| panic!("no row for {code:?}"))
        };
        for code in ErrorCode::API {
            let http = row(code).split('|').nth(2).unwrap().trim();
            assert!(http.starts_with(code.status().as_str()), "{code:?}: {http}");
            // The rate limit computes its own delay.
            let retry_after = *code == ErrorCode::TooManyOrders || ApiError::from(*code).retry_after().is_some();
            assert_eq!(http.contains("Retry-After"), retry_after, "{code:?}: {http}");
        }
        let (_, commands) = page.split_once("## From commands").unwrap();
        for code in ErrorCode::CLI_ONLY {
            assert!(commands.contains(row(code)), "{code:?}");
        }
    }

    #[test]
    fn the_log_names_each_cause_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        let error = ApiError::from(ErrorCode::Internal).caused_by(Outer(std::io::Error::other("inner")));
        assert_eq!(error.cause_chain().as_deref(), Some("outer: inner"));
        let error = ApiError::from(ErrorCode::Internal).caused_by("a text");
        assert_eq!(error.cause_chain().as_deref(), Some("a text"));
    }
}
