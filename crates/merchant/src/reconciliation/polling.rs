//! Polls: on a customer's request, with a lease, and again while notifications arrive.

use std::time::Duration;

use orders::poll_schedule::PollInput;

use super::apply;
use super::log::{alert_duplicate_payment, log_failure};
use super::reconciler::Reconcile;
use super::report::ReconcileReport;
use super::schedule::{millis, next_poll, poll_input};
use super::status_query::StatusQuery;
use crate::clock;
use crate::error::ApiError;
use crate::store::PollLease;

/// How long a customer's request waits for a poll. The poll itself goes on.
const CUSTOMER_WAIT: Duration = Duration::from_millis(1500);

/// After this many polls without success the order falls back to its usual schedule. That is more than a day.
const MAX_POLLS: i64 = 200;

/// How often the holder of a lease polls again at once because notifications arrived.
const MAX_ROUNDS: usize = 4;

/// Why an order is polled. A customer who reloads the page must not make the schedule slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PollReason {
    /// The schedule, a notification or an operator.
    Scheduled,
    /// A customer's request.
    Opportunistic,
}

impl Reconcile {
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

    /// Polls once and schedules the next poll, also after a failure. Returns whether notifications arrived meanwhile.
    pub(super) async fn poll_once(
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
}
