//! Every JSON shape that travels between the browser, the merchant and Midtrans, once.
//!
//! * [`merchant`]: browser ⇄ merchant backend.
//! * [`midtrans`]: merchant backend ⇄ gateway, and what `snap.js` hands to its callbacks.
//! * [`money`]: rupiah, and amounts that arrive as text.
//!
//! Shapes and their rules only: nothing here sends, stores, hashes or decides what an order becomes.
#![warn(missing_docs)]

mod loose;
mod open_enum;

pub mod merchant;
pub mod midtrans;
pub mod money;

pub use loose::{Fields, Loose, Members, Missing, Read};
pub use money::{AmountText, Rupiah, digits};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
