//! The event stream. A streamed order is treated like a status response.

use crate::effect::Effect;
use crate::event::Event;
use crate::machine::{CheckoutMachine, Stream};
use crate::phase::{Phase, RequestId};

impl CheckoutMachine {
    /// Turns a streamed order into the result of the running status request, and an outdated order into a failed one.
    pub(crate) fn normalize_event(&mut self, phase: &Phase, event: Event) -> Event {
        match event {
            Event::PageHidden => self.hidden = true,
            // A customer who presses sees the page.
            Event::PageShown | Event::CheckPressed => self.hidden = false,
            _ => {}
        }
        let Some(running) = phase.polling_request() else { return event };
        let event = match event {
            Event::StatusStreamed { request_id, order } if self.stream.is(request_id) => {
                self.stream = Stream::Live(request_id);
                Event::StatusReceived { request_id: running, order }
            }
            Event::StreamLost { request_id } if self.stream == Stream::Live(request_id) => {
                self.stream = Stream::Silent(request_id);
                Event::StatusFailed { request_id: running, retry_after: 0 }
            }
            event => event,
        };
        match event {
            Event::StatusReceived { request_id, order } if request_id == running => {
                if order.version.is_some() && order.version < self.version {
                    return Event::StatusFailed { request_id, retry_after: 0 };
                }
                self.version = order.version.or(self.version);
                Event::StatusReceived { request_id, order }
            }
            event => event,
        }
    }

    /// Opens or closes the stream, as the phase requires.
    pub(crate) fn sync_stream(&mut self, effects: &mut Vec<Effect>) {
        if self.phase.checkout().is_none() {
            // Versions belong to one order.
            self.version = None;
        }
        match (self.phase.events_url(), self.stream) {
            (Some(url), Stream::Closed) => {
                let url = url.to_owned();
                let request_id = self.next_request_id();
                self.stream = Stream::Silent(request_id);
                effects.push(Effect::OpenStream { request_id, url });
            }
            (None, Stream::Silent(_) | Stream::Live(_)) => {
                self.stream = Stream::Closed;
                effects.push(Effect::CloseStream);
            }
            _ => {}
        }
    }
}

impl Stream {
    fn is(self, request_id: RequestId) -> bool {
        matches!(self, Self::Silent(mine) | Self::Live(mine) if mine == request_id)
    }
}
