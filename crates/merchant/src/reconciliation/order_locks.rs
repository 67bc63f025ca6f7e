//! News of one order is taken in one after the other, in this process: whoever comes second finds written down
//! what the first one heard, instead of asking too.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// The queues, one an order of which news is being taken in.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<std::sync::Mutex<HashMap<String, Arc<Mutex<()>>>>>);

/// One's turn; the next one's when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    order_id: String,
    held: Option<OwnedMutexGuard<()>>,
}

/// How many stand in one queue. Midtrans sends one thing after the other; more is somebody who repeats old words, and
/// one question under the order's lease answers them all.
const MANY: usize = 4;

impl Turns {
    /// Nothing where too many wait already.
    pub(super) async fn take(&self, order_id: &str) -> Option<Turn> {
        let queue = {
            let mut queues = self.queues();
            let queue = queues.entry(order_id.to_owned()).or_default();
            // The map has one of them.
            if Arc::strong_count(queue) > MANY {
                return None;
            }
            queue.clone()
        };
        // Before the waiting, so that whoever stops waiting leaves nothing behind.
        let mut turn = Turn { turns: self.clone(), order_id: order_id.to_owned(), held: None };
        turn.held = Some(queue.lock_owned().await);
        Some(turn)
    }

    /// Whether news of this order is being taken in.
    pub(super) fn are_taken(&self, order_id: &str) -> bool {
        self.queues().contains_key(order_id)
    }

    fn queues(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Mutex<()>>>> {
        // Nothing that holds the lock can leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        // Under the lock: two that leave at once would each see the other one there.
        self.held = None;
        if queues.get(&self.order_id).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.order_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn one_after_the_other_and_nothing_stays() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        let other = turns.take("b").await;
        let mut second = Box::pin(turns.take("a"));
        let mut third = Box::pin(turns.take("a"));
        let mut fourth = Box::pin(turns.take("a"));
        for waiting in [&mut second, &mut third, &mut fourth] {
            assert!(waiting.now_or_never().is_none());
        }
        assert!(matches!(turns.take("a").now_or_never(), Some(None)), "too many wait, and nobody waits to be told");
        drop((other, fourth));
        assert!(turns.are_taken("a") && !turns.are_taken("b"));
        drop(third);
        drop(first);
        let second = second.await;
        assert!(turns.are_taken("a"));
        drop(second);
        assert_eq!(turns.queues().len(), 0);
    }
}
