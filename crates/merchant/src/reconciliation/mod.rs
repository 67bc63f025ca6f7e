//! Reconciliation: fetches the status of an order's payment attempts from the gateway and applies the responses.
//!
//! A notification, a customer's request, the poll schedule and the operator all use it. The holder of an order's poll
//! lease polls; the lease is a row, so it holds across processes. Only the fast path for notifications works without a
//! lease. The poll schedule exists because notifications get lost, and because no notification reports that a token
//! expired.

mod apply;
mod fast_path;
mod order_locks;
mod poller;
mod status_query;
mod token_expiry;

pub(crate) use fast_path::FastPathResult;
pub use poller::PollStats;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use orders::confirmation::{UnconfirmedReason, elapsed, must_wait_to_fail};
use orders::order_update::is_failed_final;
use orders::poll_schedule::{PollInput, next_delay, with_jitter};
use orders::{OrderRecord, OrderUpdate, PaymentAttempt, UpdateOutcome};
use wire::midtrans::{Notification, StatusResponse};

use crate::clock::{self, Millis};
use crate::error::ApiError;
use crate::id::jitter;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::store::{Closing, NextPoll, OrderTx, PendingNotification, PollLease, Store};
use order_locks::OrderLocks;
use status_query::StatusQuery;

/// How long a customer's request waits for a poll. The poll itself goes on.
const CUSTOMER_WAIT: Duration = Duration::from_millis(1500);

/// After this many polls without success the order falls back to its usual schedule. That is more than a day.
const MAX_POLLS: i64 = 200;

/// How often the holder of a lease polls again at once because notifications arrived.
const MAX_ROUNDS: usize = 4;

/// The most transaction ids that one poll tries for an attempt.
const MAX_TRANSACTION_IDS: usize = 4;

/// Polls orders, one process at a time for each order.
#[derive(Debug, Clone)]
pub struct Reconcile {
    store: Store,
    gateway: Arc<MidtransClient>,
    locks: OrderLocks,
}

/// The result of a poll.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReconcileReport {
    /// The closed notifications, by fingerprint.
    pub closed: HashMap<String, String>,
    /// The visible updates, as text for people.
    pub updates: Vec<String>,
    /// Why notifications are still pending.
    pub unconfirmed: Option<UnconfirmedReason>,
    /// The error of a failed status request.
    pub failed: Option<MidtransError>,
}

impl ReconcileReport {
    /// The report, unless a status request failed.
    ///
    /// # Errors
    /// The error of the status request.
    pub fn into_result(self) -> Result<Self, ApiError> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok(self),
        }
    }
}

/// Why an order is polled. A customer who reloads the page must not make the schedule slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PollReason {
    /// The schedule, a notification or an operator.
    Scheduled,
    /// A customer's request.
    Opportunistic,
}

