//! One order in one transaction: its update, its notifications, its next poll and the end of its lease.
//!
//! The order's row is written by one statement at the commit.

use orders::{AttemptRef, Millis, OrderRecord, OrderUpdate, PaymentAttempt};
use wire::merchant::OrderStatus;

use super::connection::{Connection, Pool};
use super::history::insert_history;
use super::notifications::dedup_of;
use super::outbox::{self, OutboxEvent};
use super::pubsub::CHANNEL;
use super::query::{Row, query};
use super::rows::{attempt_of, json, order_of};
use super::write_tx::WriteTx;
use super::{ConcurrencyStamp, DedupState, NextPoll, PollLease, Store, StoreError};

/// A locked order and its open transaction. Dropping it rolls everything back.
pub struct OrderTx<'a> {
    store: &'a Store,
    tx: WriteTx,
    order: OrderRecord,
    newest: PaymentAttempt,
    poll: PollState,
    /// The number of pending notifications before this transaction.
    pending: i64,
    /// The state of the notification that the order is locked for.
    dedup: DedupState,
    /// The new payment instruction as JSON.
    payment: Option<String>,
    /// Whether the order's row must be written.
    is_dirty: bool,
    /// Whether subscribers and the shop's systems must be notified.
    is_visible: bool,
}

/// The columns of an order about polling.
#[derive(Debug, Clone)]
struct PollState {
    next_poll_at: Option<Millis>,
    poll_count: i64,
    notification_seq: i64,
    last_polled_at: Millis,
    poll_lease_until: Millis,
    updated_at: Millis,
}

impl Store {
    /// Locks an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order_tx(&self, order_id: &str) -> Result<OrderTx<'_>, StoreError> {
        self.order_tx_for(order_id, "").await
    }

    /// Locks an order to store a notification with this fingerprint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order_tx_for(&self, order_id: &str, fingerprint: &str) -> Result<OrderTx<'_>, StoreError> {
        let mut tx = self.write().await?;
        let order = self.lock_order(&mut tx, order_id).await?;
        // A statement of its own: on PostgreSQL one statement would see the rows from before the lock.
        let attempt = query(
            "SELECT payment_attempts.*,
                 (SELECT COUNT(*) FROM notifications
                     WHERE notifications.order_id = $1 AND closed_at IS NULL) AS pending,
                 (SELECT COALESCE(closed_at, 0) FROM notifications WHERE fingerprint = $2) AS closed
             FROM payment_attempts WHERE payment_attempts.order_id = $1 ORDER BY seq DESC LIMIT 1",
        )
        .bind(order_id)
        .bind(fingerprint)
        .fetch_one(&mut *tx)
        .await?;
        Ok(OrderTx {
            store: self,
            order: order_of(&order)?,
            newest: attempt_of(&attempt)?,
            poll: poll_state_of(&order)?,
            pending: attempt.try_get("pending")?,
            dedup: dedup_of(&attempt)?,
            tx,
            payment: None,
            is_dirty: false,
            is_visible: false,
        })
    }
}

