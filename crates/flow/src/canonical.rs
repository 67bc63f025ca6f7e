//! One flow for all that differ in nothing but their numbers: for walks through every state. Nothing that is
//! shipped asks for it.

use crate::phase::{Attempt, Phase, Polling, Preparing};
use crate::{Flow, Stream};

#[doc(hidden)]
impl Flow {
    /// The attempt that the phase of a renumbered flow waits for.
    pub const NOW: Attempt = Attempt(1);
    /// The attempt of a renumbered flow's stream.
    pub const STREAM: Attempt = Attempt(2);

    /// Numbers only ever grow; what matters is whether an answer is for the attempt that the phase waits for, and
    /// what the count of questions is near to.
    #[must_use]
    pub fn renumbered(mut self) -> Self {
        self.last = Self::STREAM;
        self.key.0 = self.key.0.min(6);
        match &mut self.stream {
            Stream::Closed => {}
            Stream::Silent(attempt) | Stream::Live(attempt) => *attempt = Self::STREAM,
        }
        match &mut self.phase {
            Phase::Preparing(Preparing { attempt, .. })
            | Phase::Opening { attempt, .. }
            | Phase::Open { attempt, .. } => *attempt = Self::NOW,
            Phase::Confirming { polling: Polling::Running { attempt, asked }, .. }
            | Phase::Pending { polling: Polling::Running { attempt, asked }, .. } => {
                *attempt = Self::NOW;
                // The next question is like this one while "denied" is believed, until the pauses grow, until the
                // last.
                *asked = match *asked {
                    5..=29 => 29,
                    31..=113 => 113,
                    asked => asked,
                };
            }
            _ => {}
        }
        self
    }
}
