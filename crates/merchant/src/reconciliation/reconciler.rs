//! The reconciler: the store, the gateway, and the locks of orders in this process.

use std::sync::Arc;
use std::time::Duration;

use orders::confirmation::must_wait_to_fail;
use orders::order_update::is_failed_final;
use wire::midtrans::StatusResponse;

use super::order_locks::OrderLocks;
use super::pending::{parse_bodies, readable};
use super::schedule::millis;
use crate::clock::{self, Millis};
use crate::error::ApiError;
use crate::midtrans::MidtransClient;
use crate::store::Store;

/// Polls orders, one process at a time for each order.
#[derive(Debug, Clone)]
pub struct Reconcile {
    pub(super) store: Store,
    pub(super) gateway: Arc<MidtransClient>,
    pub(super) locks: OrderLocks,
}

impl Reconcile {
    /// Uses the same store and gateway as the checkout service.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<MidtransClient>) -> Self {
        Self { store, gateway, locks: OrderLocks::default() }
    }

    /// The TTL of a poll lease: the budget for the status requests, and time for the store. Milliseconds.
    #[must_use]
    pub fn lease_ttl(&self) -> Millis {
        millis(self.gateway.timeouts().status + Duration::from_secs(5))
    }

    /// Whether a failure in a status response must wait for a pending notification.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn must_wait(&self, order_id: &str, status: &StatusResponse) -> Result<bool, ApiError> {
        if !is_failed_final(status) {
            return Ok(false);
        }
        // Its notification is being processed and says more in a moment.
        if self.locks.is_locked(order_id) {
            return Ok(true);
        }
        let pending = self.store.pending_notifications(order_id).await?;
        if pending.is_empty() {
            return Ok(false);
        }
        let payer = self.store.order(order_id).await?.and_then(|order| order.payer);
        let bodies = parse_bodies(&pending);
        Ok(must_wait_to_fail(status, readable(&pending, &bodies), payer.as_ref(), clock::now()))
    }
}
