//! A normal form of the machine for tests that explore all states. Shipped code does not use it.

use crate::machine::{CheckoutMachine, Stream};
use crate::phase::{Phase, Polling, Preparing, RequestId};

#[doc(hidden)]
impl CheckoutMachine {
    /// The request id that the phase of a normalized machine awaits.
    pub const NOW: RequestId = RequestId(1);
    /// The request id of a normalized machine's stream.
    pub const STREAM: RequestId = RequestId(2);

    /// Replaces the numbers, which only grow, by fixed ones. The poll count keeps only the values that change a delay.
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
            Phase::Confirming { polling: Polling::Running { request_id, poll_count }, .. }
            | Phase::Pending { polling: Polling::Running { request_id, poll_count }, .. } => {
                *request_id = Self::NOW;
                // Other counts behave like one of these.
                *poll_count = match *poll_count {
                    5..=29 => 29,
                    31..=113 => 113,
                    count => count,
                };
            }
            _ => {}
        }
        self
    }
}
