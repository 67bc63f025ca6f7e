//! The life of one checkout as a pure machine: [`Flow::apply`] takes an [`Event`], moves the [`Phase`] and
//! answers with the [`Effect`]s that somebody else performs.
//!
//! It performs nothing, reads no clock, has no randomness, cannot fail and never panics. What does not fit
//! the phase is ignored. Every answer carries the [`Attempt`] that asked, and a stale one changes nothing.
//! A callback of `snap.js` is a hint; [`Outcome::Paid`] comes only from the merchant's word.
//!
//! One `Flow` is one order. A new order is a new `Flow`.
//!
//! ```
//! use flow::{Effect, Event, Flow, Frame, Mode, Phase};
//!
//! let mut flow = Flow::new();
//! let effects = flow.apply(Event::PayPressed { mode: Mode::Here(Frame::Popup) });
//! assert!(matches!(flow.phase(), Phase::Preparing(_)));
//! assert!(matches!(effects[..], [Effect::LoadScript { .. }, Effect::RequestToken { .. }, Effect::StartTimer { .. }]));
//! ```
#![warn(missing_docs)]

mod canonical;
mod effect;
mod event;
mod failure;
mod instruction;
#[cfg(test)]
mod mode_tests;
mod phase;
mod step;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod waiting_tests;
#[cfg(test)]
mod walk;

pub use effect::{Effect, KeyNumber};
pub use event::Event;
pub use failure::{Failure, PopupFault, ScriptFault, TokenFault};
pub use instruction::instruction;
pub use phase::{Attempt, Frame, Hint, Mode, Outcome, Pace, Part, Phase, Polling, Preparing, Wanted, Way};

/// One checkout: where it stands, and the numbers it gives out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    phase: Phase,
    last: Attempt,
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
    Silent(Attempt),
    Live(Attempt),
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
        let event = self.weighed(&phase, event);
        let (phase, mut effects) = self.step(phase, event);
        self.phase = phase;
        self.listen(&mut effects);
        effects
    }

    fn next_attempt(&mut self) -> Attempt {
        self.last = Attempt(self.last.0.wrapping_add(1));
        self.last
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
