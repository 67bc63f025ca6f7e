//! In-process locks for notifications, one for each order.
//!
//! Notifications of an order are processed one after the other, so that the second one finds the result of the first
//! instead of sending a status request of its own.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// The locks of all orders with a notification in progress.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderLocks(Arc<std::sync::Mutex<HashMap<String, Arc<Mutex<()>>>>>);

/// A held lock. Dropping it lets the next notification of the order continue.
#[derive(Debug)]
pub(super) struct OrderLockGuard {
    locks: OrderLocks,
    order_id: String,
    held: Option<OwnedMutexGuard<()>>,
}

/// The most notifications that hold or wait for one lock. Midtrans sends them one after the other. More of them are
/// repeats, and one poll with a lease handles them all.
const MAX_WAITERS: usize = 4;

impl OrderLocks {
    /// Waits for the lock of an order; none if too many notifications wait.
    pub(super) async fn lock(&self, order_id: &str) -> Option<OrderLockGuard> {
        let lock = {
            let mut locks = self.all();
            let lock = locks.entry(order_id.to_owned()).or_default();
            // The map holds one reference itself.
            if Arc::strong_count(lock) > MAX_WAITERS {
                return None;
            }
            lock.clone()
        };
        // Created before the wait, so that a cancelled wait leaves no entry behind.
        let mut guard = OrderLockGuard { locks: self.clone(), order_id: order_id.to_owned(), held: None };
        guard.held = Some(lock.lock_owned().await);
        Some(guard)
    }

    /// Whether a notification of this order is in progress.
    pub(super) fn is_locked(&self, order_id: &str) -> bool {
        self.all().contains_key(order_id)
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Mutex<()>>>> {
        // No holder of this mutex can leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OrderLockGuard {
    fn drop(&mut self) {
        let mut locks = self.locks.all();
        // Under the mutex: two guards that end at once would each see the other.
        self.held = None;
        if locks.get(&self.order_id).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.order_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn notifications_of_an_order_wait_in_line_up_to_a_limit() {
        let locks = OrderLocks::default();
        let first = locks.lock("a").await;
        let other = locks.lock("b").await;
        let mut second = Box::pin(locks.lock("a"));
        let mut third = Box::pin(locks.lock("a"));
        let mut fourth = Box::pin(locks.lock("a"));
        for waiting in [&mut second, &mut third, &mut fourth] {
            assert!(waiting.now_or_never().is_none());
        }
        assert!(matches!(locks.lock("a").now_or_never(), Some(None)), "a fifth notification must not wait");
        drop((other, fourth));
        assert!(locks.is_locked("a") && !locks.is_locked("b"));
        drop(third);
        drop(first);
        let second = second.await;
        assert!(locks.is_locked("a"));
        drop(second);
        assert_eq!(locks.all().len(), 0);
    }
}
