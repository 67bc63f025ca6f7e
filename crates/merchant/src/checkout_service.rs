//! Orders and their tokens: the backend stores an order first, then requests its token from the gateway once.
//!
//! The holder of an attempt's lease requests the token. Other requests for the same order wait for the stored token, for
//! a bounded time. The lease is a row, so it holds across processes and expires if its holder dies.

use std::sync::Arc;
use std::time::Duration;

use orders::token_acquisition::{SnapPage, TokenPlan, TokenState, plan, snap_page};
use orders::{OrderRecord, PaymentAttempt};
use tokio::time::Instant;
use wire::merchant::{Checkout, OrderStatus};
use wire::midtrans::TokenResponse;

use crate::clock::{self, Millis};
use crate::error::{ApiError, ErrorCode};
use crate::id;
use crate::midtrans::MidtransClient;
use crate::pricing::PricedCart;
use crate::reconciliation::Reconcile;
use crate::store::{NewOrder, OrderInsertion, Store};
use crate::token_acquirer::{TokenAcquirer, first_poll, millis, not_payable};

/// A token lives 24 hours at the gateway. The backend stops using it earlier, so that no customer gets an expired one.
const TOKEN_LIFE: Duration = Duration::from_secs(23 * 3600 + 30 * 60);

/// How often a waiting request looks for the token of the lease's holder.
const TOKEN_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Orders and their tokens.
#[derive(Debug, Clone)]
pub struct CheckoutService {
    store: Store,
    reconcile: Reconcile,
    acquirer: TokenAcquirer,
    token_timeout: Duration,
}

impl CheckoutService {
    /// `public_origin` is where customers return to, without a slash at its end.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<MidtransClient>, reconcile: Reconcile, public_origin: String) -> Self {
        let token_timeout = gateway.timeouts().token;
        let acquirer = TokenAcquirer { store: store.clone(), gateway, reconcile: reconcile.clone(), public_origin };
        Self { store, reconcile, acquirer, token_timeout }
    }

    /// Stores an order and gets its token. The same key with the same cart resumes the same order while it is payable,
    /// also if the first token request failed.
    ///
    /// # Errors
    /// [`ApiError`]; the order is on disk if the error has an order id.
    pub async fn create(&self, cart: &PricedCart, key: Option<&str>) -> Result<Checkout, ApiError> {
        let deadline = self.deadline();
        let order_id = id::random()?;
        let request_hash = cart.fingerprint();
        let now = clock::now();
        let new = NewOrder {
            order_id: &order_id,
            items: &cart.items,
            gross_amount: cart.gross_amount,
            customer: &cart.customer,
            idempotency_key: key,
            request_hash: &request_hash,
            at: now,
            token_lease_until: now + self.acquirer.lease_ttl(),
            next_poll_at: first_poll(now),
        };
        match self.store.insert_order(&new).await? {
            OrderInsertion::Inserted => {
                let attempt = PaymentAttempt::leased(order_id.clone(), 1, new.token_lease_until);
                let token = self.acquire(new.record(), attempt, SnapPage::Usable, deadline).await;
                Ok(checkout(&order_id, cart.gross_amount, token.map_err(|error| error.with_order_id(&order_id))?))
            }
            OrderInsertion::KeyExists { order_id, request_hash: known } if known == request_hash => {
                // Boxed because it is rare: its state would be part of the future of each order.
                Box::pin(self.resume(&order_id, deadline)).await.map_err(|error| error.with_order_id(&order_id))
            }
            OrderInsertion::KeyExists { order_id, .. } => {
                Err(ApiError::from(ErrorCode::IdempotencyKeyReused).with_order_id(&order_id))
            }
        }
    }

    /// The token of a payable order.
    ///
    /// # Errors
    /// [`ApiError`]: the order does not exist, is paid, expired or closed, or the gateway failed.
    pub async fn token(&self, order_id: &str) -> Result<Checkout, ApiError> {
        self.resume(order_id, self.deadline()).await.map_err(|error| error.with_order_id(order_id))
    }

    async fn resume(&self, order_id: &str, deadline: Instant) -> Result<Checkout, ApiError> {
        // A customer must not pay twice because a notification was lost.
        self.reconcile.poll_if_stale(order_id).await;
        loop {
            let order = self.store.order(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
            let attempt = self.store.current_attempt(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
            let declines = match order.status {
                OrderStatus::Denied => self.store.declined_count(&attempt.attempt_id).await?,
                _ => 0,
            };
            let now = clock::now();
            let oldest_usable = now - millis(TOKEN_LIFE);
            let page = snap_page(&order.status, attempt.seq, declines);
            let page = match plan(&order.status, token_state(&attempt, oldest_usable), page) {
                TokenPlan::Closed => return Err(not_payable(&order.status).into()),
                TokenPlan::Reuse => {
                    let token = attempt.token.ok_or(ErrorCode::Internal)?;
                    return Ok(checkout(order_id, order.gross_amount, token));
                }
                TokenPlan::Acquire(page) => page,
            };
            let stale = if page == SnapPage::Exhausted { now } else { oldest_usable };
            let until = now + self.acquirer.lease_ttl();
            if self.store.acquire_token_lease(&attempt.attempt_id, stale, now, until).await? {
                let attempt = PaymentAttempt { token_lease_until: until, ..attempt };
                return self.resume_with_lease(order, attempt, page, deadline).await;
            }
            if Instant::now() + TOKEN_POLL_INTERVAL >= deadline {
                return Err(ErrorCode::InProgress.into());
            }
            tokio::time::sleep(TOKEN_POLL_INTERVAL).await;
        }
    }

    async fn resume_with_lease(
        &self,
        order: OrderRecord,
        attempt: PaymentAttempt,
        page: SnapPage,
        deadline: Instant,
    ) -> Result<Checkout, ApiError> {
        let (order_id, gross_amount, known) = (order.order_id.clone(), order.gross_amount, attempt.token.clone());
        let token = match (self.acquire(order, attempt, page, deadline).await, known) {
            (Err(error), Some(token)) if error.code == ErrorCode::OrderPending => {
                // The customer chose a method meanwhile, or the exhausted page could not be replaced.
                let order = self.store.order(&order_id).await?;
                let pending = order.is_some_and(|order| order.status == OrderStatus::Pending);
                if pending || page == SnapPage::Exhausted { token } else { return Err(error) }
            }
            (result, _) => result?,
        };
        Ok(checkout(&order_id, gross_amount, token))
    }

    /// Acquires the token in a task of its own: a customer who leaves must not leave a lease without a holder.
    async fn acquire(
        &self,
        order: OrderRecord,
        attempt: PaymentAttempt,
        page: SnapPage,
        deadline: Instant,
    ) -> Result<TokenResponse, ApiError> {
        let acquirer = self.acquirer.clone();
        tokio::spawn(async move { acquirer.acquire(&order, attempt, page, deadline).await })
            .await
            .map_err(|error| ApiError::from(ErrorCode::Internal).caused_by(error))?
    }

    /// The time limit of one request for all its requests to the gateway.
    fn deadline(&self) -> Instant {
        Instant::now() + self.token_timeout
    }
}

fn token_state(attempt: &PaymentAttempt, oldest_usable: Millis) -> TokenState {
    match (&attempt.token, attempt.token_at) {
        (None, _) => TokenState::Missing,
        (Some(_), Some(at)) if at > oldest_usable => TokenState::Fresh,
        (Some(_), _) => TokenState::Expired,
    }
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
