//! An order and its payment attempts, as the rules see them and as the store keeps them.

use wire::Rupiah;
use wire::merchant::{Customer, OrderItem, OrderStatus, PaymentInstruction};
use wire::midtrans::TokenResponse;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

/// An order with everything that the backend keeps of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRecord {
    /// The shop's id.
    pub order_id: String,
    /// The status.
    pub status: OrderStatus,
    /// The price.
    pub gross_amount: Rupiah,
    /// The priced lines.
    pub items: Vec<OrderItem>,
    /// The customer. The backend sends it to the gateway only.
    pub customer: Customer,
    /// The payment instruction, once the customer chose a method.
    pub payment: Option<PaymentInstruction>,
    /// The payment attempt that paid, once one did.
    pub payer: Option<Payer>,
    /// The sum of all refunds.
    pub refunded_amount: Rupiah,
    /// The number of the newest history entry.
    pub version: i64,
    /// When the customer ordered.
    pub created_at: Millis,
}

/// The payment that paid an order. Only this payment can be refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// The payment attempt: the `order_id` at the gateway.
    pub attempt_id: String,
    /// The `transaction_id` at the gateway, if it is known.
    pub transaction_id: Option<String>,
}

/// One `order_id` at the gateway for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// The `order_id` at the gateway.
    pub attempt_id: String,
    /// 1 for the first attempt of an order.
    pub seq: i64,
    /// The token response, once there is one.
    pub token: Option<TokenResponse>,
    /// When the gateway created the token.
    pub token_at: Option<Millis>,
    /// The `transaction_id` at the gateway, once the customer chose a method.
    pub transaction_id: Option<String>,
    /// The end of the lease on requesting a token. The holder of the lease knows this value.
    pub token_lease_until: Millis,
}

impl PaymentAttempt {
    /// A new attempt without a token, whose creator holds the lease.
    #[must_use]
    pub fn leased(attempt_id: String, seq: i64, token_lease_until: Millis) -> Self {
        Self { attempt_id, seq, token: None, token_at: None, transaction_id: None, token_lease_until }
    }
}

/// The attempt and transaction that an order update comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRef {
    /// The `order_id` at the gateway.
    pub attempt_id: String,
    /// The `transaction_id` at the gateway, if the report has one.
    pub transaction_id: Option<String>,
}
