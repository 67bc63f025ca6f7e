//! The JSON shapes between the page, the merchant backend and Midtrans. Each shape exists once.
//!
//! * [`merchant`]: page ⇄ merchant backend.
//! * [`midtrans`]: merchant backend ⇄ gateway, and the results of `snap.js` callbacks.
//! * [`money`]: rupiah, and amounts that arrive as text.
//!
//! The crate holds shapes and facts about one value. Rules about an order over time are in `orders` and `flow`.
#![warn(missing_docs)]

mod lenient;
mod open_enum;
mod order_status;

pub mod merchant;
pub mod midtrans;
pub mod money;

pub use lenient::{FromObject, LenientObject, LenientValue, MissingField, ObjectReader};
pub use money::{AmountText, Rupiah, digits};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
