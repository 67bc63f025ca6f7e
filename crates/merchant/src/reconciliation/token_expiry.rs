//! The end of a payment page that nobody used.

use tokio::time::Instant;
use wire::merchant::OrderStatus;

use super::{Reconcile, since, token_at};
use crate::clock::{self, Millis};
use crate::error::ApiError;
use crate::schedule::PAGE_LIFE;
use crate::store::{Attempt, Change, Said, StoredOrder};

impl Reconcile {
    /// Nobody chose a method in time. No notification tells that; so that nobody can pay late, the token is
    /// withdrawn first. The change, where there is one.
    pub(super) async fn end_page(
        &self,
        order_id: &str,
        attempt: Option<&Attempt>,
        deadline: Instant,
    ) -> Result<Option<String>, ApiError> {
        let Some((order, attempt)) = self.store.order(order_id).await?.zip(attempt) else { return Ok(None) };
        let now = clock::now();
        let over = since(token_at(Some(attempt), &order), now) >= PAGE_LIFE;
        if order.status != OrderStatus::Created || !over || attempt.claimed_until > now {
            return Ok(None);
        }
        if let Some(token) = &attempt.token
            && !self.gateway.cancel_token(&token.token, deadline).await?
        {
            return Ok(None);
        }
        let now = clock::now();
        let change = self.store.change(order_id, now, page_ended(attempt.clone(), now)).await?;
        Ok(change.status.is_some().then_some(change.outcome))
    }
}

/// Not when somebody got a new token meanwhile, or is about to.
fn page_ended(known: Attempt, now: Millis) -> impl FnOnce(&StoredOrder, &Attempt) -> Change + Send {
    move |order, attempt| {
        let same = attempt.payment_order_id == known.payment_order_id && attempt.token_at == known.token_at;
        let ends = order.status == OrderStatus::Created && same && attempt.claimed_until <= now;
        Change {
            status: ends.then_some(OrderStatus::Expired),
            payment: None,
            refunded: None,
            outcome: "the payment page ended".into(),
            said: Said { payment_order_id: known.payment_order_id, transaction_id: None },
            pays: false,
            twice: false,
        }
    }
}
