//! Orders in the database.

use orders::{Millis, OrderRecord};
use wire::Rupiah;
use wire::merchant::{Customer, OrderItem, OrderStatus};

use super::history::insert_history;
use super::payment_attempts::insert_attempt;
use super::query::query;
use super::rows::{json, order_of};
use super::{Store, StoreError};

/// An order to store, with its first payment attempt.
#[derive(Debug)]
pub struct NewOrder<'a> {
    /// An unguessable id.
    pub order_id: &'a str,
    /// The priced lines.
    pub items: &'a [OrderItem],
    /// The sum of the lines.
    pub gross_amount: Rupiah,
    /// The customer.
    pub customer: &'a Customer,
    /// The caller's idempotency key.
    pub idempotency_key: Option<&'a str>,
    /// Distinguishes a repeated request from another request with the same key.
    pub request_hash: &'a str,
    /// Now.
    pub at: Millis,
    /// The end of the caller's lease on requesting a token.
    pub token_lease_until: Millis,
    /// When to poll the gateway if no notification arrives.
    pub next_poll_at: Millis,
}

impl NewOrder<'_> {
    /// The order as the store keeps it.
    #[must_use]
    pub fn record(&self) -> OrderRecord {
        OrderRecord {
            order_id: self.order_id.to_owned(),
            status: OrderStatus::Created,
            gross_amount: self.gross_amount,
            items: self.items.to_vec(),
            customer: self.customer.clone(),
            payment: None,
            payer: None,
            refunded_amount: Rupiah(0),
            version: 1,
            created_at: self.at,
        }
    }
}

/// The result of storing an order.
#[derive(Debug, PartialEq, Eq)]
pub enum OrderInsertion {
    /// The order is stored, and the caller holds the lease on its first attempt.
    Inserted,
    /// Another order has the idempotency key.
    KeyExists {
        /// That order.
        order_id: String,
        /// The hash of its request.
        request_hash: String,
    },
}

impl Store {
    /// Stores an order and its first payment attempt, unless another order has the idempotency key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_order(&self, new: &NewOrder<'_>) -> Result<OrderInsertion, StoreError> {
        let mut tx = self.write().await?;
        let inserted = query(
            "INSERT INTO orders (order_id, status, gross_amount, items, customer, idempotency_key, request_hash,
                                 created_at, updated_at, version, next_poll_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1, $9) ON CONFLICT (idempotency_key) DO NOTHING",
        )
        .bind(new.order_id)
        .bind(OrderStatus::Created.as_str())
        .bind(new.gross_amount.0)
        .bind(json(&new.items)?)
        .bind(json(new.customer)?)
        .bind(new.idempotency_key)
        .bind(new.request_hash)
        .bind(new.at)
        .bind(new.next_poll_at)
        .execute(&mut *tx)
        .await?;
        if inserted == 0 {
            let row = query("SELECT order_id, request_hash FROM orders WHERE idempotency_key = $1")
                .bind(new.idempotency_key)
                .fetch_one(&mut *tx)
                .await?;
            let (order_id, request_hash) = (row.try_get("order_id")?, row.try_get("request_hash")?);
            // The other order may be part of the same commit; it can be read after this commit.
            tx.commit().await?;
            return Ok(OrderInsertion::KeyExists { order_id, request_hash });
        }
        insert_attempt(&mut tx, new.order_id, new.order_id, 1, new.at, new.token_lease_until).await?;
        insert_history(&mut tx, new.order_id, (None, &OrderStatus::Created), "ordered", new.at, 1).await?;
        tx.commit().await?;
        Ok(OrderInsertion::Inserted)
    }

    /// One order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order(&self, order_id: &str) -> Result<Option<OrderRecord>, StoreError> {
        let row = query("SELECT * FROM orders WHERE order_id = $1").bind(order_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(order_of).transpose()
    }
}

impl Store {
    /// The number of orders by status.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders_by_status(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let many = query("SELECT status, COUNT(*) AS many FROM orders GROUP BY status");
        let rows = self.pool.scan(many).await?;
        rows.iter().map(|row| Ok((row.try_get("status")?, row.try_get("many")?))).collect()
    }

    /// The number of orders that are due for a poll.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders_due_for_poll(&self, now: Millis) -> Result<i64, StoreError> {
        let many = query("SELECT COUNT(*) AS many FROM orders WHERE next_poll_at <= $1").bind(now);
        self.pool.scan(many).await?.first().ok_or(StoreError::NoRow)?.try_get("many")
    }
}
