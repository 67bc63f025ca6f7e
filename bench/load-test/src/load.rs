//! Load test of the backend: no errors up to its limit, clear refusals beyond it, recovery afterwards, and no memory
//! growth.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::clients::{MakeRequest, Outcome, Pace, Plan, drive, quantile};
use crate::gateway_stub::{Stub, notification};
use crate::http::Events;
use crate::process::Server;
use crate::report::Report;
use crate::workload::{CART, OrderIds, TempFolder, ignore, new_orders, settlements, start_backend};

/// The number of event streams that are open during the test.
const STREAMS: usize = 1000;

/// The number of clients in the overload phase: six times the number of request permits.
const OVERLOAD_CLIENTS: usize = 1500;

pub async fn run(options: &[String]) -> Result<bool, String> {
    let program = options.first().ok_or("usage: load MERCHANT")?;
    let seconds = crate::option(options, "--seconds", 20)?;
    let folder = TempFolder::new("load")?;
    let stub = Stub::new().await;
    let server = start_backend(program, &stub, folder.path(), &[("MERCHANT_MAX_CONNECTIONS", "8192")]).await?;
    let mut report = Report::new();

    // One order and one event stream for each page.
    let ids = OrderIds::default();
    let plan = |clients, max_requests, seconds: f64, pace| Plan {
        clients,
        max_requests,
        duration: Duration::from_secs_f64(seconds),
        pace,
    };
    let created = drive(server.addr, plan(32, STREAMS, 60.0, Pace::Closed), new_orders(), ids.record()).await;
    let streamed = ids.drain();
    if streamed.len() != STREAMS {
        return Err(format!("{} of {STREAMS} orders were created: {:?}", streamed.len(), created.statuses));
    }
    let event_count = Arc::new(AtomicUsize::new(0));
    let paid_count = Arc::new(AtomicUsize::new(0));
    let mut pages = vec![];
    for id in &streamed {
        let mut events = Events::open(server.addr, &format!("/api/orders/{id}/events"))
            .await
            .map_err(|error| format!("event stream: {error}"))?;
        let (event_count, paid_count) = (event_count.clone(), paid_count.clone());
        pages.push(tokio::spawn(async move {
            while let Ok(Some(event)) = events.next().await {
                event_count.fetch_add(1, Ordering::Relaxed);
                if event.contains("\"status\":\"paid\"") {
                    paid_count.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    wait_for_count(&event_count, STREAMS).await;

    // At the limit: as fast as 32 clients can send.
    let saturating = plan(32, usize::MAX, 5.0, Pace::Closed);
    let limit = drive(server.addr, saturating, mixed(ids.clone()), ids.record()).await;
    let rate = limit.rate();
    report.row(
        "at the limit, 32 clients",
        figures(&limit),
        format!("{rate:.0}/s, {} requests, {} failed", limit.all(), limit.failed() + limit.refused_count()),
        "0 failed, 0 refused",
        limit.failed() + limit.refused_count() == 0,
    );
    // Every stream receives the payment of its order.
    let payments = plan(16, STREAMS, 120.0, Pace::Closed);
    let payments = drive(server.addr, payments, settlements(streamed.clone()), ignore()).await;
    wait_for_count(&paid_count, STREAMS).await;
    let received = paid_count.load(Ordering::Relaxed);
    report.row(
        "event streams that receive the payment",
        json!({
            "streams": STREAMS, "received": received, "notifications": payments.all(),
            "failed": payments.failed() + payments.refused_count(),
        }),
        format!("{received} of {STREAMS}, {:.0} notifications/s", payments.rate()),
        "all",
        received == STREAMS && payments.succeeded() == STREAMS,
    );

    // Beyond the limit: the gateway is slow, and there are more clients than request permits.
    let before = server.memory();
    stub.set_delay(300);
    let overload =
        drive(server.addr, plan(OVERLOAD_CLIENTS, usize::MAX, 8.0, Pace::Closed), new_orders(), ignore()).await;
    stub.set_delay(0);
    let overload_memory = server.memory();
    let refusal_p99 = quantile(&overload.refused, 0.99);
    report.row(
        "beyond the limit, 1,500 clients",
        figures(&overload),
        format!(
            "{} served, {} refused (p99 {refusal_p99:.0} ms), {} failed; {overload_memory:.0} MB",
            overload.succeeded(),
            overload.refused_count(),
            overload.failed()
        ),
        "some served, some refused with Retry-After, 0 failed",
        overload.succeeded() > 0 && overload.refused_count() > 0 && overload.failed() == 0,
    );
    let saturating = plan(32, usize::MAX, 5.0, Pace::Closed);
    let after = drive(server.addr, saturating, mixed(ids.clone()), ids.record()).await;
    report.row(
        "right after the overload",
        figures(&after),
        format!("{:.0}/s, {} failed", after.rate(), after.failed() + after.refused_count()),
        "0 failed, at least half of the limit",
        after.failed() + after.refused_count() == 0 && after.rate() * 2.0 > rate,
    );
    // Constant load at half of the limit, to measure latency, and memory after the overload.
    let mut memory = Memory::watch(&server);
    let steady = plan(64, usize::MAX, seconds as f64, Pace::Open(rate / 2.0));
    let running = drive(server.addr, steady, mixed(ids.clone()), ids.record());
    let steady = memory.during(running).await;
    report.row(
        "constant load at half of the limit",
        figures(&steady),
        format!(
            "{:.0}/s for {:.0} s, p50 {:.1} ms, p99 {:.1} ms, {} failed",
            steady.rate(),
            steady.seconds,
            quantile(&steady.served, 0.5),
            quantile(&steady.served, 0.99),
            steady.failed() + steady.refused_count()
        ),
        "0 failed, 0 refused",
        steady.failed() + steady.refused_count() == 0,
    );
    let (early, late) = memory.early_and_late();
    report.row(
        "memory during the constant load",
        json!({"before_overload_mb": before, "overload_mb": overload_memory, "early_mb": early, "late_mb": late}),
        format!("{early:.1} MB, then {late:.1} MB ({before:.1} before the overload, {overload_memory:.1} during it)"),
        "late ≤ 1.05 × early + 2 MB",
        late <= early * 1.05 + 2.0,
    );

    for page in pages {
        page.abort();
    }
    server.stop().await;
    Ok(report.end())
}

/// Of ten requests, four create an order, four read an order, and two are settlement notifications.
fn mixed(ids: OrderIds) -> Arc<MakeRequest> {
    Arc::new(move |at| match (at % 10, ids.pick(at)) {
        (0..4, _) | (_, None) => ("POST", "/api/orders".to_owned(), CART.to_owned()),
        (4..8, Some(id)) => ("GET", format!("/api/orders/{id}"), String::new()),
        (_, Some(id)) => ("POST", "/api/midtrans/notifications".to_owned(), notification(&id, "settlement")),
    })
}

fn figures(outcome: &Outcome) -> serde_json::Value {
    json!({
        "requests": outcome.all(), "served": outcome.succeeded(), "refused": outcome.refused_count(),
        "failed": outcome.failed(),
        "per_second": outcome.rate().round(), "p50_ms": quantile(&outcome.served, 0.5),
        "p99_ms": quantile(&outcome.served, 0.99), "refused_p99_ms": quantile(&outcome.refused, 0.99),
        "statuses": outcome.statuses.iter().map(|(status, count)| (status.to_string(), json!(count)))
            .collect::<serde_json::Map<_, _>>(),
    })
}

/// Waits until the counter reaches `target`, at most 30 seconds.
async fn wait_for_count(counter: &AtomicUsize, target: usize) {
    let since = Instant::now();
    while counter.load(Ordering::Relaxed) < target && since.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(20)).await;
    }
}

/// Samples the server's memory ten times per second.
struct Memory<'a> {
    server: &'a Server,
    samples: Vec<f64>,
}

impl<'a> Memory<'a> {
    fn watch(server: &'a Server) -> Self {
        Self { server, samples: vec![] }
    }

    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            if let Ok(done) = timeout(Duration::from_millis(100), &mut work).await {
                return done;
            }
            self.samples.push(self.server.memory());
        }
    }

    /// The mean of the second quarter of the samples, and of the last quarter.
    fn early_and_late(&self) -> (f64, f64) {
        let quarter = (self.samples.len() / 4).max(1);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
        (
            mean(self.samples.get(quarter..2 * quarter).unwrap_or_default()),
            mean(self.samples.get(self.samples.len().saturating_sub(quarter)..).unwrap_or_default()),
        )
    }
}
