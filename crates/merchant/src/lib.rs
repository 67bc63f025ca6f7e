//! The shop's backend: prices orders, holds the server key, listens to Midtrans, serves the page.
//!
//! Start with [`router`] for what can be asked, [`orders`] for how an order comes to a token,
//! [`notifications`], [`reconcile`] and [`settle`] for how it comes to be paid.

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
pub mod schedule;
pub mod secret;
pub mod server;
pub mod settle;
pub mod store;
#[doc(hidden)]
pub mod test_support;
pub mod webhooks;
