//! Payment attempts, their tokens, and the lease on requesting a token.

use std::sync::LazyLock;

use orders::{Millis, PaymentAttempt};
use wire::midtrans::TokenResponse;

use super::connection::Connection;
use super::query::query;
use super::rows::attempt_of;
use super::status_lists::PAYABLE;
use super::{Store, StoreError};

impl Store {
    /// The newest attempt of an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_attempt(&self, order_id: &str) -> Result<Option<PaymentAttempt>, StoreError> {
        let row = query("SELECT * FROM payment_attempts WHERE order_id = $1 ORDER BY seq DESC LIMIT 1")
            .bind(order_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(attempt_of).transpose()
    }

    /// All attempts of an order, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts(&self, order_id: &str) -> Result<Vec<PaymentAttempt>, StoreError> {
        let rows = query("SELECT * FROM payment_attempts WHERE order_id = $1 ORDER BY seq DESC")
            .bind(order_id)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(attempt_of).collect()
    }

    /// One attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt(&self, attempt_id: &str) -> Result<Option<PaymentAttempt>, StoreError> {
        let row = query("SELECT * FROM payment_attempts WHERE attempt_id = $1")
            .bind(attempt_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(attempt_of).transpose()
    }

    /// The order of an attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order_of_attempt(&self, attempt_id: &str) -> Result<Option<String>, StoreError> {
        let row = query("SELECT order_id FROM payment_attempts WHERE attempt_id = $1")
            .bind(attempt_id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| row.try_get("order_id")).transpose()
    }

    /// Takes the lease on requesting a token, if the attempt has no token that is younger than `stale`. Returns false
    /// if another process holds the lease or the order is not payable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acquire_token_lease(
        &self,
        attempt_id: &str,
        stale: Millis,
        now: Millis,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if !self.lock_payable(&mut tx, attempt_id).await? {
            return Ok(false);
        }
        let changed = query(
            "UPDATE payment_attempts SET token_lease_until = $1
             WHERE attempt_id = $2 AND token_lease_until <= $3 AND (token_at IS NULL OR token_at <= $4)",
        )
        .bind(until)
        .bind(attempt_id)
        .bind(now)
        .bind(stale)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Releases a lease, so that the next process need not wait for its end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_token_lease(&self, attempt: &PaymentAttempt) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE payment_attempts SET token_lease_until = 0 WHERE attempt_id = $1 AND token_lease_until = $2")
            .bind(&attempt.attempt_id)
            .bind(attempt.token_lease_until)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }

    /// Stores a token and releases the lease. Returns false if the lease expired, because another process may hold it.
    /// An order without a next poll gets one at `first_poll_at`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn save_token(
        &self,
        attempt: &PaymentAttempt,
        token: &TokenResponse,
        now: Millis,
        first_poll_at: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        // Every transaction locks the order first, so that no two transactions wait for each other.
        static RESUME_POLLING: LazyLock<String> = LazyLock::new(|| {
            format!(
                "UPDATE orders SET next_poll_at = $1, poll_count = 0 WHERE next_poll_at IS NULL AND status IN ({})
                 AND order_id = (SELECT order_id FROM payment_attempts WHERE attempt_id = $2)",
                *PAYABLE
            )
        });
        query(RESUME_POLLING.as_str()).bind(first_poll_at).bind(&attempt.attempt_id).execute(&mut *tx).await?;
        let changed = query(
            "UPDATE payment_attempts SET token = $1, redirect_url = $2, token_at = $3, token_lease_until = 0
             WHERE attempt_id = $4 AND token_lease_until = $5",
        )
        .bind(&token.token)
        .bind(&token.redirect_url)
        .bind(now)
        .bind(&attempt.attempt_id)
        .bind(attempt.token_lease_until)
        .execute(&mut *tx)
        .await?;
        if changed != 1 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Stores the next attempt after `last`; the caller holds its lease. Returns none if the order is not payable.
    ///
    /// # Errors
    /// [`StoreError`]; also if another process stored the next attempt.
    pub async fn next_attempt(
        &self,
        order_id: &str,
        last: &PaymentAttempt,
        now: Millis,
        until: Millis,
    ) -> Result<Option<PaymentAttempt>, StoreError> {
        let seq = last.seq + 1;
        let attempt_id = format!("{order_id}-{seq}");
        let mut tx = self.write().await?;
        if !self.lock_payable(&mut tx, &last.attempt_id).await? {
            return Ok(None);
        }
        insert_attempt(&mut tx, &attempt_id, order_id, seq, now, until).await?;
        tx.commit().await?;
        Ok(Some(PaymentAttempt::leased(attempt_id, seq, until)))
    }

    /// Whether the order of an attempt is payable. The order is locked until the transaction ends.
    async fn lock_payable(&self, tx: &mut Connection, attempt_id: &str) -> Result<bool, StoreError> {
        static SQLITE: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT order_id FROM orders WHERE status IN ({})
                 AND order_id = (SELECT order_id FROM payment_attempts WHERE attempt_id = $1)",
                *PAYABLE
            )
        });
        static POSTGRES: LazyLock<String> = LazyLock::new(|| format!("{} FOR UPDATE", *SQLITE));
        let row = query(self.dialect(SQLITE.as_str(), POSTGRES.as_str())).bind(attempt_id).fetch_optional(tx).await?;
        Ok(row.is_some())
    }
}

pub(super) async fn insert_attempt(
    tx: &mut Connection,
    attempt_id: &str,
    order_id: &str,
    seq: i64,
    now: Millis,
    until: Millis,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO payment_attempts (attempt_id, order_id, seq, token_lease_until, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(attempt_id)
    .bind(order_id)
    .bind(seq)
    .bind(until)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}
