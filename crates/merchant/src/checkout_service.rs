//! How a cart comes to a token: on disk first, then at the gateway, once.
//!
//! Whoever holds the lease on an attempt asks the gateway; everybody else with the same order waits, for a
//! bounded time, for what it stores. The lease is in the database, so it holds between processes too and
//! ends by itself when its holder dies.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wire::merchant::{Checkout, OrderStatus};
use wire::midtrans::TokenResponse;

use crate::clock::{self, Millis};
use crate::error::{ApiError, ErrorCode};
use crate::id;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::news::{change_by, report};
use crate::reconciliation::Reconcile;
use crate::request::{Cart, token_request};
use crate::schedule::spread;
use crate::settle::is_payable;
use crate::store::{Attempt, Inserted, NewOrder, Store, StoreError, StoredOrder};

/// A token lives 24 hours at the gateway; a little less here, so that no customer gets one that just died.
const TOKEN_LIFE: Duration = Duration::from_secs(23 * 3600 + 30 * 60);

/// Beyond this something is wrong that more payment orders do not mend.
const MAX_ATTEMPTS: i64 = 5;

/// A payment page gives up after so many refusals; its token opens nothing any more.
const REFUSALS: i64 = 3;

/// How long after an order the gateway is asked about it, when nobody else did.
const FIRST_LOOK: Duration = Duration::from_secs(60);

/// How often a waiting request looks for the token.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Orders and their tokens.
#[derive(Debug, Clone)]
pub struct CheckoutService {
    store: Store,
    gateway: Arc<MidtransClient>,
    reconcile: Reconcile,
    public_origin: String,
}

