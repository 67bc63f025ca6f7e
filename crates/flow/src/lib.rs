//! The life of one checkout as a pure machine: [`CheckoutMachine::apply`] takes an [`Event`], moves the [`Phase`] and
//! returns the [`Effect`]s that the caller performs.
//!
//! It performs nothing, reads no clock, has no randomness, cannot fail and never panics. What does not fit
//! the phase is ignored. Every answer carries the [`RequestId`] that asked, and a stale one changes nothing.
//! A callback of `snap.js` is a reason; [`Outcome::Paid`] comes only from the merchant's word.
//!
//! One `CheckoutMachine` is one order. A new order is a new `CheckoutMachine`.
//!
//! ```
//! use flow::{Effect, Event, CheckoutMachine, Frame, Mode, Phase};
//!
//! let mut flow = CheckoutMachine::new();
//! let effects = flow.apply(Event::PayPressed { mode: Mode::OnPage(Frame::Popup) });
//! assert!(matches!(flow.phase(), Phase::Preparing(_)));
//! assert!(matches!(effects[..], [Effect::LoadScript { .. }, Effect::RequestToken { .. }, Effect::StartTimer { .. }]));
//! ```
#![warn(missing_docs)]

mod effect;
mod event;
#[cfg(test)]
mod exhaustive_tests;
mod failure;
mod live_updates;
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
pub use order_identity::OrderIdentity;
pub use payment_instruction::payment_instruction;
pub use phase::{
    CheckoutAction, ConfirmReason, Frame, Mode, Outcome, Phase, Polling, Preparing, Progress, RequestId, ScriptState,
    Trigger,
};

/// One checkout: where it stands, and the numbers it gives out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckoutMachine {
    phase: Phase,
    last: RequestId,
    key: KeyNumber,
    stream: Stream,
    /// The newest version of the order that was heard.
    version: Option<i64>,
    /// Whether nobody sees the page.
    hidden: bool,
}

/// The one stream of changes. While it is silent the merchant is asked as if there were none: a proxy may hold
/// back what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stream {
    #[default]
    Closed,
    Silent(RequestId),
    Live(RequestId),
}

impl CheckoutMachine {
    /// A checkout that nobody touched yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Takes what happened and says what to do. Total: an event that does not fit changes nothing.
    #[must_use = "effects that nobody performs leave the customer waiting"]
    pub fn apply(&mut self, event: Event) -> Vec<Effect> {
        let phase = std::mem::take(&mut self.phase);
        let event = self.normalize_event(&phase, event);
        let (phase, mut effects) = self.step(phase, event);
        self.phase = phase;
        self.sync_stream(&mut effects);
        effects
    }

    fn next_request_id(&mut self) -> RequestId {
        self.last = RequestId(self.last.0.wrapping_add(1));
        self.last
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