impl OrderTx<'_> {
    /// The order with all updates of this transaction.
    #[must_use]
    pub fn order(&self) -> &OrderRecord {
        &self.order
    }

    /// The newest payment attempt.
    #[must_use]
    pub fn newest(&self) -> &PaymentAttempt {
        &self.newest
    }

    /// The state of the notification that the order is locked for.
    #[must_use]
    pub fn dedup(&self) -> DedupState {
        self.dedup
    }

    /// The order's stamp, before any change in this transaction.
    #[must_use]
    pub fn stamp(&self) -> ConcurrencyStamp {
        let PollState { notification_seq, last_polled_at, poll_lease_until, .. } = self.poll;
        let (version, pending) = (self.order.version, self.pending);
        ConcurrencyStamp { version, notification_seq, last_polled_at, poll_lease_until, pending }
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.tx
    }

    /// Updates the order by `decide`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn update(
        &mut self,
        at: Millis,
        decide: impl FnOnce(&OrderRecord, &PaymentAttempt) -> OrderUpdate + Send,
    ) -> Result<OrderUpdate, StoreError> {
        let update = decide(&self.order, &self.newest);
        let mut after = self.order.clone();
        let applied = after.apply(&update);
        if applied.payment_changed {
            self.payment = after.payment.as_ref().map(json).transpose()?;
        }
        self.store_transaction_id(&update.source).await?;
        if applied.has_entry {
            self.insert_entry(&after, &update.outcome.to_string(), at).await?;
        }
        self.is_visible |= applied.has_entry || applied.payment_changed;
        self.order = after;
        self.poll.updated_at = at;
        self.is_dirty = true;
        Ok(update)
    }

    /// Releases the poll lease. Returns whether notifications arrived meanwhile, so that the order is due at once.
    /// Returns false as well if the lease had expired, because another process may hold it now.
    pub fn release_lease(&mut self, lease: &PollLease, next: NextPoll, now: Millis) -> bool {
        if self.poll.poll_lease_until != lease.until {
            return false;
        }
        let has_more = self.poll.notification_seq != lease.notification_seq;
        let next = if has_more { NextPoll { next_poll_at: Some(now), poll_count: 0 } } else { next };
        let NextPoll { next_poll_at, poll_count } = next;
        self.poll = PollState { next_poll_at, poll_count, poll_lease_until: 0, ..self.poll };
        self.is_dirty = true;
        has_more
    }

    /// Records a new pending notification: the current or the next holder of the lease polls for it.
    pub(super) fn request_poll(&mut self, lease_until: Millis, now: Millis) -> Option<PollLease> {
        let is_free = self.poll.poll_lease_until <= now;
        self.poll.notification_seq += 1;
        self.poll.poll_count = 0;
        self.poll.next_poll_at = Some(now);
        self.is_dirty = true;
        if !is_free {
            return None;
        }
        self.poll.poll_lease_until = lease_until;
        self.poll.last_polled_at = now;
        let PollState { poll_count, notification_seq, .. } = self.poll;
        Some(PollLease { order_id: self.order.order_id.clone(), poll_count, until: lease_until, notification_seq })
    }

    /// Records a notification that was confirmed without a lease.
    pub(super) fn record_poll(&mut self, next: NextPoll, now: Millis) {
        let NextPoll { next_poll_at, poll_count } = next;
        let notification_seq = self.poll.notification_seq + 1;
        self.poll = PollState { next_poll_at, poll_count, notification_seq, last_polled_at: now, ..self.poll };
        self.is_dirty = true;
    }

    /// Commits. When this returns `Ok`, everything is on disk and subscribers are notified.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_row().await?;
        let Self { store, mut tx, order, is_visible, .. } = self;
        if is_visible && matches!(store.pool, Pool::Postgres(_)) {
            let notify = query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&order.order_id);
            notify.fetch_all(&mut *tx).await?;
        }
        tx.commit().await?;
        if is_visible {
            store.events.notify(&order.order_id);
            if let Some(notify) = &store.outbox_notify {
                notify.notify_one();
            }
        }
        Ok(())
    }

    /// The row is locked since it was read, so all columns can be written.
    async fn write_row(&mut self) -> Result<(), StoreError> {
        if !self.is_dirty {
            return Ok(());
        }
        let PollState { next_poll_at, poll_count, notification_seq, last_polled_at, poll_lease_until, updated_at } =
            self.poll;
        let payer = self.order.payer.as_ref();
        query(
            "UPDATE orders SET status = $1, payment = COALESCE($2, payment), refunded_amount = $3, version = $4,
             payer_attempt_id = $5, payer_transaction_id = $6, updated_at = $7, next_poll_at = $8, poll_count = $9,
             notification_seq = $10, last_polled_at = $11, poll_lease_until = $12 WHERE order_id = $13",
        )
        .bind(self.order.status.as_str())
        .bind(&self.payment)
        .bind(self.order.refunded_amount.0)
        .bind(self.order.version)
        .bind(payer.map(|payer| payer.attempt_id.as_str()))
        .bind(payer.and_then(|payer| payer.transaction_id.as_deref()))
        .bind(updated_at)
        .bind(next_poll_at)
        .bind(poll_count)
        .bind(notification_seq)
        .bind(last_polled_at)
        .bind(poll_lease_until)
        .bind(&self.order.order_id)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps the transaction id: the gateway finds some transactions by it only.
    async fn store_transaction_id(&mut self, source: &AttemptRef) -> Result<(), StoreError> {
        let is_newest = source.attempt_id == self.newest.attempt_id;
        if source.transaction_id.is_none() || is_newest && source.transaction_id == self.newest.transaction_id {
            return Ok(());
        }
        query("UPDATE payment_attempts SET transaction_id = $1 WHERE attempt_id = $2")
            .bind(&source.transaction_id)
            .bind(&source.attempt_id)
            .execute(&mut *self.tx)
            .await?;
        if is_newest {
            self.newest.transaction_id.clone_from(&source.transaction_id);
        }
        Ok(())
    }

    /// The next history entry, and its outbox event.
    async fn insert_entry(&mut self, after: &OrderRecord, cause: &str, at: Millis) -> Result<(), StoreError> {
        let (before, seq): (&OrderStatus, i64) = (&self.order.status, after.version);
        insert_history(&mut self.tx, &after.order_id, (Some(before), &after.status), cause, at, seq).await?;
        if self.store.outbox_notify.is_some() {
            let event = OutboxEvent { order: &self.order, to: &after.status, refunded: after.refunded_amount, seq, at };
            outbox::enqueue(&mut self.tx, &event).await?;
        }
        Ok(())
    }
}

fn poll_state_of(row: &Row) -> Result<PollState, StoreError> {
    Ok(PollState {
        next_poll_at: row.try_get("next_poll_at")?,
        poll_count: row.try_get("poll_count")?,
        notification_seq: row.try_get("notification_seq")?,
        last_polled_at: row.try_get("last_polled_at")?,
        poll_lease_until: row.try_get("poll_lease_until")?,
        updated_at: row.try_get("updated_at")?,
    })
}
