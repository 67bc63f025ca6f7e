//! So many clients, each one request after the other, for so long or so often; and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use crate::http::{Answer, Connection};

/// Longer than any server may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// How soon a client that was turned away comes again.
const IMPATIENCE: Duration = Duration::from_millis(500);

/// What one run came to.
#[derive(Debug, Default, Clone)]
pub struct Outcome {
    /// Answers by status; 0 for none.
    pub statuses: BTreeMap<u16, usize>,
    /// Refusals that did not say when to come again.
    pub mute: usize,
    /// Milliseconds of each answer that was no refusal, sorted.
    pub served: Vec<f64>,
    /// Milliseconds of each refusal, sorted.
    pub refused: Vec<f64>,
    pub seconds: f64,
}

impl Outcome {
    pub fn all(&self) -> usize {
        self.statuses.values().sum()
    }

    pub fn well(&self) -> usize {
        self.statuses.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, many)| many).sum()
    }

    pub fn shed(&self) -> usize {
        [429, 503].iter().filter_map(|status| self.statuses.get(status)).sum()
    }

    /// Neither served nor turned away properly.
    pub fn wrong(&self) -> usize {
        self.all() - self.well() - self.shed() + self.mute
    }

    pub fn rate(&self) -> f64 {
        self.well() as f64 / self.seconds
    }
}

/// The value below which `part` of them are.
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    sorted.get(((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// When a client sends.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As soon as it has its answer.
    Closed,
    /// All together so many a second, whether answers came or not; times count from when it was due.
    Open(f64),
}

/// One request: which of all it is → what to send where.
pub type Make = dyn Fn(usize) -> (&'static str, String, String) + Send + Sync;

/// What to do with an answer.
pub type Take = dyn Fn(usize, &Answer) + Send + Sync;

/// Who asks how often.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub clients: usize,
    pub most: usize,
    pub within: Duration,
    pub pace: Pace,
}

/// Runs it.
pub async fn drive(addr: std::net::SocketAddr, plan: Plan, make: Arc<Make>, take: Arc<Take>) -> Outcome {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients: Vec<_> = (0..plan.clients)
        .map(|_| {
            let (next, make, take) = (next.clone(), make.clone(), take.clone());
            tokio::spawn(async move {
                let mut connection = Connection::new(addr);
                let mut outcome = Outcome::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let due = match plan.pace {
                        Pace::Closed => Instant::now(),
                        Pace::Open(rate) => started + Duration::from_secs_f64(at as f64 / rate),
                    };
                    if at >= plan.most || due.duration_since(started) >= plan.within {
                        return outcome;
                    }
                    sleep_until(due).await;
                    let (method, path, body) = make(at);
                    let answer = timeout(PATIENCE, connection.ask(method, &path, &body)).await;
                    let answer = answer.ok().and_then(Result::ok).unwrap_or_default();
                    let took = due.elapsed().as_secs_f64() * 1000.0;
                    *outcome.statuses.entry(answer.status).or_default() += 1;
                    if matches!(answer.status, 429 | 503) {
                        outcome.mute += usize::from(!answer.retry_after);
                        outcome.refused.push(took);
                        // Impatient all the same: it was told to come again in five seconds.
                        tokio::time::sleep(IMPATIENCE).await;
                    } else {
                        outcome.served.push(took);
                    }
                    take(at, &answer);
                }
            })
        })
        .collect();
    let mut all = Outcome::default();
    for client in clients {
        let Ok(one) = client.await else { continue };
        for (status, many) in one.statuses {
            *all.statuses.entry(status).or_default() += many;
        }
        all.mute += one.mute;
        all.served.extend(one.served);
        all.refused.extend(one.refused);
    }
    all.seconds = started.elapsed().as_secs_f64();
    all.served.sort_by(f64::total_cmp);
    all.refused.sort_by(f64::total_cmp);
    all
}
