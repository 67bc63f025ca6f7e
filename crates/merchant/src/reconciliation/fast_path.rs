//! The fast path for a notification: one transaction stores the notification and applies its status response.
//!
//! The backend fetches the status while the notification is only in memory, and acknowledges it after the commit. A
//! process that dies before leaves nothing behind, and Midtrans sends the notification again. The fast path applies only
//! if the gateway confirms the notification in time, no process polls the order, no other notification is pending, and
//! the order has one payment attempt. Otherwise the notification is stored first, and a poll with a lease continues with
//! the same status query.
//!
//! The fast path takes no lease. An optimistic lock replaces it: the response counts only if the order's
//! [`ConcurrencyStamp`](crate::store::ConcurrencyStamp) inside the transaction equals the stamp from before the status
//! query. Every poll, every stored notification and every update changes the stamp, so an older response never
//! overwrites a newer one. The integration test `notification_fast_path` runs each interleaving.

use orders::order_update::order_update_from;
use tokio::time::timeout;
use wire::midtrans::{Notification, StatusResponse};

use super::log::alert_duplicate_payment;
use super::reconciler::Reconcile;
use super::schedule::{next_poll, poll_input};
use super::status_query::StatusQuery;
use crate::clock;
use crate::error::{ApiError, ErrorCode};
use crate::store::{
    Closing, DedupState, InsertOutcome, NewNotification, NotificationLookup, OrderTx, PollLease, StoreError,
};

/// The result of storing a notification.
pub(crate) enum FastPathResult<'a> {
    /// The same notification was closed before.
    Duplicate,
    /// The notification is stored and closed, with this outcome.
    Closed(String),
    /// The notification is pending, and the caller holds the lease. The status query may still run.
    Pending(PollLease, Option<StatusQuery<'a>>),
    /// The same notification arrived before and is pending.
    AlreadyPending,
    /// The notification is pending, and another process holds the lease.
    LeaseHeld,
}

impl Reconcile {
    /// Stores a notification. When this returns `Ok`, the notification is on disk.
    ///
    /// # Errors
    /// [`ApiError`]; the notification is not stored then.
    pub(crate) async fn store_notification<'a>(
        &'a self,
        notification: &'a Notification,
        new: &NewNotification<'_>,
    ) -> Result<(String, FastPathResult<'a>), ApiError> {
        let lock = self.locks.lock(&notification.order_id);
        let lock = timeout(self.gateway.timeouts().fast_path, lock).await.ok().flatten();
        let lookup = self.store.look_up_notification(&notification.order_id, new.fingerprint).await?;
        let lookup = lookup.ok_or(ErrorCode::OrderNotFound)?;
        let order_id = lookup.order_id.clone();
        if lookup.dedup == DedupState::Closed {
            return Ok((order_id, FastPathResult::Duplicate));
        }
        let is_idle = lookup.dedup == DedupState::New && lookup.stamp.is_some_and(|stamp| stamp.is_idle(clock::now()));
        let query = if lock.is_some() && is_idle { Some(self.start_status_query(notification).await) } else { None };
        match self.store_with_query(notification, new, &lookup, query).await {
            Ok(result) => Ok((order_id, result)),
            Err(error) => Err(error.with_order_id(&order_id)),
        }
    }

    /// Stores the notification with the result of the query, or as pending.
    async fn store_with_query<'a>(
        &'a self,
        notification: &Notification,
        new: &NewNotification<'_>,
        lookup: &NotificationLookup,
        query: Option<StatusQuery<'a>>,
    ) -> Result<FastPathResult<'a>, ApiError> {
        let mut tx = self.store.order_tx_for(&lookup.order_id, new.fingerprint).await?;
        // With another stamp, this response may be older than one that was applied meanwhile.
        let mut query = query.filter(|_| Some(tx.stamp()) == lookup.stamp);
        let status = query.as_ref().and_then(|query| query.confirming_status(notification, &tx));
        // A replaced attempt needs a poll of its successor as well.
        if let Some(status) = status.filter(|status| tx.newest().attempt_id == status.order_id) {
            match apply_and_store(tx, status, new).await {
                Ok(outcome) => return Ok(FastPathResult::Closed(outcome)),
                // The notification itself must not get lost.
                Err(error) => {
                    tracing::warn!(lookup.order_id, cause = %error, "stored a notification without its status response");
                }
            }
            query = None;
            tx = self.store.order_tx_for(&lookup.order_id, new.fingerprint).await?;
        }
        let now = clock::now();
        let inserted = tx.insert_pending(new, now + self.lease_ttl(), now).await?;
        if inserted == InsertOutcome::TooMany {
            return Err(ErrorCode::TooManyNotifications.into());
        }
        // Also without a change: the rows that were read may be part of a shared commit.
        tx.commit().await?;
        Ok(match inserted {
            InsertOutcome::AlreadyClosed | InsertOutcome::TooMany => FastPathResult::Duplicate,
            InsertOutcome::AlreadyPending => FastPathResult::AlreadyPending,
            InsertOutcome::Inserted(None) => FastPathResult::LeaseHeld,
            InsertOutcome::Inserted(Some(lease)) => FastPathResult::Pending(lease, query),
        })
    }
}

/// Applies a status response and stores its notification in one transaction.
async fn apply_and_store(
    mut tx: OrderTx<'_>,
    status: &StatusResponse,
    new: &NewNotification<'_>,
) -> Result<String, StoreError> {
    let now = clock::now();
    let update = tx.update(now, |order, attempt| order_update_from(status, order, attempt)).await?;
    let poll_count = i64::from(!update.is_visible());
    let next = next_poll(poll_input(&tx, poll_count, now), now);
    let closing = Closing::from(&update.outcome);
    tx.insert_closed(new, &closing, next, now).await?;
    let order_id = tx.order().order_id.clone();
    tx.commit().await?;
    alert_duplicate_payment(&order_id, &update);
    Ok(closing.detail)
}
