//! Two tabs of one customer, the shop and the gateway as one machine, walked through to the end.
//!
//! The tabs are the real [`flow`], around it what `component.rs` does: the storage that tabs share, reloads, the
//! keys of token requests. The shop's rules are the real `settle` and `news`; how it comes to a token is modelled
//! after `orders.rs`, one step a message. The gateway knows payment pages, each with one try at a time.
//! Every message may be late, lost or answered twice; the popup may call back whatever it likes, whenever.
//!
//! Deliberately not modelled: several carts, forbidden storage, the stream of changes (the walk in
//! `crates/flow` has it), more than one request at a time that comes to the shop after its page gave it up.

mod rules;
mod shop;
mod steps;
mod tab;
mod walk;
mod world;

pub use walk::{Walked, walk};
pub use world::Limits;
