//! The next poll of an order, by the rules of `orders::poll_schedule`.

use std::time::Duration;

use orders::confirmation::elapsed;
use orders::poll_schedule::{PollInput, next_delay, with_jitter};
use orders::{OrderRecord, PaymentAttempt};

use crate::clock::Millis;
use crate::id::jitter;
use crate::store::{NextPoll, OrderTx};

/// The input of the poll schedule for an order without pending notifications.
pub(super) fn poll_input<'a>(tx: &'a OrderTx<'_>, poll_count: i64, now: Millis) -> PollInput<'a> {
    let token_age = elapsed(token_created_at(Some(tx.newest()), tx.order()), now);
    PollInput { status: &tx.order().status, waiting: false, poll_count, token_age }
}

pub(super) fn next_poll(input: PollInput<'_>, now: Millis) -> NextPoll {
    let poll_count = input.poll_count;
    let next_poll_at = next_delay(input).map(|delay| now + millis(with_jitter(delay, jitter())));
    NextPoll { next_poll_at, poll_count }
}

pub(super) fn token_created_at(newest: Option<&PaymentAttempt>, order: &OrderRecord) -> Millis {
    newest.and_then(|attempt| attempt.token_at).unwrap_or(order.created_at)
}

pub(super) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2)
}
