//! The stream of changes, and what it has in common with the answers to questions: both are the merchant's word.

use crate::effect::Effect;
use crate::event::Event;
use crate::phase::{Phase, RequestId};
use crate::{CheckoutMachine, Stream};

impl CheckoutMachine {
    /// A message of the stream is an answer to the question that is under way; what is older than what is known
    /// is none.
    pub(crate) fn normalize_event(&mut self, phase: &Phase, event: Event) -> Event {
        match event {
            Event::PageHidden => self.hidden = true,
            // Who presses sees the page.
            Event::PageShown | Event::CheckPressed => self.hidden = false,
            _ => {}
        }
        let Some(asking) = phase.asking() else { return event };
        let event = match event {
            Event::StatusStreamed { request_id, order } if self.stream.is(request_id) => {
                self.stream = Stream::Live(request_id);
                Event::StatusReceived { request_id: asking, order }
            }
            Event::StreamLost { request_id } if self.stream == Stream::Live(request_id) => {
                self.stream = Stream::Silent(request_id);
                Event::StatusFailed { request_id: asking, retry_after: 0 }
            }
            event => event,
        };
        match event {
            Event::StatusReceived { request_id, order } if request_id == asking => {
                if order.version.is_some() && order.version < self.version {
                    return Event::StatusFailed { request_id, retry_after: 0 };
                }
                self.version = order.version.or(self.version);
                Event::StatusReceived { request_id, order }
            }
            event => event,
        }
    }

    /// Opens and closes the stream as the phase wants it.
    pub(crate) fn sync_stream(&mut self, effects: &mut Vec<Effect>) {
        if self.phase.checkout().is_none() {
            // The next order counts its own versions.
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
