//! Orders as they are on disk.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use wire::Rupiah;
use wire::merchant::{Customer, OrderItem, OrderStatus, PaymentInstruction};

use super::attempts::insert_attempt;
use super::{Store, StoreError};
use crate::clock::Millis;
use crate::request::Cart;

/// An order to be stored.
#[derive(Debug)]
pub struct NewOrder<'a> {
    /// Unguessable.
    pub order_id: &'a str,
    /// Priced.
    pub cart: &'a Cart,
    /// The caller's.
    pub idempotency_key: Option<&'a str>,
    /// Tells a repeated request from another one under the same key.
    pub request_hash: &'a str,
    /// Now.
    pub at: Millis,
    /// Until when the caller asks the gateway.
    pub claimed_until: Millis,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is on disk, and the first attempt is claimed.
    New,
    /// The key was used before.
    Known {
        /// For which order.
        order_id: String,
        /// With which request.
        request_hash: String,
    },
}

/// An order as it is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOrder {
    /// Its id.
    pub order_id: String,
    /// How it stands.
    pub status: OrderStatus,
    /// What it costs.
    pub gross_amount: Rupiah,
    /// What was bought.
    pub items: Vec<OrderItem>,
    /// Who buys; never leaves the shop but to the gateway.
    pub customer: Customer,
    /// What to pay where.
    pub payment: Option<PaymentInstruction>,
    /// Who brought the money, once it came.
    pub payer: Option<Payer>,
}

/// What brought the money: only it may take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// The gateway's `order_id`.
    pub payment_order_id: String,
    /// The gateway's `transaction_id`, where it said one.
    pub transaction_id: Option<String>,
}

impl Store {
    /// Puts an order and its first, claimed attempt on disk, unless its key was used before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_order(&self, new: &NewOrder<'_>) -> Result<Inserted, StoreError> {
        let mut tx = self.write().await?;
        if let Some(key) = new.idempotency_key {
            let known = sqlx::query("SELECT order_id, request_hash FROM orders WHERE idempotency_key = $1")
                .bind(key)
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(row) = known {
                return Ok(Inserted::Known {
                    order_id: row.try_get("order_id")?,
                    request_hash: row.try_get("request_hash")?,
                });
            }
        }
        sqlx::query(
            "INSERT INTO orders (order_id, status, gross_amount, items, customer, idempotency_key, request_hash, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        )
        .bind(new.order_id)
        .bind(OrderStatus::Created.as_str())
        .bind(new.cart.gross_amount.0)
        .bind(json(&new.cart.items)?)
        .bind(json(&new.cart.customer)?)
        .bind(new.idempotency_key)
        .bind(new.request_hash)
        .bind(new.at)
        .execute(&mut *tx)
        .await?;
        insert_attempt(&mut tx, new.order_id, new.order_id, 1, new.at, new.claimed_until).await?;
        super::notifications::add_history(&mut tx, new.order_id, None, &OrderStatus::Created, "ordered", new.at)
            .await?;
        tx.commit().await?;
        Ok(Inserted::New)
    }

    /// One order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order(&self, order_id: &str) -> Result<Option<StoredOrder>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM orders WHERE order_id = $1").bind(order_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(order_of).transpose()
    }

    /// Whether it is time to ask the gateway how an order stands: no news and no question since `before`. Says
    /// yes to one asker only.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn may_ask(&self, order_id: &str, before: Millis, now: Millis) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE orders SET asked_at = $1 WHERE order_id = $2 AND asked_at <= $3 AND updated_at <= $3
             AND status IN ('created', 'pending', 'denied', 'review')",
        )
        .bind(now)
        .bind(order_id)
        .bind(before)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

pub(super) fn order_of(row: &SqliteRow) -> Result<StoredOrder, StoreError> {
    let payment: Option<String> = row.try_get("payment")?;
    let payer: Option<String> = row.try_get("paid_by")?;
    let transaction_id = row.try_get("paid_transaction")?;
    Ok(StoredOrder {
        order_id: row.try_get("order_id")?,
        status: OrderStatus::from(row.try_get::<&str, _>("status")?),
        gross_amount: Rupiah(row.try_get("gross_amount")?),
        items: serde_json::from_str(row.try_get("items")?)?,
        customer: serde_json::from_str(row.try_get("customer")?)?,
        payment: payment.as_deref().map(serde_json::from_str).transpose()?,
        payer: payer.map(|payment_order_id| Payer { payment_order_id, transaction_id }),
    })
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}
