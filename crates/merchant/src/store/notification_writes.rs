//! Stores notifications inside the transaction of their order.

use orders::{Millis, NotificationOutcome, UpdateOutcome};
use wire::midtrans::TransactionStatus;

use super::notifications::MAX_PENDING;
use super::query::query;
use super::{DedupState, InsertOutcome, NewNotification, NextPoll, OrderTx, StoreError};

/// Why a notification is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The outcome.
    pub outcome: NotificationOutcome,
    /// The gateway's status that confirmed it.
    pub reported: Option<TransactionStatus>,
    /// Text for people.
    pub detail: String,
}

impl From<&UpdateOutcome> for Closing {
    fn from(outcome: &UpdateOutcome) -> Self {
        Self {
            outcome: outcome.notification_outcome(),
            reported: outcome.reported().cloned(),
            detail: outcome.to_string(),
        }
    }
}

impl OrderTx<'_> {
    /// Stores a pending notification, makes its order due for a poll, and takes the poll lease until `lease_until`.
    /// If another process holds the lease, that process notices the notification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_pending(
        &mut self,
        notification: &NewNotification<'_>,
        lease_until: Millis,
        now: Millis,
    ) -> Result<InsertOutcome, StoreError> {
        match self.dedup() {
            DedupState::Closed => return Ok(InsertOutcome::AlreadyClosed),
            DedupState::Pending => return Ok(InsertOutcome::AlreadyPending),
            DedupState::New if self.stamp().pending >= MAX_PENDING => return Ok(InsertOutcome::TooMany),
            DedupState::New => {}
        }
        self.insert(notification, None).await?;
        Ok(InsertOutcome::Inserted(self.request_poll(lease_until, now)))
    }

    /// Stores a notification that a status response confirmed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_closed(
        &mut self,
        notification: &NewNotification<'_>,
        closing: &Closing,
        next: NextPoll,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.insert(notification, Some((closing, now))).await?;
        self.record_poll(next, now);
        Ok(())
    }

    /// Closes a pending notification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_notification(
        &mut self,
        fingerprint: &str,
        closing: &Closing,
        at: Millis,
    ) -> Result<(), StoreError> {
        query(
            "UPDATE notifications SET outcome = $1, reported_status = $2, detail = $3, closed_at = $4
             WHERE fingerprint = $5 AND closed_at IS NULL",
        )
        .bind(closing.outcome.as_str())
        .bind(closing.reported.as_ref().map(TransactionStatus::as_str))
        .bind(&closing.detail)
        .bind(at)
        .bind(fingerprint)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The order is locked, so no other transaction inserts for it.
    async fn insert(
        &mut self,
        notification: &NewNotification<'_>,
        closed: Option<(&Closing, Millis)>,
    ) -> Result<(), StoreError> {
        let order_id = self.order().order_id.clone();
        let closing = closed.map(|(closing, _)| closing);
        query(
            "INSERT INTO notifications
                 (fingerprint, order_id, attempt_id, body, outcome, reported_status, detail, received_at, closed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(notification.fingerprint)
        .bind(&order_id)
        .bind(notification.attempt_id)
        .bind(notification.body)
        .bind(closing.map(|closing| closing.outcome.as_str()))
        .bind(closing.and_then(|closing| closing.reported.as_ref()).map(TransactionStatus::as_str))
        .bind(closing.map(|closing| closing.detail.as_str()))
        .bind(notification.at)
        .bind(closed.map(|(_, at)| at))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
