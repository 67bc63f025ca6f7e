//! A change of an order: the order, its history and the line for the shop's own systems, all or nothing.

use wire::Rupiah;
use wire::merchant::{OrderStatus, PaymentInstruction};

use super::connection::Connection;
use super::orders::order_of;
use super::payment_attempts::attempt_of;
use super::query::{Row, query};
use super::{Attempt, Store, StoreError, StoredOrder};
use crate::clock::Millis;

/// What becomes of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The new status, where there is one.
    pub status: Option<OrderStatus>,
    /// What to pay where, where that is news.
    pub payment: Option<PaymentInstruction>,
    /// How much went back in all, where that is news.
    pub refunded: Option<Rupiah>,
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

/// One line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub seq: i64,
    /// What the order was.
    pub from: Option<OrderStatus>,
    /// What it became; the same for a remark.
    pub to: OrderStatus,
    /// Why.
    pub cause: String,
    /// When.
    pub at: Millis,
}

impl Store {
    /// Changes an order by `decide`, which sees the order and its current attempt as they are inside the
    /// transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn change(
        &self,
        order_id: &str,
        at: Millis,
        decide: impl FnOnce(&StoredOrder, &Attempt) -> Change + Send,
    ) -> Result<Change, StoreError> {
        let mut held = self.hold(order_id).await?;
        let change = held.change(at, decide).await?;
        held.commit().await?;
        Ok(change)
    }

    /// Writes a remark into an order's history; its status stays.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn remark(&self, order_id: &str, cause: &str, at: Millis) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (order, _) = self.load(&mut tx, order_id).await?;
        add_line(&mut tx, &order, &order.status, cause, at).await?;
        tx.commit().await
    }

    /// What became of an order, the oldest line first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, order_id: &str) -> Result<Vec<Line>, StoreError> {
        let rows = query("SELECT * FROM history WHERE order_id = $1 ORDER BY seq")
            .bind(order_id)
            .fetch_all(&self.pool)
            .await?;
        let line = |row: &Row| {
            let from: Option<String> = row.try_get("from_status")?;
            Ok(Line {
                seq: row.try_get("seq")?,
                from: from.as_deref().map(OrderStatus::from),
                to: OrderStatus::from(row.try_get::<&str>("to_status")?),
                cause: row.try_get("cause")?,
                at: row.try_get("at")?,
            })
        };
        rows.iter().map(line).collect()
    }

    pub(super) async fn load(&self, tx: &mut Connection, order_id: &str) -> Result<(StoredOrder, Attempt), StoreError> {
        let order = self.lock(tx, order_id).await?;
        let attempt = query("SELECT * FROM attempts WHERE order_id = $1 ORDER BY seq DESC LIMIT 1")
            .bind(order_id)
            .fetch_one(tx)
            .await?;
        Ok((order_of(&order)?, attempt_of(&attempt)?))
    }

    /// An order's row, which nobody else changes until the transaction ends.
    pub(super) async fn lock(&self, tx: &mut Connection, order_id: &str) -> Result<Row, StoreError> {
        const PLAIN: &str = "SELECT * FROM orders WHERE order_id = $1";
        const LOCKING: &str = "SELECT * FROM orders WHERE order_id = $1 FOR UPDATE";
        query(self.locking(PLAIN, LOCKING)).bind(order_id).fetch_one(tx).await
    }
}

/// The next line of the history; its number is also the order's version.
pub(super) async fn add_line(
    tx: &mut Connection,
    order: &StoredOrder,
    to: &OrderStatus,
    cause: &str,
    at: Millis,
) -> Result<i64, StoreError> {
    let seq = order.version + 1;
    add_first_line(tx, &order.order_id, Some(&order.status), to, cause, at, seq).await?;
    query("UPDATE orders SET version = $1 WHERE order_id = $2").bind(seq).bind(&order.order_id).execute(tx).await?;
    Ok(seq)
}

pub(super) async fn add_first_line(
    tx: &mut Connection,
    order_id: &str,
    from: Option<&OrderStatus>,
    to: &OrderStatus,
    cause: &str,
    at: Millis,
    seq: i64,
) -> Result<(), StoreError> {
    query("INSERT INTO history (order_id, seq, from_status, to_status, cause, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(order_id)
        .bind(seq)
        .bind(from.map(OrderStatus::as_str))
        .bind(to.as_str())
        .bind(cause)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}
