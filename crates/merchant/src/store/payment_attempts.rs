//! Payment orders at the gateway, their tokens, and the lease on asking for one.

use wire::midtrans::TokenResponse;

use super::connection::Connection;
use super::query::{Row, query};
use super::{Store, StoreError};
use crate::clock::Millis;

/// One payment order at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The gateway's `order_id`.
    pub payment_order_id: String,
    /// 1 for the first.
    pub seq: i64,
    /// What the gateway answered.
    pub token: Option<TokenResponse>,
    /// When.
    pub token_at: Option<Millis>,
    /// The gateway's id of the payment, once a method was chosen.
    pub transaction_id: Option<String>,
    /// The lease. Who took it knows the attempt with their own value here.
    pub claimed_until: Millis,
}

impl Store {
    /// The attempt that can be paid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_attempt(&self, order_id: &str) -> Result<Option<Attempt>, StoreError> {
        let row = query("SELECT * FROM attempts WHERE order_id = $1 ORDER BY seq DESC LIMIT 1")
            .bind(order_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(attempt_of).transpose()
    }

    /// All attempts, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts(&self, order_id: &str) -> Result<Vec<Attempt>, StoreError> {
        let rows = query("SELECT * FROM attempts WHERE order_id = $1 ORDER BY seq DESC")
            .bind(order_id)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(attempt_of).collect()
    }

    /// One attempt by the gateway's `order_id`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt(&self, payment_order_id: &str) -> Result<Option<Attempt>, StoreError> {
        let row = query("SELECT * FROM attempts WHERE payment_order_id = $1")
            .bind(payment_order_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(attempt_of).transpose()
    }

    /// Which order a payment order of the gateway belongs to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order_of_payment(&self, payment_order_id: &str) -> Result<Option<String>, StoreError> {
        let row = query("SELECT order_id FROM attempts WHERE payment_order_id = $1")
            .bind(payment_order_id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| row.try_get("order_id")).transpose()
    }

    /// Takes the lease on an attempt that has no token from after `stale`; false when somebody else has it, or
    /// when the order cannot be paid any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(
        &self,
        payment_order_id: &str,
        stale: Millis,
        now: Millis,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if !self.hold_payable(&mut tx, payment_order_id).await? {
            return Ok(false);
        }
        let done = query(
            "UPDATE attempts SET claimed_until = $1
             WHERE payment_order_id = $2 AND claimed_until <= $3 AND (token_at IS NULL OR token_at <= $4)",
        )
        .bind(until)
        .bind(payment_order_id)
        .bind(now)
        .bind(stale)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done == 1)
    }

    /// Gives one's own lease back, so that the next one need not wait for its end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE attempts SET claimed_until = 0 WHERE payment_order_id = $1 AND claimed_until = $2")
            .bind(&attempt.payment_order_id)
            .bind(attempt.claimed_until)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }

    /// Keeps the gateway's answer and gives the lease back; false when the lease ended and may be another's. An
    /// order that was not to be asked about any more is at `look_at`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn save_token(
        &self,
        attempt: &Attempt,
        token: &TokenResponse,
        now: Millis,
        look_at: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        // The order first, as everywhere: so nobody waits for each other.
        query(
            "UPDATE orders SET due_at = $1, asks = 0 WHERE due_at IS NULL AND status IN ('created', 'pending', 'denied')
             AND order_id = (SELECT order_id FROM attempts WHERE payment_order_id = $2)",
        )
        .bind(look_at)
        .bind(&attempt.payment_order_id)
        .execute(&mut *tx)
        .await?;
        let done = query(
            "UPDATE attempts SET token = $1, redirect_url = $2, token_at = $3, claimed_until = 0
             WHERE payment_order_id = $4 AND claimed_until = $5",
        )
        .bind(&token.token)
        .bind(&token.redirect_url)
        .bind(now)
        .bind(&attempt.payment_order_id)
        .bind(attempt.claimed_until)
        .execute(&mut *tx)
        .await?;
        if done != 1 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Replaces an attempt whose id the gateway does not take any more. The new one is claimed. Nothing when the
    /// order cannot be paid any more.
    ///
    /// # Errors
    /// [`StoreError`]; also when another process was quicker.
    pub async fn next_attempt(
        &self,
        order_id: &str,
        last: &Attempt,
        now: Millis,
        until: Millis,
    ) -> Result<Option<Attempt>, StoreError> {
        let seq = last.seq + 1;
        let payment_order_id = format!("{order_id}-{seq}");
        let mut tx = self.write().await?;
        if !self.hold_payable(&mut tx, &last.payment_order_id).await? {
            return Ok(None);
        }
        insert_attempt(&mut tx, &payment_order_id, order_id, seq, now, until).await?;
        tx.commit().await?;
        Ok(Some(Attempt::claimed(payment_order_id, seq, until)))
    }

    /// Whether the order of an attempt can still be paid; it stays so until the transaction ends.
    async fn hold_payable(&self, tx: &mut Connection, payment_order_id: &str) -> Result<bool, StoreError> {
        const PLAIN: &str = "SELECT order_id FROM orders WHERE status IN ('created', 'pending', 'denied')
             AND order_id = (SELECT order_id FROM attempts WHERE payment_order_id = $1)";
        const LOCKING: &str = "SELECT order_id FROM orders WHERE status IN ('created', 'pending', 'denied')
             AND order_id = (SELECT order_id FROM attempts WHERE payment_order_id = $1) FOR UPDATE";
        let row = query(self.locking(PLAIN, LOCKING)).bind(payment_order_id).fetch_optional(tx).await?;
        Ok(row.is_some())
    }
}

impl Attempt {
    /// A new one that somebody asks the gateway for until `claimed_until`.
    #[must_use]
    pub fn claimed(payment_order_id: String, seq: i64, claimed_until: Millis) -> Self {
        Self { payment_order_id, seq, token: None, token_at: None, transaction_id: None, claimed_until }
    }
}

pub(super) async fn insert_attempt(
    tx: &mut Connection,
    payment_order_id: &str,
    order_id: &str,
    seq: i64,
    now: Millis,
    until: Millis,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO attempts (payment_order_id, order_id, seq, claimed_until, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(payment_order_id)
    .bind(order_id)
    .bind(seq)
    .bind(until)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn attempt_of(row: &Row) -> Result<Attempt, StoreError> {
    let token: Option<String> = row.try_get("token")?;
    let redirect_url: Option<String> = row.try_get("redirect_url")?;
    Ok(Attempt {
        payment_order_id: row.try_get("payment_order_id")?,
        seq: row.try_get("seq")?,
        token: token.zip(redirect_url).map(|(token, redirect_url)| TokenResponse { token, redirect_url }),
        token_at: row.try_get("token_at")?,
        transaction_id: row.try_get("transaction_id")?,
        claimed_until: row.try_get("claimed_until")?,
    })
}
