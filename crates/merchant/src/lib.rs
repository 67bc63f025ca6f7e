//! The merchant's backend: it prices orders, keeps the server key, handles Midtrans's notifications and serves the page.
//!
//! Start with [`http::routes`] for the HTTP interface, [`checkout_service`] for an order's token, and [`webhooks`] and
//! [`reconciliation`] for its payment. [`cli`] is the operator's command-line tool.

pub mod catalog;
pub mod checkout_service;
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod http;
pub mod id;
pub mod metrics;
pub mod midtrans;
pub mod order_limits;
pub mod pricing;
pub mod process_limits;
pub mod rate_limit;
pub mod reconciliation;
pub mod rupiah;
pub mod secret;
pub mod server;
pub mod store;
#[doc(hidden)]
pub mod test_support;
mod token_acquirer;
pub mod token_request;
pub mod webhooks;
