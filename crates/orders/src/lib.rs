//! The rules of the merchant backend for an order, its payments and its refunds.
//!
//! All of it is pure: no I/O, no clock, no randomness, no panics. The store, the HTTP API, the CLI and the model
//! checker call these functions; none of them repeats a rule. Facts about a single status are in
//! [`OrderStatus`](wire::merchant::OrderStatus).
#![warn(missing_docs)]

pub mod amount_policy;
pub mod confirmation;
pub mod order;
pub mod order_update;
pub mod payment_instruction;
pub mod poll_schedule;
pub mod refund_idempotency;
pub mod review_resolution;
pub mod token_acquisition;
pub mod transitions;

pub use order::{AttemptRef, Millis, OrderRecord, Payer, PaymentAttempt};
pub use order_update::{NotificationOutcome, OrderUpdate, UpdateOutcome};
