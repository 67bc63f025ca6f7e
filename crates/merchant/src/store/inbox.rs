//! Notifications as they came: on disk before anything is done about them, each once.

use super::connection::Connection;
use super::due::lease_of;
use super::sql::{Row, query};
use super::{Lease, Store, StoreError};
use crate::clock::Millis;

/// How many an order may have that the gateway did not bear out. Midtrans sends a dozen; only somebody who
/// rewrites old ones sends more.
const MAX_OPEN: i64 = 64;

/// A verified notification to keep.
#[derive(Debug)]
pub struct Received<'a> {
    /// SHA-512 of the body.
    pub fingerprint: &'a str,
    /// The shop's order.
    pub order_id: &'a str,
    /// The gateway's.
    pub payment_order_id: &'a str,
    /// As it came.
    pub body: &'a str,
    /// Now.
    pub at: Millis,
    /// Until when the caller asks the gateway.
    pub leased_until: Millis,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is on disk and waits to be confirmed; its order is due, and the caller's to ask about unless somebody is
    /// asking already.
    New(Option<Lease>),
    /// This very body is on disk and still waits.
    Waits,
    /// This very body was confirmed before.
    Done,
    /// Too many wait already.
    Full,
}

/// A notification that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// SHA-512 of the body.
    pub fingerprint: String,
    /// As it came.
    pub body: String,
    /// When.
    pub received_at: Millis,
}

impl Store {
    /// Keeps a notification, makes its order due and takes the lease on asking, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; it is not on disk then.
    pub async fn keep(&self, received: &Received<'_>) -> Result<Kept, StoreError> {
        let known = query("SELECT done_at FROM notifications WHERE fingerprint = $1")
            .bind(received.fingerprint)
            .fetch_optional(&self.pool)
            .await?;
        if let Some(row) = known {
            return Ok(if row.try_get::<Option<Millis>>("done_at")?.is_some() { Kept::Done } else { Kept::Waits });
        }
        let mut tx = self.write().await?;
        let open = query("SELECT COUNT(*) AS open FROM notifications WHERE order_id = $1 AND done_at IS NULL")
            .bind(received.order_id)
            .fetch_one(&mut *tx)
            .await?;
        if open.try_get::<i64>("open")? >= MAX_OPEN {
            return Ok(Kept::Full);
        }
        let inserted = query(
            "INSERT INTO notifications (fingerprint, order_id, payment_order_id, body, outcome, received_at)
             VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (fingerprint) DO NOTHING",
        )
        .bind(received.fingerprint)
        .bind(received.order_id)
        .bind(received.payment_order_id)
        .bind(received.body)
        .bind(received.at)
        .execute(&mut *tx)
        .await?;
        if inserted == 0 {
            // The other one may be about to be written: it is on disk when this is.
            tx.commit().await?;
            return Ok(Kept::Waits);
        }
        let lease = self.wake(&mut tx, received).await?;
        tx.commit().await?;
        Ok(Kept::New(lease))
    }

    /// Makes the order due, and takes the lease unless somebody has it: they will see that there is more.
    async fn wake(&self, tx: &mut Connection, received: &Received<'_>) -> Result<Option<Lease>, StoreError> {
        let leased = query(
            "UPDATE orders SET due_at = $1, wakes = wakes + 1, asks = 0, lease_until = $2, asked_at = $1
             WHERE order_id = $3 AND lease_until <= $1 RETURNING order_id, asks, wakes",
        )
        .bind(received.at)
        .bind(received.leased_until)
        .bind(received.order_id)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(row) = leased {
            return Ok(Some(lease_of(&row, received.leased_until)?));
        }
        query("UPDATE orders SET due_at = $1, wakes = wakes + 1, asks = 0 WHERE order_id = $2")
            .bind(received.at)
            .bind(received.order_id)
            .execute(tx)
            .await?;
        Ok(None)
    }

    /// How often a payment order was refused, as far as that was told and confirmed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refusals(&self, payment_order_id: &str) -> Result<i64, StoreError> {
        let row = query(
            "SELECT COUNT(*) AS many FROM notifications WHERE payment_order_id = $1 AND outcome LIKE 'deny%'
             AND order_id = (SELECT order_id FROM attempts WHERE attempts.payment_order_id = $1)",
        )
        .bind(payment_order_id)
        .fetch_one(&self.pool)
        .await?;
        row.try_get("many")
    }

    /// The notifications of an order that wait, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(&self, order_id: &str) -> Result<Vec<Waiting>, StoreError> {
        let rows = query(
            "SELECT fingerprint, body, received_at FROM notifications
             WHERE order_id = $1 AND done_at IS NULL ORDER BY received_at, fingerprint",
        )
        .bind(order_id)
        .fetch_all(&self.pool)
        .await?;
        let waiting = |row: &Row| {
            Ok(Waiting {
                fingerprint: row.try_get("fingerprint")?,
                body: row.try_get("body")?,
                received_at: row.try_get("received_at")?,
            })
        };
        rows.iter().map(waiting).collect()
    }
}
