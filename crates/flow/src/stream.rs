//! The stream of changes, and what it has in common with the answers to questions: both are the merchant's word.

use crate::effect::Effect;
use crate::event::Event;
use crate::phase::{Attempt, Phase};
use crate::{Flow, Stream};

impl Flow {
    /// A message of the stream is an answer to the question that is under way; what is older than what is known
    /// is none.
    pub(crate) fn weighed(&mut self, phase: &Phase, event: Event) -> Event {
        match event {
            Event::PageHidden => self.hidden = true,
            // Who presses sees the page.
            Event::PageShown | Event::CheckPressed => self.hidden = false,
            _ => {}
        }
        let Some(asking) = phase.asking() else { return event };
        let event = match event {
            Event::StatusStreamed { attempt, order } if self.stream.is(attempt) => {
                self.stream = Stream::Live(attempt);
                Event::StatusReceived { attempt: asking, order }
            }
            Event::StreamLost { attempt } if self.stream == Stream::Live(attempt) => {
                self.stream = Stream::Silent(attempt);
                Event::StatusFailed { attempt: asking, retry_after: 0 }
            }
            event => event,
        };
        match event {
            Event::StatusReceived { attempt, order } if attempt == asking => {
                if order.version.is_some() && order.version < self.version {
                    return Event::StatusFailed { attempt, retry_after: 0 };
                }
                self.version = order.version.or(self.version);
                Event::StatusReceived { attempt, order }
            }
            event => event,
        }
    }

    /// Opens and closes the stream as the phase wants it.
    pub(crate) fn listen(&mut self, effects: &mut Vec<Effect>) {
        if self.phase.checkout().is_none() {
            // The next order counts its own versions.
            self.version = None;
        }
        match (self.phase.events_url(), self.stream) {
            (Some(url), Stream::Closed) => {
                let url = url.to_owned();
                let attempt = self.next_attempt();
                self.stream = Stream::Silent(attempt);
                effects.push(Effect::Listen { attempt, url });
            }
            (None, Stream::Silent(_) | Stream::Live(_)) => {
                self.stream = Stream::Closed;
                effects.push(Effect::StopListening);
            }
            _ => {}
        }
    }
}

impl Stream {
    fn is(self, attempt: Attempt) -> bool {
        matches!(self, Self::Silent(mine) | Self::Live(mine) if mine == attempt)
    }
}
