//! The state machine of one checkout. [`CheckoutMachine::apply`] takes an [`Event`], changes the [`Phase`] and returns the
//! [`Effect`]s that the caller performs.
//!
//! The machine performs no I/O, reads no clock, uses no randomness and never panics. It ignores an event that does not fit
//! the phase. Each result carries the [`RequestId`] of its effect; a stale one changes nothing. A callback of `snap.js` is
//! a hint: [`Outcome::Paid`] comes only from the backend.
//!
//! One `CheckoutMachine` is for one order. A new order needs a new `CheckoutMachine`.
//!
//! ```
//! use flow::{CheckoutMachine, Effect, Event, Frame, Phase, ResolvedMode};
//!
//! let mut machine = CheckoutMachine::new();
//! let effects = machine.apply(Event::PayPressed { mode: ResolvedMode::OnPage(Frame::Popup) });
//! assert!(matches!(machine.phase(), Phase::Preparing(_)));
//! assert!(matches!(effects[..], [Effect::LoadScript { .. }, Effect::RequestToken { .. }, Effect::StartTimer { .. }]));
//! ```
#![warn(missing_docs)]

mod effect;
mod event;
#[cfg(test)]
mod exhaustive_tests;
mod failure;
mod live_updates;
mod machine;
#[cfg(test)]
mod mode_tests;
mod normalize;
mod order_identity;
mod payment_instruction;
mod phase;
#[cfg(test)]
mod polling_tests;
pub mod saved_checkout;
#[cfg(test)]
mod tests;
mod transitions;

pub use effect::{Effect, KeyNumber};
pub use event::Event;
pub use failure::{Failure, PopupFault, ScriptFault, TokenFault};
pub use machine::CheckoutMachine;
pub use order_identity::OrderIdentity;
pub use payment_instruction::payment_instruction;
pub use phase::{
    CheckoutAction, ConfirmReason, Frame, Outcome, Phase, Polling, Preparing, Progress, RequestId, ResolvedMode,
    ScriptState, Trigger,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
