//! A local stand-in of the Midtrans Snap gateway, for anyone who integrates Snap.
//!
//! [`FakeMidtrans::spawn`] runs one in the background of a test; the binary `fake-midtrans` runs one by itself.
//! Everything is kept in memory and forgotten when it stops. No real money, no network but loopback.
//!
//! Where to start: `http/mod.rs` (routes), `state.rs` (what is remembered and how it changes), `charge.rs` (what a
//! customer does), `shape.rs` (every JSON that leaves), `delivery.rs` (notifications), `fault.rs` (what can go wrong).

#![warn(missing_docs)]

pub mod app;
pub mod card;
pub mod charge;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod fault;
pub mod idempotency;
pub mod method;
pub mod money;
pub mod request;
pub mod review;
pub mod send;
pub mod session;
pub mod shape;
pub mod signature;
pub mod state;
pub mod status;
pub mod transaction;

mod http;
mod server;

pub use config::{Config, ConfigError};
pub use http::router;
pub use server::{FakeMidtrans, SpawnError};
