//! The state machine: its phase, and the numbers that it assigns.

use crate::effect::{Effect, KeyNumber};
use crate::event::Event;
use crate::phase::{Phase, RequestId};

/// One checkout.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckoutMachine {
    pub(crate) phase: Phase,
    /// The last assigned request id.
    pub(crate) last: RequestId,
    pub(crate) key: KeyNumber,
    pub(crate) stream: Stream,
    /// The newest version of the order so far.
    pub(crate) version: Option<i64>,
    /// Whether the page is hidden.
    pub(crate) hidden: bool,
}

/// The event stream. Until it delivers something, the page polls as if there were none: a proxy may hold back its
/// messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stream {
    #[default]
    Closed,
    Silent(RequestId),
    Live(RequestId),
}

impl CheckoutMachine {
    /// A checkout in the phase `Idle`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The phase.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Applies an event and returns the effects to perform. An event that does not fit the phase changes nothing.
    #[must_use = "the customer waits for the effects"]
    pub fn apply(&mut self, event: Event) -> Vec<Effect> {
        let phase = std::mem::take(&mut self.phase);
        let event = self.normalize_event(&phase, event);
        let (phase, mut effects) = self.transition(phase, event);
        self.phase = phase;
        self.sync_stream(&mut effects);
        effects
    }

    pub(crate) fn next_request_id(&mut self) -> RequestId {
        self.last = RequestId(self.last.0.wrapping_add(1));
        self.last
    }
}
