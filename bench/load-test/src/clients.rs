//! A number of clients that send requests one after the other, and the results.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use crate::http::{Connection, Response};

/// No server under test may take longer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(40);

/// The pause of a client after a 429 or 503.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// The results of one run.
#[derive(Debug, Default, Clone)]
pub struct Outcome {
    /// The number of responses by status; 0 stands for no response.
    pub statuses: BTreeMap<u16, usize>,
    /// The number of refusals without `Retry-After`.
    pub without_retry_after: usize,
    /// The duration in milliseconds of each response that was no refusal, sorted.
    pub served: Vec<f64>,
    /// The duration in milliseconds of each refusal, sorted.
    pub refused: Vec<f64>,
    /// The duration of the run.
    pub seconds: f64,
}

impl Outcome {
    pub fn all(&self) -> usize {
        self.statuses.values().sum()
    }

    pub fn succeeded(&self) -> usize {
        self.statuses.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, count)| count).sum()
    }

    pub fn refused_count(&self) -> usize {
        [429, 503].iter().filter_map(|status| self.statuses.get(status)).sum()
    }

    /// The number of requests that were neither served nor refused with 429 or 503 and `Retry-After`.
    pub fn failed(&self) -> usize {
        self.all() - self.succeeded() - self.refused_count() + self.without_retry_after
    }

    /// Successful requests per second.
    pub fn rate(&self) -> f64 {
        self.succeeded() as f64 / self.seconds
    }
}

/// The quantile of sorted values; `fraction` is between 0 and 1.
pub fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    sorted
        .get(((sorted.len() as f64 * fraction) as usize).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// When a client sends its next request.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As soon as it has the response to the previous one.
    Closed,
    /// All clients together send this many per second. Durations count from the scheduled time.
    Open(f64),
}

/// Makes a request from its index: method, path and body.
pub type MakeRequest = dyn Fn(usize) -> (&'static str, String, String) + Send + Sync;

/// Handles the response to the request with this index.
pub type OnResponse = dyn Fn(usize, &Response) + Send + Sync;

/// The clients, the limits and the pace of a run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub clients: usize,
    pub max_requests: usize,
    pub duration: Duration,
    pub pace: Pace,
}

/// Runs the plan.
pub async fn drive(
    addr: std::net::SocketAddr,
    plan: Plan,
    make: Arc<MakeRequest>,
    on_response: Arc<OnResponse>,
) -> Outcome {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients: Vec<_> = (0..plan.clients)
        .map(|_| {
            let (next, make, on_response) = (next.clone(), make.clone(), on_response.clone());
            tokio::spawn(async move {
                let mut connection = Connection::new(addr);
                let mut outcome = Outcome::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let due = match plan.pace {
                        Pace::Closed => Instant::now(),
                        Pace::Open(rate) => started + Duration::from_secs_f64(at as f64 / rate),
                    };
                    if at >= plan.max_requests || due.duration_since(started) >= plan.duration {
                        return outcome;
                    }
                    sleep_until(due).await;
                    let (method, path, body) = make(at);
                    let response = timeout(REQUEST_TIMEOUT, connection.send(method, &path, &body)).await;
                    let response = response.ok().and_then(Result::ok).unwrap_or_default();
                    let took = due.elapsed().as_secs_f64() * 1000.0;
                    *outcome.statuses.entry(response.status).or_default() += 1;
                    if matches!(response.status, 429 | 503) {
                        outcome.without_retry_after += usize::from(!response.retry_after);
                        outcome.refused.push(took);
                        // Impatient on purpose: `Retry-After` is five seconds.
                        tokio::time::sleep(RETRY_DELAY).await;
                    } else {
                        outcome.served.push(took);
                    }
                    on_response(at, &response);
                }
            })
        })
        .collect();
    let mut all = Outcome::default();
    for client in clients {
        let Ok(result) = client.await else { continue };
        for (status, count) in result.statuses {
            *all.statuses.entry(status).or_default() += count;
        }
        all.without_retry_after += result.without_retry_after;
        all.served.extend(result.served);
        all.refused.extend(result.refused);
    }
    all.seconds = started.elapsed().as_secs_f64();
    all.served.sort_by(f64::total_cmp);
    all.refused.sort_by(f64::total_cmp);
    all
}
