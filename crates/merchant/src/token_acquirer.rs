//! Performs the steps of a token acquisition. The rules are in `orders::token_acquisition`.

use std::sync::Arc;
use std::time::Duration;

use orders::order_update::order_update_from;
use orders::poll_schedule::with_jitter;
use orders::token_acquisition::{GiveUp, Next, SnapPage, StepResult, TokenAcquisition};
use orders::{OrderRecord, PaymentAttempt};
use tokio::time::Instant;
use wire::merchant::OrderStatus;
use wire::midtrans::{StatusResponse, TokenResponse};

use crate::clock::{self, Millis};
use crate::error::{ApiError, ErrorCode};
use crate::id;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::reconciliation::{Reconcile, alert_duplicate_payment};
use crate::store::{Store, StoreError};
use crate::token_request::token_request;

/// The delay until the gateway is polled for a new order from which no notification arrived.
const FIRST_POLL_DELAY: Duration = Duration::from_secs(60);

/// Time for the store, besides the requests to the gateway.
const STORE_TIME: Duration = Duration::from_secs(5);

/// Performs the steps of token acquisitions.
#[derive(Debug, Clone)]
pub(crate) struct TokenAcquirer {
    pub(crate) store: Store,
    pub(crate) gateway: Arc<MidtransClient>,
    pub(crate) reconcile: Reconcile,
    pub(crate) public_origin: String,
}

/// The values that one step leaves for the next.
struct StepContext<'a> {
    order: &'a OrderRecord,
    attempt: PaymentAttempt,
    deadline: Instant,
    token: Option<TokenResponse>,
    status: Option<StatusResponse>,
}

impl TokenAcquirer {
    /// Acquires a token for an attempt whose lease the caller holds. The lease is released or expires.
    ///
    /// # Errors
    /// [`ApiError`].
    pub(crate) async fn acquire(
        &self,
        order: &OrderRecord,
        attempt: PaymentAttempt,
        page: SnapPage,
        deadline: Instant,
    ) -> Result<TokenResponse, ApiError> {
        let mut context = StepContext { order, attempt, deadline, token: None, status: None };
        let mut step = TokenAcquisition::start(page);
        let error = loop {
            let result = match self.perform(step, &mut context).await {
                Ok(result) => result,
                Err(error) => break error,
            };
            match step.next(result, context.attempt.seq) {
                Next::Step(next) => step = next,
                Next::Done => return context.token.ok_or_else(|| ErrorCode::Internal.into()),
                Next::GiveUp(reason) => break give_up_error(reason),
            }
        };
        if let Err(error) = self.store.release_token_lease(&context.attempt).await {
            // The lease expires by itself, and the first error matters to the customer.
            tracing::warn!(cause = %error, "could not release a token lease");
        }
        Err(error)
    }

    async fn perform(&self, step: TokenAcquisition, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        match step {
            TokenAcquisition::RequestToken => self.request_token(context).await,
            TokenAcquisition::SaveToken => self.save_token(context).await,
            // Boxed because replacing an attempt is rare: its state would be part of the future of each order.
            TokenAcquisition::CheckStatus => Box::pin(self.check_status(context)).await,
            TokenAcquisition::ApplyStatus => Box::pin(self.apply_status(context)).await,
            TokenAcquisition::CancelToken => Box::pin(self.cancel_token(context)).await,
            TokenAcquisition::StartNextAttempt => Box::pin(self.start_next_attempt(context)).await,
        }
    }

    async fn request_token(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let attempt_id = &context.attempt.attempt_id;
        let finish = format!("{}/order/{}", self.public_origin, context.order.order_id);
        let request = token_request(context.order, attempt_id, finish);
        let key = format!("token-{attempt_id}");
        match self.gateway.create_token(&request, &key, context.deadline).await {
            Ok(token) => {
                context.token = Some(token);
                Ok(StepResult::TokenCreated)
            }
            Err(MidtransError::OrderIdTaken) => Ok(StepResult::OrderIdTaken),
            Err(error) => Err(error.into()),
        }
    }

