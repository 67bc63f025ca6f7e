//! Stored notifications: which of them were seen before, which are pending, and how the store detects concurrent work.

use wire::midtrans::TransactionStatus;

use super::query::{Row, query};
use super::{PollLease, Store, StoreError};
use orders::Millis;

/// The most pending notifications of one order. Midtrans sends a dozen; more come from someone who alters old ones.
pub(super) const MAX_PENDING: i64 = 64;

/// A verified notification to store.
#[derive(Debug)]
pub struct NewNotification<'a> {
    /// SHA-512 of the body.
    pub fingerprint: &'a str,
    /// The payment attempt: the `order_id` at the gateway.
    pub attempt_id: &'a str,
    /// The body, unchanged.
    pub body: &'a str,
    /// When it arrived.
    pub at: Millis,
}

/// Whether the same body arrived before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DedupState {
    /// It did not.
    New,
    /// It did, and it is pending.
    Pending,
    /// It did, and it is closed.
    Closed,
}

/// The order of a notification at the time of its arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationLookup {
    /// The shop's order.
    pub order_id: String,
    /// Whether the same body arrived before.
    pub dedup: DedupState,
    /// What must be unchanged when the result is stored; none for another attempt than the first.
    pub stamp: Option<ConcurrencyStamp>,
}

/// An optimistic lock on an order. It changes whenever a process polls the order, stores a notification for it or
/// updates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrencyStamp {
    pub(super) version: i64,
    pub(super) notification_seq: i64,
    pub(super) last_polled_at: Millis,
    pub(super) poll_lease_until: Millis,
    /// The number of pending notifications.
    pub(super) pending: i64,
}

impl ConcurrencyStamp {
    /// Whether no process polls the order and no notification is pending.
    #[must_use]
    pub fn is_idle(&self, now: Millis) -> bool {
        self.poll_lease_until <= now && self.pending == 0
    }
}

/// The result of storing a pending notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InsertOutcome {
    /// It is stored, and its order is due for a poll. The caller holds the lease, unless another process does.
    Inserted(Option<PollLease>),
    /// The same body is stored and pending.
    AlreadyPending,
    /// The same body was closed before.
    AlreadyClosed,
    /// The order has too many pending notifications.
    TooMany,
}

/// A pending notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingNotification {
    /// SHA-512 of the body.
    pub fingerprint: String,
    /// The body, unchanged.
    pub body: String,
    /// When it arrived.
    pub received_at: Millis,
}

impl Store {
    /// The order of a notification; none if no order has this attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look_up_notification(
        &self,
        attempt_id: &str,
        fingerprint: &str,
    ) -> Result<Option<NotificationLookup>, StoreError> {
        // The first attempt of an order has the order's id. Most orders have one attempt.
        let row = query(
            "SELECT order_id, version, notification_seq, last_polled_at, poll_lease_until,
                 (SELECT COUNT(*) FROM notifications
                     WHERE notifications.order_id = orders.order_id AND closed_at IS NULL) AS pending,
                 (SELECT COALESCE(closed_at, 0) FROM notifications WHERE fingerprint = $2) AS closed
             FROM orders WHERE order_id = $1",
        )
        .bind(attempt_id)
        .bind(fingerprint)
        .fetch_optional(&self.pool)
        .await?;
        if let Some(row) = row {
            let stamp = ConcurrencyStamp {
                version: row.try_get("version")?,
                notification_seq: row.try_get("notification_seq")?,
                last_polled_at: row.try_get("last_polled_at")?,
                poll_lease_until: row.try_get("poll_lease_until")?,
                pending: row.try_get("pending")?,
            };
            let (order_id, dedup) = (row.try_get("order_id")?, dedup_of(&row)?);
            return Ok(Some(NotificationLookup { order_id, dedup, stamp: Some(stamp) }));
        }
        let row = query(
            "SELECT order_id, (SELECT COALESCE(closed_at, 0) FROM notifications WHERE fingerprint = $2) AS closed
             FROM payment_attempts WHERE attempt_id = $1",
        )
        .bind(attempt_id)
        .bind(fingerprint)
        .fetch_optional(&self.pool)
        .await?;
        let lookup = |row: &Row| {
            Ok(NotificationLookup { order_id: row.try_get("order_id")?, dedup: dedup_of(row)?, stamp: None })
        };
        row.as_ref().map(lookup).transpose()
    }

    /// The number of confirmed notifications of declined payments of an attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn declined_count(&self, attempt_id: &str) -> Result<i64, StoreError> {
        let row = query(
            "SELECT COUNT(*) AS many FROM notifications WHERE attempt_id = $1 AND reported_status = $2
             AND order_id = (SELECT order_id FROM payment_attempts WHERE payment_attempts.attempt_id = $1)",
        )
        .bind(attempt_id)
        .bind(TransactionStatus::Deny.as_str())
        .fetch_one(&self.pool)
        .await?;
        row.try_get("many")
    }

    /// The pending notifications of an order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending_notifications(&self, order_id: &str) -> Result<Vec<PendingNotification>, StoreError> {
        let rows = query(
            "SELECT fingerprint, body, received_at FROM notifications
             WHERE order_id = $1 AND closed_at IS NULL ORDER BY received_at, fingerprint",
        )
        .bind(order_id)
        .fetch_all(&self.pool)
        .await?;
        let pending = |row: &Row| {
            Ok(PendingNotification {
                fingerprint: row.try_get("fingerprint")?,
                body: row.try_get("body")?,
                received_at: row.try_get("received_at")?,
            })
        };
        rows.iter().map(pending).collect()
    }
}

pub(super) fn dedup_of(row: &Row) -> Result<DedupState, StoreError> {
    Ok(match row.try_get::<Option<Millis>>("closed")? {
        None => DedupState::New,
        Some(0) => DedupState::Pending,
        Some(_) => DedupState::Closed,
    })
}
