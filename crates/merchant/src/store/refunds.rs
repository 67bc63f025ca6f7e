//! Refunds that an operator asked for. Each has its key on disk before the gateway hears of it.

use wire::Rupiah;

use super::order_update::add_line;
use super::query::{Row, query};
use super::{Store, StoreError};
use crate::clock::Millis;

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// At the gateway.
    pub key: String,
    /// The amount as it was typed; nothing for all that was left.
    pub asked: Option<Rupiah>,
    /// What the gateway was asked for.
    pub amount: Rupiah,
    /// Why.
    pub reason: String,
    /// When it was asked for first.
    pub asked_at: Millis,
    /// What became of it, where that is known.
    pub outcome: Option<Outcome>,
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The money went back.
    Done,
    /// The gateway refused.
    Refused,
}

/// Which payment is to be given back, and who says so.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The shop's order.
    pub order_id: &'a str,
    /// The gateway's.
    pub payment_order_id: &'a str,
    /// For the history.
    pub by: &'a str,
    /// Now.
    pub at: Millis,
}

/// What is to be done about a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// A new refund.
    New(Refund),
    /// One whose answer was lost: once more under its key.
    Again(Refund),
}

impl Plan {
    /// The refund.
    #[must_use]
    pub fn refund(&self) -> &Refund {
        match self {
            Self::New(refund) | Self::Again(refund) => refund,
        }
    }
}

impl Store {
    /// The refunds of a payment order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refunds(&self, payment_order_id: &str) -> Result<Vec<Refund>, StoreError> {
        let rows = query("SELECT * FROM refunds WHERE payment_order_id = $1 ORDER BY asked_at, refund_key")
            .bind(payment_order_id)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(refund_of).collect()
    }

    /// Writes down what `decide` plans, which sees the refunds so far, together with a line in the order's
    /// history. Two operators come one after the other.
    ///
    /// # Errors
    /// [`StoreError`]; what `decide` refuses is inside.
    pub async fn plan_refund<E>(
        &self,
        wish: Wish<'_>,
        decide: impl FnOnce(&[Refund]) -> Result<Plan, E> + Send,
    ) -> Result<Result<Plan, E>, StoreError> {
        let mut tx = self.write().await?;
        let (order, _) = self.load(&mut tx, wish.order_id).await?;
        let rows = query("SELECT * FROM refunds WHERE payment_order_id = $1 ORDER BY asked_at, refund_key")
            .bind(wish.payment_order_id)
            .fetch_all(&mut *tx)
            .await?;
        let known: Vec<Refund> = rows.iter().map(refund_of).collect::<Result<_, _>>()?;
        let plan = match decide(&known) {
            Ok(plan) => plan,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Refund { key, asked, amount, reason, .. } = plan.refund();
        let again = match &plan {
            Plan::Again(_) => {
                query("UPDATE refunds SET outcome = NULL WHERE payment_order_id = $1 AND refund_key = $2")
                    .bind(wish.payment_order_id)
                    .bind(key)
                    .execute(&mut *tx)
                    .await?;
                " again"
            }
            Plan::New(refund) => {
                query(
                    "INSERT INTO refunds (payment_order_id, refund_key, asked, amount, reason, asked_at)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(wish.payment_order_id)
                .bind(key)
                .bind(asked.map(|asked| asked.0))
                .bind(amount.0)
                .bind(reason)
                .bind(refund.asked_at)
                .execute(&mut *tx)
                .await?;
                ""
            }
        };
        let cause = format!(
            "refund asked for{again} by {}: {amount} of {}, key {key}, reason: {reason}",
            wish.by, wish.payment_order_id
        );
        add_line(&mut tx, &order, &order.status, &cause, wish.at).await?;
        tx.commit().await?;
        Ok(Ok(plan))
    }

    /// Notes what became of a refund.
    ///
    /// # Errors
    /// [`StoreError`]; its outcome stays unknown then.
    pub async fn refund_ended(&self, payment_order_id: &str, key: &str, outcome: Outcome) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE refunds SET outcome = $1 WHERE payment_order_id = $2 AND refund_key = $3")
            .bind(outcome.word())
            .bind(payment_order_id)
            .bind(key)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }
}

impl Outcome {
    /// As it is on disk.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

fn refund_of(row: &Row) -> Result<Refund, StoreError> {
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(Refund {
        key: row.try_get("refund_key")?,
        asked: row.try_get::<Option<i64>>("asked")?.map(Rupiah),
        amount: Rupiah(row.try_get("amount")?),
        reason: row.try_get("reason")?,
        asked_at: row.try_get("asked_at")?,
        outcome: outcome.map(|word| if word == "done" { Outcome::Done } else { Outcome::Refused }),
    })
}
