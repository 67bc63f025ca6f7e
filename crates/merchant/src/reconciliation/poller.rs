//! The poller: polls orders that are due, as long as the process runs.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use orders::poll_schedule::with_jitter;

use super::log::log_failure;
use super::polling::PollReason;
use super::reconciler::Reconcile;
use crate::clock;
use crate::error::ErrorCode;
use crate::id::jitter;
use crate::store::StoreError;

/// How often the poller looks for due orders.
const INTERVAL: Duration = Duration::from_secs(1);

/// The longest delay while the gateway or the store fails.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Orders of one batch, polled at the same time. The gateway also serves customers, and a process that dies blocks only
/// these orders until their leases expire.
const BATCH: usize = 8;

/// The result of one batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PollStats {
    /// The number of polled orders.
    pub polled: usize,
    /// The number of polls that failed.
    pub failed: usize,
}

impl Reconcile {
    /// Polls due orders until the future is dropped.
    pub async fn run(&self) {
        let mut delay = INTERVAL;
        loop {
            tokio::time::sleep(with_jitter(delay, jitter())).await;
            delay = match self.poll_due().await {
                // A single failed order says nothing about the gateway.
                Ok(stats) if stats.failed > 0 && stats.failed == stats.polled => {
                    (delay.max(INTERVAL) * 2).min(MAX_BACKOFF)
                }
                Ok(stats) if stats.polled == BATCH => Duration::ZERO,
                Ok(_) => INTERVAL,
                Err(error) => {
                    tracing::warn!(cause = %error, "failed to load orders that are due for a poll");
                    (delay.max(INTERVAL) * 2).min(MAX_BACKOFF)
                }
            };
        }
    }

    /// Polls one batch of due orders.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn poll_due(&self) -> Result<PollStats, StoreError> {
        let now = clock::now();
        let leases = self.store.lease_due(now, now + self.lease_ttl(), BATCH as i64).await?;
        let polled = leases.len();
        let polls = stream::iter(leases).map(|lease| async move {
            match self.poll_once(&lease, PollReason::Scheduled, None).await {
                Ok((report, has_more)) => {
                    if has_more && let Err(error) = self.reconcile_now(&lease.order_id).await {
                        log_failure(&lease.order_id, &error);
                    }
                    for detail in &report.updates {
                        tracing::info!(order_id = lease.order_id, detail, "a poll updated the order");
                    }
                    match report.into_result() {
                        Ok(_) => 0,
                        Err(error) => {
                            log_failure(&lease.order_id, &error);
                            1
                        }
                    }
                }
                Err(error) => {
                    log_failure(&lease.order_id, &error);
                    usize::from(error.code != ErrorCode::StoreUnavailable)
                }
            }
        });
        let failed = polls.buffer_unordered(BATCH).fold(0, |sum, one| async move { sum + one }).await;
        Ok(PollStats { polled, failed })
    }
}
