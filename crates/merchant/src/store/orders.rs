//! Orders as they are on disk.

use serde::Serialize;
use wire::Rupiah;
use wire::merchant::{Customer, OrderItem, OrderStatus, PaymentInstruction};

use super::order_update::add_first_line;
use super::payment_attempts::insert_attempt;
use super::query::{Row, query};
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
    /// When to ask the gateway how it stands, without news.
    pub due_at: Millis,
}

impl NewOrder<'_> {
    /// As it is on disk once it is inserted.
    #[must_use]
    pub fn stored(&self) -> StoredOrder {
        StoredOrder {
            order_id: self.order_id.to_owned(),
            status: OrderStatus::Created,
            gross_amount: self.cart.gross_amount,
            items: self.cart.items.clone(),
            customer: self.cart.customer.clone(),
            payment: None,
            payer: None,
            refunded_amount: Rupiah(0),
            version: 1,
            created_at: self.at,
        }
    }
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
    /// How much went back to the customer.
    pub refunded_amount: Rupiah,
    /// The number of the newest line of its history.
    pub version: i64,
    /// When it was ordered.
    pub created_at: Millis,
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
        let inserted = query(
            "INSERT INTO orders (order_id, status, gross_amount, items, customer, idempotency_key, request_hash,
                                 created_at, updated_at, version, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1, $9) ON CONFLICT (idempotency_key) DO NOTHING",
        )
        .bind(new.order_id)
        .bind(OrderStatus::Created.as_str())
        .bind(new.cart.gross_amount.0)
        .bind(json(&new.cart.items)?)
        .bind(json(&new.cart.customer)?)
        .bind(new.idempotency_key)
        .bind(new.request_hash)
        .bind(new.at)
        .bind(new.due_at)
        .execute(&mut *tx)
        .await?;
        if inserted == 0 {
            let row = query("SELECT order_id, request_hash FROM orders WHERE idempotency_key = $1")
                .bind(new.idempotency_key)
                .fetch_one(&mut *tx)
                .await?;
            let known =
                Inserted::Known { order_id: row.try_get("order_id")?, request_hash: row.try_get("request_hash")? };
            // The other one may be about to be written: it can be read when this is.
            tx.commit().await?;
            return Ok(known);
        }
        insert_attempt(&mut tx, new.order_id, new.order_id, 1, new.at, new.claimed_until).await?;
        add_first_line(&mut tx, new.order_id, None, &OrderStatus::Created, "ordered", new.at, 1).await?;
        tx.commit().await?;
        Ok(Inserted::New)
    }

    /// One order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order(&self, order_id: &str) -> Result<Option<StoredOrder>, StoreError> {
        let row = query("SELECT * FROM orders WHERE order_id = $1").bind(order_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(order_of).transpose()
    }
}

impl Store {
    /// How many orders stand how.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders_by_status(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let many = query("SELECT status, COUNT(*) AS many FROM orders GROUP BY status");
        let rows = self.pool.scan(many).await?;
        rows.iter().map(|row| Ok((row.try_get("status")?, row.try_get("many")?))).collect()
    }

    /// How many orders are to be asked about by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders_due(&self, now: Millis) -> Result<i64, StoreError> {
        let many = query("SELECT COUNT(*) AS many FROM orders WHERE due_at <= $1").bind(now);
        self.pool.scan(many).await?.first().ok_or(StoreError::NoRow)?.try_get("many")
    }
}

pub(super) fn order_of(row: &Row) -> Result<StoredOrder, StoreError> {
    let payment: Option<String> = row.try_get("payment")?;
    let payer: Option<String> = row.try_get("paid_by")?;
    let transaction_id = row.try_get("paid_transaction")?;
    Ok(StoredOrder {
        order_id: row.try_get("order_id")?,
        status: OrderStatus::from(row.try_get::<&str>("status")?),
        gross_amount: Rupiah(row.try_get("gross_amount")?),
        items: serde_json::from_str(row.try_get("items")?)?,
        customer: serde_json::from_str(row.try_get("customer")?)?,
        payment: payment.as_deref().map(serde_json::from_str).transpose()?,
        payer: payer.map(|payment_order_id| Payer { payment_order_id, transaction_id }),
        refunded_amount: Rupiah(row.try_get("refunded_amount")?),
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
    })
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}
