//! The running gateway: state behind its lock, the clock, and the scheduler that does what is due.

use std::sync::{Arc, Mutex, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

use crate::clock::{Clock, LONGEST_ADVANCE};
use crate::config::Config;
use crate::send;
use crate::state::State;

/// Real time that a move of the clock waits for merchants to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
/// The scheduler looks at least this often.
const LONGEST_NAP: std::time::Duration = std::time::Duration::from_secs(3_600);

/// One gateway.
pub struct Gateway {
    /// Its settings.
    pub config: Config,
    /// Its clock.
    pub clock: Clock,
    /// The address browsers and merchants use.
    pub base_url: String,
    pub(crate) client: reqwest::Client,
    state: Mutex<State>,
    // Counts changes; the scheduler and `settle_down` wait on it.
    changes: watch::Sender<u64>,
    // Counts clearings of faults; hanging answers end with it.
    pub(crate) releases: watch::Sender<u64>,
    moving: tokio::sync::Mutex<()>,
}

impl Gateway {
    /// A gateway that answers at `base_url`.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config: Config, base_url: String) -> reqwest::Result<Arc<Self>> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(config.notification_timeout)
            .user_agent("Veritrans")
            .no_proxy()
            .build()?;
        Ok(Arc::new(Self {
            clock: config.frozen_at.map_or_else(Clock::running, Clock::frozen),
            config,
            base_url,
            client,
            state: Mutex::default(),
            changes: watch::Sender::new(0),
            releases: watch::Sender::new(0),
            moving: tokio::sync::Mutex::default(),
        }))
    }

    /// Reads or changes the state. The closure cannot wait, so the lock is never held over an `await`.
    pub fn with<R>(&self, work: impl FnOnce(&mut State, &Config, OffsetDateTime) -> R) -> R {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever looks sees a world in which everything due has happened.
        state.fire_due(&self.config, now);
        let result = work(&mut state, &self.config, now);
        drop(state);
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        result
    }

    /// Takes all faults back and ends hanging answers.
    pub fn clear_faults(&self) {
        self.with(|state, _, _| state.faults.clear());
        self.releases.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Forgets everything but the moved clock.
    pub fn reset(&self) {
        self.with(|state, _, _| state.forget());
        self.releases.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Reads the state as it is, waking nobody.
    fn look<R>(&self, read: impl FnOnce(&State, OffsetDateTime) -> R) -> R {
        let now = self.clock.now();
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// Moves the clock by `by`, stopping at each due moment on the way and waiting for the merchant's answers.
    pub async fn advance(&self, by: Duration) -> OffsetDateTime {
        let _one_at_a_time = self.moving.lock().await;
        let target = self.clock.now().saturating_add(by.clamp(Duration::ZERO, LONGEST_ADVANCE));
        loop {
            self.wake();
            self.settle_down().await;
            let next = self.look(|state, now| state.next_due().filter(|at| *at > now));
            match next.filter(|at| *at <= target) {
                Some(at) => self.clock.move_to(at),
                None => break,
            }
        }
        self.clock.move_to(target);
        self.wake();
        self.settle_down().await;
        self.clock.now()
    }

    /// Carries out what is due by now, and lets the scheduler send what came of it.
    fn wake(&self) {
        self.with(|_, _, _| ());
    }

    /// Waits until nothing is due and no notification is on its way, or until patience ends.
    pub async fn settle_down(&self) {
        let mut changes = self.changes.subscribe();
        let quiet = async {
            loop {
                changes.mark_unchanged();
                if !self.look(|state, now| state.outbox.busy(now)) || changes.changed().await.is_err() {
                    return;
                }
            }
        };
        // Patience ends without an error: the caller sees in the log what is still waiting.
        let _ = tokio::time::timeout(PATIENCE, quiet).await;
    }

    /// Does what is due, for as long as the gateway lives.
    pub async fn run_scheduler(self: Arc<Self>) {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let (ready, next) = {
                let now = self.clock.now();
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.fire_due(&self.config, now);
                let ready = state.outbox.take_ready(now);
                (ready, state.next_due().filter(|at| *at > now))
            };
            for delivery in ready {
                let app = Arc::clone(&self);
                tokio::spawn(async move {
                    let answer = send::send(&app.client, &delivery.url, &delivery.text()).await;
                    app.with(|state, _, now| state.outbox.answered(delivery.id, answer, now));
                });
            }
            let nap = next.and_then(|at| self.clock.real_wait(at)).unwrap_or(LONGEST_NAP);
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(nap.min(LONGEST_NAP)) => {}
            }
        }
    }
}
