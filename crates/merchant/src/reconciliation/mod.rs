//! Asking the gateway how orders stand, and writing down what it says.
//!
//! One rule for all who want to know: a notification came, somebody looks, the schedule says so, an operator
//! asks. Whoever holds the order's lease asks; the lease is in the database, so it holds between processes. Only a
//! notification that can be dealt with at once does without (`at_once.rs`).
//! Notifications get lost, most often because their address was never set; the end of a payment page sends
//! none at all. So orders without news are asked about by a schedule.

mod apply;
mod fast_path;
mod order_locks;
mod poller;
mod status_query;
mod token_expiry;

pub(crate) use fast_path::TakenIn;
pub use poller::Swept;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use wire::midtrans::Notification;

use crate::clock::{self, Millis};
use crate::error::ApiError;
use crate::id::jitter;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::news::{is_end, report};
use crate::schedule::{Standing, pause, spread};
use crate::store::{Attempt, Change, Holding, Lease, Next, Store, StoredOrder, Waiting};
use apply::{is_held, write_down};
use order_locks::Turns;
use status_query::Question;

/// How long a customer who looks waits for it; the next look has the answer.
const GLANCE: Duration = Duration::from_millis(1500);

/// How long a notification may stay unconfirmed.
const BELIEVABLE: Duration = Duration::from_secs(24 * 3600);

/// How long the gateway's two ways of telling may differ.
const LATE: Duration = Duration::from_secs(10 * 60);

/// How often is asked soon again for what fails or waits: for more than a day.
const MANY: i64 = 200;

/// How often the same asker goes on at once when more notifications came meanwhile.
const MORE: usize = 4;

/// Asks the gateway, one asker an order.
#[derive(Debug, Clone)]
pub struct Reconcile {
    store: Store,
    gateway: Arc<MidtransClient>,
    turns: Turns,
}

/// What one round of questions brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// What became of each notification that waited, by fingerprint; without those that still wait.
    pub done: HashMap<String, String>,
    /// Every change, in the history's words.
    pub changes: Vec<String>,
    /// Why notifications still wait.
    pub waits: Option<&'static str>,
    /// What kept some question from being answered.
    pub failed: Option<MidtransError>,
}

impl Round {
    /// The round, unless some question was not answered.
    ///
    /// # Errors
    /// What kept it from being answered.
    pub fn whole(self) -> Result<Self, ApiError> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok(self),
        }
    }
}

/// Whether a question counts for the schedule: somebody who looks every few seconds does not make it rare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    OnPurpose,
    InPassing,
}