    async fn save_token(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let token = context.token.as_ref().ok_or(ErrorCode::Internal)?;
        let now = clock::now();
        if self.store.save_token(&context.attempt, token, now, first_poll(now)).await? {
            Ok(StepResult::TokenSaved)
        } else {
            Ok(StepResult::LeaseLost)
        }
    }

    async fn check_status(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let PaymentAttempt { attempt_id, transaction_id, .. } = &context.attempt;
        context.status = self.gateway.status(attempt_id, transaction_id.as_deref(), context.deadline).await?;
        Ok(if context.status.is_some() { StepResult::StatusFetched } else { StepResult::StatusNotFound })
    }

    async fn apply_status(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let status = context.status.as_ref().ok_or(ErrorCode::Internal)?;
        let order_id = &context.order.order_id;
        if self.reconcile.must_wait(order_id, status).await? {
            return Ok(StepResult::StatusMustWait);
        }
        let decide = |order: &OrderRecord, attempt: &PaymentAttempt| order_update_from(status, order, attempt);
        let update = self.store.update_order(order_id, clock::now(), decide).await?;
        alert_duplicate_payment(order_id, &update);
        // Read again: another process may have changed the order meanwhile.
        let order = self.store.order(order_id).await?.ok_or(ErrorCode::OrderNotFound)?.status;
        Ok(StepResult::StatusApplied { order, has_token: context.attempt.token.is_some() })
    }

    async fn cancel_token(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let token = &context.attempt.token.as_ref().ok_or(ErrorCode::Internal)?.token;
        let cancelled = self.gateway.cancel_token(token, context.deadline).await?;
        Ok(if cancelled { StepResult::TokenCancelled } else { StepResult::TokenInUse })
    }

    async fn start_next_attempt(&self, context: &mut StepContext<'_>) -> Result<StepResult, ApiError> {
        let status = context.status.as_ref().ok_or(ErrorCode::Internal)?;
        let order_id = &context.order.order_id;
        // A notification of a payment may have arrived since the status was fetched, also in another process.
        if self.reconcile.must_wait(order_id, status).await? {
            return Ok(StepResult::StatusMustWait);
        }
        let now = clock::now();
        let next = self.store.next_attempt(order_id, &context.attempt, now, now + self.lease_ttl()).await;
        match next.map_err(|error: StoreError| ApiError::from(ErrorCode::InProgress).caused_by(error))? {
            Some(attempt) => {
                context.attempt = attempt;
                Ok(StepResult::AttemptStarted)
            }
            None => Ok(StepResult::OrderClosed),
        }
    }

    /// The TTL of a token lease: longer than any holder works. Milliseconds.
    pub(crate) fn lease_ttl(&self) -> Millis {
        millis(self.gateway.timeouts().token + STORE_TIME)
    }
}

/// When to poll the gateway for an order if no notification arrives.
pub(crate) fn first_poll(now: Millis) -> Millis {
    now + millis(with_jitter(FIRST_POLL_DELAY, id::jitter()))
}

/// The error for an order that has this status and therefore gets no token.
pub(crate) fn not_payable(status: &OrderStatus) -> ErrorCode {
    match status {
        OrderStatus::Paid => ErrorCode::OrderPaid,
        OrderStatus::Expired => ErrorCode::OrderExpired,
        status if status.is_payable() => ErrorCode::OrderPending,
        _ => ErrorCode::OrderClosed,
    }
}

fn give_up_error(reason: GiveUp) -> ApiError {
    match reason {
        GiveUp::MayBePaid => ErrorCode::OrderPending.into(),
        GiveUp::TooManyAttempts => MidtransError::OrderIdTaken.into(),
        GiveUp::NotPayable(status) => not_payable(&status).into(),
        GiveUp::ConcurrentChange => ErrorCode::InProgress.into(),
        GiveUp::UnexpectedResult => ErrorCode::Internal.into(),
    }
}

pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2)
}