impl Reconcile {
    /// Uses the same store and gateway as the checkout service.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<MidtransClient>) -> Self {
        Self { store, gateway, locks: OrderLocks::default() }
    }

    /// Polls for a customer's request and waits for a moment. A failure shows at the next request.
    pub async fn poll_with_timeout(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        // A task of its own: the response reaches the store even if the request ends.
        let poll = tokio::spawn(async move { this.poll_if_stale(&order_id).await });
        drop(tokio::time::timeout(CUSTOMER_WAIT, poll).await);
    }

    /// Polls without waiting. The next request of the page shows the result.
    pub fn poll_in_background(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        tokio::spawn(async move { this.poll_if_stale(&order_id).await });
    }

    /// Polls and waits, unless the order was polled a moment ago.
    pub async fn poll_if_stale(&self, order_id: &str) {
        if self.locks.is_locked(order_id) {
            // A notification of this order is being processed.
            return;
        }
        let now = clock::now();
        let before = now.saturating_sub(millis(self.gateway.timeouts().min_poll_interval));
        let lease = self.store.lease_poll_if_stale(order_id, before, now, now + self.lease_ttl()).await;
        let result = match lease {
            Ok(Some(lease)) => {
                let polled = self.poll_once(&lease, PollReason::Opportunistic, None).await;
                // A notification that arrived meanwhile found the lease taken.
                if polled.as_ref().is_ok_and(|(_, has_more)| *has_more) {
                    self.reconcile_now(order_id).await.map(drop)
                } else {
                    polled.and_then(|(report, _)| report.into_result()).map(drop)
                }
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = result {
            log_failure(order_id, &error);
        }
    }

    /// Polls now, again while notifications arrive. Returns none if another process holds the lease; that process
    /// notices the notifications.
    ///
    /// # Errors
    /// [`ApiError`]; the order stays due.
    pub async fn reconcile_now(&self, order_id: &str) -> Result<Option<ReconcileReport>, ApiError> {
        let now = clock::now();
        match self.store.lease_poll(order_id, now, now + self.lease_ttl()).await? {
            Some(lease) => self.reconcile_with_lease(lease, None).await.map(Some),
            None => Ok(None),
        }
    }

    /// Polls with a lease. `started` is a status query that runs already.
    ///
    /// # Errors
    /// [`ApiError`]; the order stays due.
    pub(crate) async fn reconcile_with_lease(
        &self,
        lease: PollLease,
        mut started: Option<StatusQuery<'_>>,
    ) -> Result<ReconcileReport, ApiError> {
        let mut total = ReconcileReport::default();
        let mut held = Some(lease);
        let mut rounds = 0;
        while let Some(lease) = held.take() {
            rounds += 1;
            let (report, has_more) = self.poll_once(&lease, PollReason::Scheduled, started.take()).await?;
            total.closed.extend(report.closed);
            total.updates.extend(report.updates);
            total.unconfirmed = report.unconfirmed;
            total.failed = report.failed;
            if has_more && rounds < MAX_ROUNDS {
                let now = clock::now();
                held = self.store.lease_poll(&lease.order_id, now, now + self.lease_ttl()).await?;
            }
        }
        Ok(total)
    }

    /// The TTL of a poll lease: the budget for the status requests, and time for the store. Milliseconds.
    #[must_use]
    pub fn lease_ttl(&self) -> Millis {
        millis(self.gateway.timeouts().status + Duration::from_secs(5))
    }

    /// Polls once and schedules the next poll, also after a failure. Returns whether notifications arrived meanwhile.
    async fn poll_once(
        &self,
        lease: &PollLease,
        reason: PollReason,
        started: Option<StatusQuery<'_>>,
    ) -> Result<(ReconcileReport, bool), ApiError> {
        let responses = self.fetch_statuses(&lease.order_id, started).await;
        let mut tx = self.store.order_tx(&lease.order_id).await?;
        let now = clock::now();
        let mut updates = vec![];
        let applied = match responses {
            Ok(responses) => match apply::apply(&mut tx, responses, now, &mut updates).await {
                Ok(report) => Ok(report),
                Err(error) => {
                    // The transaction is rolled back, and the poll counts as failed.
                    updates.clear();
                    drop(tx);
                    tx = self.store.order_tx(&lease.order_id).await?;
                    Err(error.into())
                }
            },
            Err(error) => Err(error),
        };
        let has_update = applied.as_ref().is_ok_and(|report| !report.updates.is_empty());
        let poll_count = match reason {
            _ if has_update => 0,
            PollReason::Opportunistic => lease.poll_count,
            PollReason::Scheduled => lease.poll_count.saturating_add(1),
        };
        let waiting = applied.as_ref().map_or(true, |report| report.unconfirmed.is_some() || report.failed.is_some())
            && poll_count < MAX_POLLS;
        let next = next_poll(PollInput { waiting, ..poll_input(&tx, poll_count, now) }, now);
        let has_more = tx.release_lease(lease, next, now);
        tx.commit().await?;
        for update in &updates {
            alert_duplicate_payment(&lease.order_id, update);
        }
        Ok((applied?, has_more))
    }

    /// Whether a failure in a status response must wait for a pending notification.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn must_wait(&self, order_id: &str, status: &StatusResponse) -> Result<bool, ApiError> {
        if !is_failed_final(status) {
            return Ok(false);
        }
        // Its notification is being processed and says more in a moment.
        if self.locks.is_locked(order_id) {
            return Ok(true);
        }
        let pending = self.store.pending_notifications(order_id).await?;
        if pending.is_empty() {
            return Ok(false);
        }
        let payer = self.store.order(order_id).await?.and_then(|order| order.payer);
        let bodies = parse_bodies(&pending);
        Ok(must_wait_to_fail(status, readable(&pending, &bodies), payer.as_ref(), clock::now()))
    }
}

/// An alert for the operator: only a person can refund the second payment.
pub(crate) fn alert_duplicate_payment(order_id: &str, update: &OrderUpdate) {
    if matches!(update.outcome, UpdateOutcome::DuplicatePayment { .. }) {
        let second_attempt_id = update.source.attempt_id.as_str();
        tracing::error!(
            order_id,
            second_attempt_id,
            "the customer paid twice: refund one payment (merchant order refund)"
        );
    }
}

/// The input of the poll schedule for an order without pending notifications.
fn poll_input<'a>(tx: &'a OrderTx<'_>, poll_count: i64, now: Millis) -> PollInput<'a> {
    let token_age = elapsed(token_created_at(Some(tx.newest()), tx.order()), now);
    PollInput { status: &tx.order().status, waiting: false, poll_count, token_age }
}

fn next_poll(input: PollInput<'_>, now: Millis) -> NextPoll {
    let poll_count = input.poll_count;
    let next_poll_at = next_delay(input).map(|delay| now + millis(with_jitter(delay, jitter())));
    NextPoll { next_poll_at, poll_count }
}

/// The bodies of pending notifications; none for a body that cannot be read.
fn parse_bodies(pending: &[PendingNotification]) -> Vec<Option<Notification>> {
    pending.iter().map(|pending| serde_json::from_str(&pending.body).ok()).collect()
}

/// The readable notifications with the time of their arrival.
fn readable<'a>(
    pending: &'a [PendingNotification],
    bodies: &'a [Option<Notification>],
) -> impl Iterator<Item = (&'a Notification, Millis)> {
    pending.iter().zip(bodies).filter_map(|(pending, body)| Some((body.as_ref()?, pending.received_at)))
}

fn token_created_at(newest: Option<&PaymentAttempt>, order: &OrderRecord) -> Millis {
    newest.and_then(|attempt| attempt.token_at).unwrap_or(order.created_at)
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2)
}

fn log_failure(order_id: &str, error: &ApiError) {
    tracing::warn!(order_id, code = error.code.as_str(), cause = error.cause_chain(), "status check failed");
}

/// The closing of a notification without a status response.
fn closing_without_status(outcome: orders::NotificationOutcome, detail: String) -> Closing {
    Closing { outcome, reported: None, detail }
}
