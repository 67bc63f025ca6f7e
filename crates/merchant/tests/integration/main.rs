//! The merchant as a whole: real SQLite file, real HTTP on loopback, a gateway that is local.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod after;
mod at_once;
mod bad_input;
mod deliver;
mod events;
mod gateway;
mod house;
mod idempotency;
mod late;
mod notifications;
mod once;
mod openapi;
mod page;
mod promises;
mod security;
mod server;
mod stub;
mod together;
