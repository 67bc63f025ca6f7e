//! A model checker: it explores every state of two tabs of one customer, the backend and the gateway.
//!
//! A tab runs the real state machine of [`flow`]; its storage follows the real [`flow::saved_checkout`]. The backend
//! runs the real rules of [`orders`]: order updates, token plans and the token acquisition, one step per message. Only
//! the gateway and the network are models. Each message may be late, lost or answered twice. The popup may call back
//! at any time with any result.
//!
//! Not part of the model: several carts, a browser that forbids storage, the event stream (the exhaustive test of
//! `crates/flow` covers it), and more than one late token request at a time.

mod backend;
mod explore;
mod invariants;
mod machine_table;
pub mod small_model;
mod steps;
mod world;

pub use explore::{Exploration, explore};
pub use world::Limits;