impl CheckoutService {
    /// `public_origin` is where customers come back to, without a slash at its end.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<MidtransClient>, reconcile: Reconcile, public_origin: String) -> Self {
        Self { store, gateway, reconcile, public_origin }
    }

    /// Stores an order and gets its token. The same key with the same cart resumes the same order while it
    /// can be paid, also when the first try failed at the gateway.
    ///
    /// # Errors
    /// [`ApiError`]; the order is on disk whenever it has an order id.
    pub async fn create(&self, cart: &Cart, key: Option<&str>) -> Result<Checkout, ApiError> {
        let deadline = self.deadline();
        let order_id = id::random()?;
        let request_hash = cart.fingerprint();
        let now = clock::now();
        let new = NewOrder {
            order_id: &order_id,
            cart,
            idempotency_key: key,
            request_hash: &request_hash,
            at: now,
            claimed_until: now + self.lease(),
            due_at: first_look(now),
        };
        match self.store.insert_order(&new).await? {
            Inserted::New => {
                let attempt = Attempt::claimed(order_id.clone(), 1, new.claimed_until);
                let token = self
                    .ask(new.stored(), attempt, Page::Unspent, deadline)
                    .await
                    .map_err(|problem| problem.with_order_id(&order_id))?;
                Ok(checkout(&order_id, cart.gross_amount, token))
            }
            Inserted::Known { order_id, request_hash: known } if known == request_hash => {
                // In a box, as everything that is rare here: what might be needed is moved about with each order.
                Box::pin(self.resume(&order_id, deadline)).await.map_err(|problem| problem.with_order_id(&order_id))
            }
            Inserted::Known { order_id, .. } => {
                Err(ApiError::from(ErrorCode::IdempotencyKeyReused).with_order_id(&order_id))
            }
        }
    }

    /// The token of an order that is still to be paid.
    ///
    /// # Errors
    /// [`ApiError`]: not found, paid, expired, closed, or the gateway's.
    pub async fn token(&self, order_id: &str) -> Result<Checkout, ApiError> {
        self.resume(order_id, self.deadline()).await.map_err(|problem| problem.with_order_id(order_id))
    }

    async fn resume(&self, order_id: &str, deadline: Instant) -> Result<Checkout, ApiError> {
        // Whoever is about to pay should not pay twice because a notification was lost.
        self.reconcile.ask(order_id).await;
        loop {
            let order = self.store.order(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
            let attempt = self.store.current_attempt(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
            if !is_payable(&order.status) {
                return Err(closed(&order.status).into());
            }
            // Whoever chose a method finds it there again, however old the token is.
            if let (OrderStatus::Pending, Some(token)) = (&order.status, &attempt.token) {
                return Ok(checkout(order_id, order.gross_amount, token.clone()));
            }
            let now = clock::now();
            let spent = order.status == OrderStatus::Denied
                && attempt.seq < MAX_ATTEMPTS
                && self.store.refusals(&attempt.payment_order_id).await? >= REFUSALS;
            let (page, stale) = if spent { (Page::Spent, now) } else { (Page::Unspent, now - millis(TOKEN_LIFE)) };
            if let Some(token) = &attempt.token
                && attempt.token_at.is_some_and(|at| at > stale)
            {
                return Ok(checkout(order_id, order.gross_amount, token.clone()));
            }
            let until = now + self.lease();
            if self.store.claim(&attempt.payment_order_id, stale, now, until).await? {
                let attempt = Attempt { claimed_until: until, ..attempt };
                let known = attempt.token.clone();
                let gross_amount = order.gross_amount;
                let token = match (self.ask(order, attempt, page, deadline).await, known) {
                    (Err(problem), Some(token)) if problem.code == ErrorCode::OrderPending => {
                        // Only now it turned out that a method was chosen; or the spent page could not be ended.
                        let order = self.store.order(order_id).await?;
                        let pending = order.is_some_and(|order| order.status == OrderStatus::Pending);
                        if pending || spent { token } else { return Err(problem) }
                    }
                    (answer, _) => answer?,
                };
                return Ok(checkout(order_id, gross_amount, token));
            }
            if Instant::now() + LOOK_AGAIN >= deadline {
                return Err(ErrorCode::InProgress.into());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Asks the gateway for a claimed attempt. In a task of its own: a customer who leaves must not leave an
    /// order behind that is claimed by nobody.
    async fn ask(
        &self,
        order: StoredOrder,
        attempt: Attempt,
        page: Page,
        deadline: Instant,
    ) -> Result<TokenResponse, ApiError> {
        let this = self.clone();
        tokio::spawn(async move { this.ask_claimed(&order, attempt, page, deadline).await })
            .await
            .map_err(|error| ApiError::from(ErrorCode::Internal).caused_by(error))?
    }

    async fn ask_claimed(
        &self,
        order: &StoredOrder,
        mut attempt: Attempt,
        page: Page,
        deadline: Instant,
    ) -> Result<TokenResponse, ApiError> {
        if page == Page::Spent {
            match Box::pin(self.replace(order, &attempt, deadline)).await {
                Ok(next) => attempt = next,
                Err(problem) => return self.give_up(&attempt, problem).await,
            }
        }
        loop {
            let finish = format!("{}/order/{}", self.public_origin, order.order_id);
            let request = token_request(order, &attempt.payment_order_id, finish);
            let key = format!("token-{}", attempt.payment_order_id);
            match self.gateway.create_token(&request, &key, deadline).await {
                Ok(token) => {
                    let now = clock::now();
                    return match self.store.save_token(&attempt, &token, now, first_look(now)).await {
                        Ok(true) => Ok(token),
                        // Too late: somebody else may have asked, and only the newest token can be paid.
                        Ok(false) => Err(ErrorCode::InProgress.into()),
                        Err(error) => self.give_up(&attempt, error.into()).await,
                    };
                }
                Err(MidtransError::OrderIdTaken) if attempt.seq < MAX_ATTEMPTS => {
                    match Box::pin(self.replace(order, &attempt, deadline)).await {
                        Ok(next) => attempt = next,
                        Err(problem) => return self.give_up(&attempt, problem).await,
                    }
                }
                Err(error) => return self.give_up(&attempt, error.into()).await,
            }
        }
    }

    async fn give_up(&self, attempt: &Attempt, problem: ApiError) -> Result<TokenResponse, ApiError> {
        if let Err(error) = self.store.release(attempt).await {
            // The lease ends by itself; the customer hears of the first problem.
            tracing::warn!(cause = %error, "a lease could not be given back");
        }
        Err(problem)
    }

    /// The gateway knows the id: an earlier answer was lost, or the token died after a method was chosen. Only
    /// when nobody can pay or has paid under the old id is a new one made, so nobody pays twice.
    async fn replace(&self, order: &StoredOrder, last: &Attempt, deadline: Instant) -> Result<Attempt, ApiError> {
        let transaction_id = last.transaction_id.as_deref();
        // Not found does not mean not paid: some methods are found by their transaction id only.
        let said = self.gateway.status(&last.payment_order_id, transaction_id, deadline).await?;
        let said = said.ok_or(ErrorCode::OrderPending)?;
        if self.reconcile.doubts(&order.order_id, &said).await? {
            return Err(ErrorCode::OrderPending.into());
        }
        let change = self.store.change(&order.order_id, clock::now(), change_by(&said)).await?;
        report(&order.order_id, &change);
        // As it is now: it may have been paid meanwhile.
        match self.store.order(&order.order_id).await?.ok_or(ErrorCode::OrderNotFound)?.status {
            OrderStatus::Denied => {}
            status => return Err(closed(&status).into()),
        }
        // The old token may still be open in some window.
        if let Some(token) = &last.token
            && !self.gateway.cancel_token(&token.token, deadline).await?
        {
            return Err(ErrorCode::OrderPending.into());
        }
        // That took a while, in which money may have been told of: to another process too.
        if self.reconcile.doubts(&order.order_id, &said).await? {
            return Err(ErrorCode::OrderPending.into());
        }
        let now = clock::now();
        let next = self.store.next_attempt(&order.order_id, last, now, now + self.lease()).await;
        next.map_err(|error: StoreError| ApiError::from(ErrorCode::InProgress).caused_by(error))?
            .ok_or_else(|| ErrorCode::InProgress.into())
    }

    /// One request's budget for everything it asks the gateway.
    fn deadline(&self) -> Instant {
        Instant::now() + self.gateway.timeouts().token
    }

    /// Longer than any holder can be at work: the budget, and time for the store.
    fn lease(&self) -> Millis {
        millis(self.gateway.timeouts().token + Duration::from_secs(5))
    }
}

fn first_look(now: Millis) -> Millis {
    now + millis(spread(FIRST_LOOK, id::jitter()))
}

/// Whether the payment page of a token still takes tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Unspent,
    Spent,
}

fn checkout(order_id: &str, gross_amount: wire::Rupiah, token: TokenResponse) -> Checkout {
    Checkout {
        token: token.token,
        redirect_url: Some(token.redirect_url),
        order_id: Some(order_id.to_owned()),
        gross_amount: Some(gross_amount),
        status_url: Some(format!("/api/orders/{order_id}")),
        events_url: Some(format!("/api/orders/{order_id}/events")),
    }
}

fn closed(status: &OrderStatus) -> ErrorCode {
    match status {
        OrderStatus::Paid => ErrorCode::OrderPaid,
        OrderStatus::Expired => ErrorCode::OrderExpired,
        OrderStatus::Created | OrderStatus::Pending | OrderStatus::Denied => ErrorCode::OrderPending,
        _ => ErrorCode::OrderClosed,
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2)
}
