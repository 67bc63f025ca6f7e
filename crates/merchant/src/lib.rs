//! The shop's backend: prices orders, holds the server key, listens to Midtrans, serves the page.
//!
//! Start with [`router`] for what can be asked, [`orders`] for how an order comes to a token,
//! [`notifications`], [`reconcile`] and [`settle`] for how it comes to be paid.

pub mod catalog;
pub mod clock;
pub mod config;
pub mod confirm;
pub mod deliver;
pub mod desk;
mod detached;
pub mod error;
pub mod gateway;
mod http;
pub mod id;
pub mod instruction;
pub mod limit;
pub mod metrics;
mod news;
pub mod notifications;
pub mod orders;
#[doc(hidden)]
pub mod probe;
pub mod process;
pub mod reconcile;
pub mod request;
pub mod router;
pub mod schedule;
pub mod secret;
pub mod server;
pub mod settle;
pub mod signature;
pub mod store;
