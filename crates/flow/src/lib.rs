//! The life of one checkout as a pure machine: [`Flow::apply`] takes an [`Event`], moves the [`Phase`] and
//! answers with the [`Effect`]s that somebody else performs.
//!
//! It performs nothing, reads no clock, has no randomness, cannot fail and never panics. What does not fit
//! the phase is ignored. Every answer carries the [`Attempt`] that asked, and a stale one changes nothing.
//! A callback of `snap.js` is a hint; [`Outcome::Paid`] comes only from the merchant's word.
//!
//! One `Flow` is one order. A new order is a new `Flow`.
#![warn(missing_docs)]

mod effect;
mod event;
mod failure;
mod instruction;
mod phase;
mod step;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use effect::{Effect, KeyNumber};
pub use event::Event;
pub use failure::{Failure, PopupFault, ScriptFault, TokenFault};
pub use instruction::instruction;
pub use phase::{Attempt, Hint, Outcome, Pace, Part, Phase, Polling, Preparing, Wanted, Way};

/// One checkout: where it stands, and the numbers it gives out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    phase: Phase,
    last: Attempt,
    key: KeyNumber,
}

impl Flow {
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
        let (phase, effects) = self.step(phase, event);
        self.phase = phase;
        effects
    }

    fn next_attempt(&mut self) -> Attempt {
        self.last = Attempt(self.last.0.wrapping_add(1));
        self.last
    }
}
