//! The schedule at work: orders that are due are asked about, a few at a time, for as long as the shop runs.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::{Asked, Reconcile, in_vain};
use crate::clock;
use crate::error::ErrorCode;
use crate::id::jitter;
use crate::schedule::spread;
use crate::store::StoreError;

/// How often is looked for orders that are due.
const LOOK: Duration = Duration::from_secs(1);

/// The longest rest when the gateway or the store is silent.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// Orders taken at once, all asked about side by side: the gateway serves customers too, and a process that
/// dies holds no more than these up, for no longer than a question may take.
const BATCH: usize = 8;

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Orders asked about.
    pub asked: usize,
    /// Orders of which nothing could be learnt.
    pub in_vain: usize,
}

impl Reconcile {
    /// Sweeps until it is dropped.
    pub async fn run(&self) {
        let mut rest = LOOK;
        loop {
            tokio::time::sleep(spread(rest, jitter())).await;
            rest = match self.sweep().await {
                // One order that cannot be asked about says nothing about the others.
                Ok(swept) if swept.in_vain > 0 && swept.in_vain == swept.asked => {
                    (rest.max(LOOK) * 2).min(LONGEST_REST)
                }
                Ok(swept) if swept.asked == BATCH => Duration::ZERO,
                Ok(_) => LOOK,
                Err(error) => {
                    tracing::warn!(cause = %error, "orders that are due cannot be looked for");
                    (rest.max(LOOK) * 2).min(LONGEST_REST)
                }
            };
        }
    }

    /// Asks about the orders that are due by now, at most a batch of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = clock::now();
        let leases = self.store.lease_due(now, now + self.term(), BATCH as i64).await?;
        let asked = leases.len();
        let rounds = stream::iter(leases).map(|lease| async move {
            match self.round(&lease, Asked::OnPurpose, None).await {
                Ok((round, more)) => {
                    if more && let Err(problem) = self.wake(&lease.order_id).await {
                        in_vain(&lease.order_id, &problem);
                    }
                    for change in &round.changes {
                        tracing::info!(order_id = lease.order_id, what = change, "found by asking");
                    }
                    match round.whole() {
                        Ok(_) => 0,
                        Err(problem) => {
                            in_vain(&lease.order_id, &problem);
                            1
                        }
                    }
                }
                Err(problem) => {
                    in_vain(&lease.order_id, &problem);
                    usize::from(problem.code != ErrorCode::StoreUnavailable)
                }
            }
        });
        let in_vain = rounds.buffer_unordered(BATCH).fold(0, |sum, one| async move { sum + one }).await;
        Ok(Swept { asked, in_vain })
    }
}
