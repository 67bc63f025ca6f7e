//! One flow for all that differ in nothing but their numbers: for walks through every state. Nothing that is
//! shipped asks for it.

use crate::phase::{Phase, Polling, Preparing, RequestId};
use crate::{CheckoutMachine, Stream};

#[doc(hidden)]
impl CheckoutMachine {
    /// The request_id that the phase of a normalized flow waits for.
    pub const NOW: RequestId = RequestId(1);
    /// The request id of a normalized flow's stream.
    pub const STREAM: RequestId = RequestId(2);

    /// Numbers only ever grow; what matters is whether an answer is for the request id that the phase waits for, and
    /// what the count of questions is near to.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        self.last = Self::STREAM;
        self.key.0 = self.key.0.min(6);
        match &mut self.stream {
            Stream::Closed => {}
            Stream::Silent(request_id) | Stream::Live(request_id) => *request_id = Self::STREAM,
        }
        match &mut self.phase {
            Phase::Preparing(Preparing { request_id, .. })
            | Phase::Opening { request_id, .. }
            | Phase::Open { request_id, .. } => *request_id = Self::NOW,
            Phase::Confirming { polling: Polling::Running { request_id, asked }, .. }
            | Phase::Pending { polling: Polling::Running { request_id, asked }, .. } => {
                *request_id = Self::NOW;
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
