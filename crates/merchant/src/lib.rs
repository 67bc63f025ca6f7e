//! The merchant's backend: it prices orders, keeps the server key, handles Midtrans's notifications and serves the page.
//!
//! Start with [`http::routes`] for the HTTP interface, [`checkout_service`] for an order's token, and [`webhooks`] and
//! [`reconciliation`] for its payment. [`cli`] is the operator's command-line tool.

pub mod catalog;
pub mod checkout_service;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confirm;
mod detached;
pub mod error;
pub mod http;
pub mod id;
pub mod instruction;
pub mod metrics;
pub mod midtrans;
mod news;
pub mod process_limits;
pub mod rate_limit;
pub mod reconciliation;
pub mod request;
pub mod rupiah;
pub mod schedule;
pub mod secret;
pub mod server;
pub mod settle;
pub mod store;
#[doc(hidden)]
pub mod test_support;
pub mod webhooks;
