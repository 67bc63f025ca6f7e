//! Status requests for the payment attempts of an order.

use futures_util::future::BoxFuture;
use orders::PaymentAttempt;
use orders::confirmation::unconfirmed_reason;
use tokio::time::{Instant, timeout};
use wire::midtrans::{Notification, StatusResponse};

use super::apply::StatusResponses;
use super::pending::parse_bodies;
use super::reconciler::Reconcile;
use crate::clock;
use crate::error::ApiError;
use crate::midtrans::MidtransError;
use crate::store::OrderTx;

/// The most transaction ids that one poll tries for an attempt.
const MAX_TRANSACTION_IDS: usize = 4;

/// The status of an attempt; none if the gateway does not know it.
type StatusResult = Result<Option<StatusResponse>, MidtransError>;

/// A status request for one attempt, running or finished.
pub(crate) struct StatusQuery<'a> {
    attempt_id: &'a str,
    /// The transaction id that the request used as well.
    transaction_id: Option<&'a str>,
    request: Option<BoxFuture<'a, StatusResult>>,
    result: Option<Box<StatusResult>>,
}

impl StatusQuery<'_> {
    /// Waits for the response. A cancelled wait can be repeated.
    async fn wait(&mut self) {
        if let Some(request) = &mut self.request {
            self.result = Some(Box::new(request.await));
            self.request = None;
        }
    }

    async fn into_result(mut self) -> StatusResult {
        self.wait().await;
        // Only `wait` removes the request, so there is a result.
        self.result.map_or(Ok(None), |result| *result)
    }

    /// The status response, if it arrived and confirms the notification.
    pub(super) fn confirming_status(&self, notification: &Notification, tx: &OrderTx<'_>) -> Option<&StatusResponse> {
        let status = self.result.as_deref()?.as_ref().ok()?.as_ref()?;
        unconfirmed_reason(notification, status, tx.order().payer.as_ref()).is_none().then_some(status)
    }
}

impl Reconcile {
    /// Starts a status request and waits a short time for the response.
    pub(super) async fn start_status_query<'a>(&'a self, notification: &'a Notification) -> StatusQuery<'a> {
        let timeouts = self.gateway.timeouts();
        let deadline = Instant::now() + timeouts.status;
        let transaction_id = notification.transaction_id.as_deref();
        let request = self.gateway.status(&notification.order_id, transaction_id, deadline);
        let request: Option<BoxFuture<'_, _>> = Some(Box::pin(request));
        let mut query = StatusQuery { attempt_id: &notification.order_id, transaction_id, request, result: None };
        // After the timeout the request goes on.
        timeout(timeouts.fast_path, query.wait()).await.ok();
        query
    }

    /// Fetches the status of each attempt of an order. `started` is a request that runs already.
    pub(super) async fn fetch_statuses(
        &self,
        order_id: &str,
        mut started: Option<StatusQuery<'_>>,
    ) -> Result<StatusResponses, ApiError> {
        let deadline = Instant::now() + self.gateway.timeouts().status;
        let attempts = self.store.attempts(order_id).await?;
        let pending = self.store.pending_notifications(order_id).await?;
        let bodies = parse_bodies(&pending);
        let mut responses = StatusResponses { pending, bodies, ..StatusResponses::default() };
        for attempt in &attempts {
            let ids = transaction_ids(attempt, responses.bodies.iter().flatten());
            let started = started.take_if(|started| started.attempt_id == attempt.attempt_id);
            match self.fetch_status(&attempt.attempt_id, &ids, deadline, started).await {
                Ok(Some(status)) => responses.statuses.push(status),
                Ok(None) => {}
                // The responses for the other attempts count all the same.
                Err(error) => drop(responses.failed.get_or_insert(error)),
            }
        }
        // A pending notification may be about a payment.
        if responses.statuses.is_empty() && responses.failed.is_none() && !responses.has_unconfirmed(clock::now()) {
            responses.token_expired = self.expire_unused_token(order_id, attempts.first(), deadline).await?;
        }
        Ok(responses)
    }

    /// Fetches the status of one attempt, also by its transaction ids: the gateway finds some methods by them only.
    async fn fetch_status(
        &self,
        attempt_id: &str,
        ids: &[&str],
        deadline: Instant,
        started: Option<StatusQuery<'_>>,
    ) -> StatusResult {
        let (tried, result) = match started {
            Some(started) => (started.transaction_id, started.into_result().await),
            None => {
                let first = ids.first().copied();
                (first, self.gateway.status(attempt_id, first, deadline).await)
            }
        };
        if let Some(status) = result? {
            return Ok(Some(status));
        }
        for id in ids.iter().filter(|id| tried != Some(**id)) {
            if let Some(status) = self.gateway.status(attempt_id, Some(id), deadline).await? {
                return Ok(Some(status));
            }
        }
        Ok(None)
    }
}

/// The transaction ids of an attempt: the confirmed one first, then those of pending notifications.
fn transaction_ids<'a>(
    attempt: &'a PaymentAttempt,
    notifications: impl Iterator<Item = &'a Notification>,
) -> Vec<&'a str> {
    let notifications = notifications.filter(|notification| notification.order_id == attempt.attempt_id);
    let mut ids: Vec<&str> = attempt.transaction_id.as_deref().into_iter().collect();
    for id in notifications.filter_map(|notification| notification.transaction_id.as_deref()) {
        if !ids.contains(&id) && ids.len() < MAX_TRANSACTION_IDS {
            ids.push(id);
        }
    }
    ids
}
