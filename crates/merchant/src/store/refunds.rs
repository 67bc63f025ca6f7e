//! Refunds that operators requested. The store commits each key before the gateway receives it.

use orders::Millis;
use orders::refund_idempotency::{Refund, RefundOutcome, RefundPlan};
use wire::Rupiah;

use super::history::insert_note;
use super::query::{Row, query};
use super::{Store, StoreError};

/// The payment to refund, and the operator who requests it.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest<'a> {
    /// The shop's order.
    pub order_id: &'a str,
    /// The payment attempt.
    pub attempt_id: &'a str,
    /// The operator, for the history.
    pub by: &'a str,
    /// Now.
    pub at: Millis,
}

impl Store {
    /// The refunds of a payment attempt, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refunds(&self, attempt_id: &str) -> Result<Vec<Refund>, StoreError> {
        let rows = query("SELECT * FROM refunds WHERE attempt_id = $1 ORDER BY requested_at, refund_key")
            .bind(attempt_id)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(refund_of).collect()
    }

    /// Stores the plan of `decide`, which receives the refunds so far, with a note in the order's history. The order is
    /// locked, so two operators plan one after the other.
    ///
    /// # Errors
    /// [`StoreError`]; the error of `decide` is the inner result.
    pub async fn plan_refund<E>(
        &self,
        request: RefundRequest<'_>,
        decide: impl FnOnce(&[Refund]) -> Result<RefundPlan, E> + Send,
    ) -> Result<Result<RefundPlan, E>, StoreError> {
        let mut tx = self.write().await?;
        let (order, _) = self.load(&mut tx, request.order_id).await?;
        let rows = query("SELECT * FROM refunds WHERE attempt_id = $1 ORDER BY requested_at, refund_key")
            .bind(request.attempt_id)
            .fetch_all(&mut *tx)
            .await?;
        let known: Vec<Refund> = rows.iter().map(refund_of).collect::<Result<_, _>>()?;
        let plan = match decide(&known) {
            Ok(plan) => plan,
            Err(skip) => return Ok(Err(skip)),
        };
        let Refund { key, requested_amount, amount, reason, .. } = plan.refund();
        let again = match &plan {
            RefundPlan::Retry(_) => {
                query("UPDATE refunds SET outcome = NULL WHERE attempt_id = $1 AND refund_key = $2")
                    .bind(request.attempt_id)
                    .bind(key)
                    .execute(&mut *tx)
                    .await?;
                " again"
            }
            RefundPlan::Create(refund) => {
                query(
                    "INSERT INTO refunds (attempt_id, refund_key, requested_amount, amount, reason, requested_at)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(request.attempt_id)
                .bind(key)
                .bind(requested_amount.map(|amount| amount.0))
                .bind(amount.0)
                .bind(reason)
                .bind(refund.requested_at)
                .execute(&mut *tx)
                .await?;
                ""
            }
        };
        let cause = format!(
            "refund requested{again} by {}: {amount} of {}, key {key}, reason: {reason}",
            request.by, request.attempt_id
        );
        insert_note(&mut tx, &order, &cause, request.at).await?;
        tx.commit().await?;
        Ok(Ok(plan))
    }

    /// Stores the result of a refund.
    ///
    /// # Errors
    /// [`StoreError`]; the result stays unknown then.
    pub async fn finish_refund(&self, attempt_id: &str, key: &str, outcome: RefundOutcome) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE refunds SET outcome = $1 WHERE attempt_id = $2 AND refund_key = $3")
            .bind(outcome.as_str())
            .bind(attempt_id)
            .bind(key)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }
}

fn refund_of(row: &Row) -> Result<Refund, StoreError> {
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(Refund {
        key: row.try_get("refund_key")?,
        requested_amount: row.try_get::<Option<i64>>("requested_amount")?.map(Rupiah),
        amount: Rupiah(row.try_get("amount")?),
        reason: row.try_get("reason")?,
        requested_at: row.try_get("requested_at")?,
        outcome: outcome.as_deref().map(parse_outcome).transpose()?,
    })
}

fn parse_outcome(value: &str) -> Result<RefundOutcome, StoreError> {
    RefundOutcome::parse(value).ok_or(StoreError::Column("outcome"))
}
