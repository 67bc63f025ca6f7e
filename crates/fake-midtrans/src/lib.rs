//! A local stand-in of the Midtrans Snap gateway, for anyone who integrates Snap.
//!
//! [`FakeMidtrans::spawn`] runs one in the background of a test; the binary `fake-midtrans` runs one by itself.
//! Everything is kept in memory and forgotten when it stops. No real money, no network but loopback.
//!
//! Where to start: `http/mod.rs` (routes), `state.rs` (what is remembered and how it changes), `charge.rs` (what a
//! customer does), `shape.rs` (every JSON that leaves), `outbox.rs` (notifications), `fault.rs` (what can go
//! wrong), `order_report.rs` (which tokens are payable, what money moved).

#![warn(missing_docs)]

pub mod app;
pub mod card;
pub mod charge;
pub mod charge_error;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod event;
pub mod fault;
pub mod fee;
pub mod idempotency;
pub mod ledger;
pub mod method;
pub mod money;
pub mod order_report;
pub mod outbox;
pub mod ovo;
pub mod qris;
pub mod request;
pub mod request_log;
pub mod review;
pub mod send;
pub mod session;
pub mod shape;
pub mod signature;
pub mod state;
pub mod status;
pub mod transaction;

mod handle;
mod http;
mod server;

pub use config::{Config, ConfigError};
pub use http::router;
pub use server::{FakeMidtrans, SpawnError};
