//! Expires the token of an order whose customer chose no method.

use orders::confirmation::elapsed;
use orders::poll_schedule::TOKEN_TTL;
use orders::{AttemptRef, OrderRecord, OrderUpdate, PaymentAttempt, UpdateOutcome};
use tokio::time::Instant;
use wire::merchant::OrderStatus;

use super::reconciler::Reconcile;
use super::schedule::token_created_at;
use crate::clock::{self, Millis};
use crate::error::ApiError;

impl Reconcile {
    /// Cancels an expired token and expires the order. No notification reports this. The token is cancelled first, so
    /// that the customer cannot pay late. Returns the outcome if the order expired.
    pub(super) async fn expire_unused_token(
        &self,
        order_id: &str,
        attempt: Option<&PaymentAttempt>,
        deadline: Instant,
    ) -> Result<Option<UpdateOutcome>, ApiError> {
        let Some((order, attempt)) = self.store.order(order_id).await?.zip(attempt) else { return Ok(None) };
        let now = clock::now();
        let is_expired = elapsed(token_created_at(Some(attempt), &order), now) >= TOKEN_TTL;
        if order.status != OrderStatus::Created || !is_expired || attempt.token_lease_until > now {
            return Ok(None);
        }
        if let Some(token) = &attempt.token
            && !self.gateway.cancel_token(&token.token, deadline).await?
        {
            return Ok(None);
        }
        let now = clock::now();
        let update = self.store.update_order(order_id, now, token_expired(attempt.clone(), now)).await?;
        Ok(update.status.is_some().then_some(update.outcome))
    }
}

/// The update that expires an order, unless it has a new token or a process requests one.
fn token_expired(
    known: PaymentAttempt,
    now: Millis,
) -> impl FnOnce(&OrderRecord, &PaymentAttempt) -> OrderUpdate + Send {
    move |order, attempt| {
        let is_same = attempt.attempt_id == known.attempt_id && attempt.token_at == known.token_at;
        let expires = order.status == OrderStatus::Created && is_same && attempt.token_lease_until <= now;
        OrderUpdate {
            status: expires.then_some(OrderStatus::Expired),
            payment: None,
            refunded: None,
            outcome: UpdateOutcome::TokenExpired,
            source: AttemptRef { attempt_id: known.attempt_id, transaction_id: None },
            sets_payer: false,
        }
    }
}