impl Reconcile {
    /// Over the same store and gateway as the orders.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<MidtransClient>) -> Self {
        Self { store, gateway, turns: Turns::default() }
    }

    /// Asks for an order that somebody looks at, and waits a moment. What fails is for the next look.
    pub async fn glance(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        // In a task of its own: whoever does not wait for the answer still gets it into the store.
        let asking = tokio::spawn(async move { this.ask(&order_id).await });
        drop(tokio::time::timeout(GLANCE, asking).await);
    }

    /// Asks for an order whose page is being shown; only the next look has the answer.
    pub fn later(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        tokio::spawn(async move { this.ask(&order_id).await });
    }

    /// Asks, at most once in a while and order, and waits for the answer.
    pub async fn ask(&self, order_id: &str) {
        if self.turns.are_taken(order_id) {
            // Its answer is on the way.
            return;
        }
        let now = clock::now();
        let before = now.saturating_sub(millis(self.gateway.timeouts().min_poll_interval));
        let lease = self.store.lease_quiet(order_id, before, now, now + self.term()).await;
        let result = match lease {
            Ok(Some(lease)) => {
                let asked = self.round(&lease, Asked::InPassing, None).await;
                // A notification that came meanwhile found the order taken.
                if asked.as_ref().is_ok_and(|(_, more)| *more) {
                    self.wake(order_id).await.map(drop)
                } else {
                    asked.and_then(|(round, _)| round.whole()).map(drop)
                }
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(problem) = result {
            in_vain(order_id, &problem);
        }
    }

    /// Asks because there is news, again while more comes. `None` when somebody else is asking: they will see
    /// that there is more.
    ///
    /// # Errors
    /// [`ApiError`]; the order stays due.
    pub async fn wake(&self, order_id: &str) -> Result<Option<Round>, ApiError> {
        let now = clock::now();
        match self.store.lease(order_id, now, now + self.term()).await? {
            Some(lease) => self.go_on(lease, None).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same with a lease that one has already, and with what was asked before.
    ///
    /// # Errors
    /// [`ApiError`]; the order stays due.
    pub(crate) async fn go_on(&self, lease: Lease, mut begun: Option<Question<'_>>) -> Result<Round, ApiError> {
        let mut all = Round::default();
        let mut held = Some(lease);
        let mut rounds = 0;
        while let Some(lease) = held.take() {
            rounds += 1;
            let (round, more) = self.round(&lease, Asked::OnPurpose, begun.take()).await?;
            all.done.extend(round.done);
            all.changes.extend(round.changes);
            all.waits = round.waits;
            all.failed = round.failed;
            if more && rounds < MORE {
                let now = clock::now();
                held = self.store.lease(&lease.order_id, now, now + self.term()).await?;
            }
        }
        Ok(all)
    }

    /// How long a lease may be needed: the budget, and time for the store.
    #[must_use]
    pub fn term(&self) -> Millis {
        millis(self.gateway.timeouts().status + Duration::from_secs(5))
    }

    /// One round, whatever happens with a new date for the next; whether more news came meanwhile.
    async fn round(&self, lease: &Lease, why: Asked, begun: Option<Question<'_>>) -> Result<(Round, bool), ApiError> {
        let asked = self.ask_all(&lease.order_id, begun).await;
        let mut held = self.store.hold(&lease.order_id).await?;
        let now = clock::now();
        let mut changes = vec![];
        let asked = match asked {
            Ok(answers) => match write_down(&mut held, answers, now, &mut changes).await {
                Ok(round) => Ok(round),
                Err(error) => {
                    // Nothing of it is kept, and it counts as asked in vain.
                    changes.clear();
                    drop(held);
                    held = self.store.hold(&lease.order_id).await?;
                    Err(error.into())
                }
            },
            Err(problem) => Err(problem),
        };
        let news = asked.as_ref().is_ok_and(|round| !round.changes.is_empty());
        let asks = match why {
            _ if news => 0,
            Asked::InPassing => lease.asks,
            Asked::OnPurpose => lease.asks.saturating_add(1),
        };
        let waiting = asked.as_ref().map_or(true, |round| round.waits.is_some() || round.failed.is_some())
            // What fails for so long is left to the usual schedule, which ends.
            && asks < MANY;
        let next = Next { due_at: due_at(Standing { waiting, ..standing(&held, asks, now) }, now), asks };
        let more = held.give_back(lease, next, now);
        held.commit().await?;
        for change in &changes {
            report(&lease.order_id, change);
        }
        Ok((asked?, more))
    }

    /// Whether an end that the gateway tells is not to be believed yet.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn doubts(&self, order_id: &str, answer: &Notification) -> Result<bool, ApiError> {
        if !is_end(answer) {
            return Ok(false);
        }
        // What it tells is known in a moment.
        if self.turns.are_taken(order_id) {
            return Ok(true);
        }
        let waiting = self.store.waiting(order_id).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let payer = self.store.order(order_id).await?.and_then(|order| order.payer);
        let told = read(&waiting);
        Ok(is_held(answer, &waiting.into_iter().zip(told).collect::<Vec<_>>(), payer.as_ref(), clock::now()))
    }
}

/// Whether a change is news for the schedule.
fn is_news(change: &Change) -> bool {
    change.status.is_some() || change.refunded.is_some()
}

/// What the next question depends on, when nothing waits.
fn standing<'a>(held: &'a Holding<'_>, asks: i64, now: Millis) -> Standing<'a> {
    let token_age = since(token_at(Some(held.newest()), held.order()), now);
    Standing { status: &held.order().status, waiting: false, asks, token_age }
}

fn due_at(standing: Standing<'_>, now: Millis) -> Option<Millis> {
    pause(standing).map(|pause| now + millis(spread(pause, jitter())))
}

fn read(waiting: &[Waiting]) -> Vec<Option<Notification>> {
    waiting.iter().map(|waiting| serde_json::from_str(&waiting.body).ok()).collect()
}

fn token_at(newest: Option<&Attempt>, order: &StoredOrder) -> Millis {
    newest.and_then(|attempt| attempt.token_at).unwrap_or(order.created_at)
}

fn since(then: Millis, now: Millis) -> Duration {
    Duration::from_millis(u64::try_from(now.saturating_sub(then)).unwrap_or(0))
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2)
}

fn in_vain(order_id: &str, problem: &ApiError) {
    tracing::warn!(
        order_id,
        code = problem.code.as_str(),
        cause = problem.cause_chain(),
        "the gateway was asked in vain"
    );
}
