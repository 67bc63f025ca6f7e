//! Notifications and what they change, in one transaction.

use sqlx::{Row as _, SqliteConnection};
use wire::merchant::{OrderStatus, PaymentInstruction};

use super::attempts::attempt_of;
use super::orders::{json, order_of};
use super::{Attempt, Store, StoreError, StoredOrder};
use crate::clock::Millis;

/// A verified notification to keep.
#[derive(Debug)]
pub struct Received<'a> {
    /// SHA-512 of the body.
    pub fingerprint: &'a str,
    /// The shop's order.
    pub order_id: &'a str,
    /// As it came.
    pub body: &'a str,
    /// Now.
    pub at: Millis,
}

/// What it does to its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The new status, where there is one.
    pub status: Option<OrderStatus>,
    /// What to pay where, where that is news.
    pub payment: Option<PaymentInstruction>,
    /// Why, for the history.
    pub outcome: String,
    /// Of which payment order this was said.
    pub said: Said,
    /// Whether that one brought the money, as the first.
    pub pays: bool,
    /// Whether money came a second time, from another payment order.
    pub twice: bool,
}

/// Which attempt at the gateway a change comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The gateway's `order_id`.
    pub payment_order_id: String,
    /// The gateway's `transaction_id`.
    pub transaction_id: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// It was there before: nothing changed.
    Duplicate,
    /// It is on disk, with this change.
    New(Box<Change>),
}

impl Store {
    /// Whether this very body was recorded before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn knows_notification(&self, fingerprint: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM notifications WHERE fingerprint = $1")
            .bind(fingerprint)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// Keeps a notification and changes its order by `decide`, both or neither. `decide` sees the order and
    /// its current attempt as they are inside the transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn record(
        &self,
        received: &Received<'_>,
        decide: impl FnOnce(&StoredOrder, &Attempt) -> Change + Send,
    ) -> Result<Recorded, StoreError> {
        let mut tx = self.write().await?;
        let (order, attempt) = load(&mut tx, received.order_id).await?;
        let change = decide(&order, &attempt);
        let inserted = sqlx::query(
            "INSERT INTO notifications (fingerprint, order_id, body, outcome, received_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (fingerprint) DO NOTHING",
        )
        .bind(received.fingerprint)
        .bind(received.order_id)
        .bind(received.body)
        .bind(&change.outcome)
        .bind(received.at)
        .execute(&mut *tx)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(Recorded::Duplicate);
        }
        apply(&mut tx, &order, &change, received.at).await?;
        tx.commit().await?;
        Ok(Recorded::New(Box::new(change)))
    }

    /// Changes an order by the gateway's own answer, without a notification.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn change(
        &self,
        order_id: &str,
        at: Millis,
        decide: impl FnOnce(&StoredOrder, &Attempt) -> Change + Send,
    ) -> Result<Change, StoreError> {
        let mut tx = self.write().await?;
        let (order, attempt) = load(&mut tx, order_id).await?;
        let change = decide(&order, &attempt);
        apply(&mut tx, &order, &change, at).await?;
        tx.commit().await?;
        Ok(change)
    }
}

async fn load(tx: &mut SqliteConnection, order_id: &str) -> Result<(StoredOrder, Attempt), StoreError> {
    let order = sqlx::query("SELECT * FROM orders WHERE order_id = $1").bind(order_id).fetch_one(&mut *tx).await?;
    let attempt = sqlx::query("SELECT * FROM attempts WHERE order_id = $1 ORDER BY seq DESC LIMIT 1")
        .bind(order_id)
        .fetch_one(tx)
        .await?;
    Ok((order_of(&order)?, attempt_of(&attempt)?))
}

async fn apply(tx: &mut SqliteConnection, order: &StoredOrder, change: &Change, at: Millis) -> Result<(), StoreError> {
    let payment = change.payment.as_ref().map(json).transpose()?;
    sqlx::query(
        "UPDATE orders SET status = COALESCE($1, status), payment = COALESCE($2, payment), updated_at = $3 WHERE order_id = $4",
    )
    .bind(change.status.as_ref().map(OrderStatus::as_str))
    .bind(payment)
    .bind(at)
    .bind(&order.order_id)
    .execute(&mut *tx)
    .await?;
    let Said { payment_order_id, transaction_id } = &change.said;
    if change.pays {
        sqlx::query("UPDATE orders SET paid_by = $1, paid_transaction = $2 WHERE order_id = $3 AND paid_by IS NULL")
            .bind(payment_order_id)
            .bind(transaction_id)
            .bind(&order.order_id)
            .execute(&mut *tx)
            .await?;
    }
    if transaction_id.is_some() {
        sqlx::query("UPDATE attempts SET transaction_id = $1 WHERE payment_order_id = $2")
            .bind(transaction_id)
            .bind(payment_order_id)
            .execute(&mut *tx)
            .await?;
    }
    if let Some(to) = &change.status {
        add_history(tx, &order.order_id, Some(&order.status), to, &change.outcome, at).await?;
    }
    Ok(())
}

pub(super) async fn add_history(
    tx: &mut SqliteConnection,
    order_id: &str,
    from: Option<&OrderStatus>,
    to: &OrderStatus,
    cause: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let last = sqlx::query("SELECT COALESCE(MAX(seq), 0) AS seq FROM history WHERE order_id = $1")
        .bind(order_id)
        .fetch_one(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO history (order_id, seq, from_status, to_status, cause, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(order_id)
    .bind(last.try_get::<i64, _>("seq")? + 1)
    .bind(from.map(OrderStatus::as_str))
    .bind(to.as_str())
    .bind(cause)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}
