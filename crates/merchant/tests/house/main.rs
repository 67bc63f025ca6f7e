//! The merchant as a whole: real SQLite file, real HTTP on loopback, a gateway that is local.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod bad_input;
mod gateway;
mod house;
mod idempotency;
mod notifications;
mod once;
mod page;
mod secrets;
mod server;
mod stub;
