//! The merchant at its limit, beyond it, and after: nothing wrong up to it, a clear refusal beyond it, well again by
//! itself, and no more memory at the end than on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::clients::{Make, Outcome, Pace, Plan, drive, quantile};
use crate::gateway_stub::{Stub, notification};
use crate::http::Events;
use crate::process::Server;
use crate::report::Report;
use crate::workload::{CART, Folder, Ids, merchant, new_orders, nothing, paid};

/// Pages that listen, all the time.
const STREAMS: usize = 1000;

/// Clients beyond the limit: six times as many as there are places.
const CROWD: usize = 1500;

pub async fn run(options: &[String]) -> Result<bool, String> {
    let program = options.first().ok_or("which merchant?")?;
    let seconds = crate::option(options, "--seconds", 20)?;
    let folder = Folder::new("load")?;
    let stub = Stub::new().await;
    let server = merchant(program, &stub, folder.path(), &[("MERCHANT_MAX_CONNECTIONS", "8192")]).await?;
    let mut report = Report::new();

    // Orders to listen to, and the pages.
    let ids = Ids::default();
    let plan = |clients, most, within: f64, pace| Plan { clients, most, within: Duration::from_secs_f64(within), pace };
    let made = drive(server.addr, plan(32, STREAMS, 60.0, Pace::Closed), new_orders(), ids.keep()).await;
    let listened = ids.drain();
    if listened.len() != STREAMS {
        return Err(format!("{} of {STREAMS} orders were made: {:?}", listened.len(), made.statuses));
    }
    let heard = Arc::new(AtomicUsize::new(0));
    let paid_heard = Arc::new(AtomicUsize::new(0));
    let mut pages = vec![];
    for id in &listened {
        let mut events = Events::open(server.addr, &format!("/api/orders/{id}/events"))
            .await
            .map_err(|error| format!("a stream: {error}"))?;
        let (heard, paid_heard) = (heard.clone(), paid_heard.clone());
        pages.push(tokio::spawn(async move {
            while let Ok(Some(event)) = events.next().await {
                heard.fetch_add(1, Ordering::Relaxed);
                if event.contains("\"status\":\"paid\"") {
                    paid_heard.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    until(&heard, STREAMS).await;

    // At the limit: as fast as thirty-two clients can.
    let fill = plan(32, usize::MAX, 5.0, Pace::Closed);
    let limit = drive(server.addr, fill, mixed(ids.clone()), ids.keep()).await;
    let rate = limit.rate();
    report.row(
        "at its limit, 32 clients",
        figures(&limit),
        format!("{rate:.0}/s, {} requests, {} wrong", limit.all(), limit.wrong() + limit.shed()),
        "0 wrong, 0 refused",
        limit.wrong() + limit.shed() == 0,
    );
    // All thousand pages hear of their money while the load goes on.
    let money = drive(server.addr, plan(16, STREAMS, 120.0, Pace::Closed), paid(listened.clone()), nothing()).await;
    until(&paid_heard, STREAMS).await;
    let told = paid_heard.load(Ordering::Relaxed);
    report.row(
        "pages that listen and hear",
        json!({"streams": STREAMS, "heard": told, "notifications": money.all(), "wrong": money.wrong() + money.shed()}),
        format!("{told} of {STREAMS}, {:.0} notifications/s", money.rate()),
        "all",
        told == STREAMS && money.well() == STREAMS,
    );

    // Beyond it: the gateway is slow, and many more come than there are places.
    let before = server.memory();
    stub.takes(300);
    let crowd = drive(server.addr, plan(CROWD, usize::MAX, 8.0, Pace::Closed), new_orders(), nothing()).await;
    stub.takes(0);
    let at_most = server.memory();
    let slow = quantile(&crowd.refused, 0.99);
    report.row(
        "beyond it, 1,500 clients",
        figures(&crowd),
        format!(
            "{} served, {} refused (p99 {slow:.0} ms), {} wrong; {at_most:.0} MB",
            crowd.well(),
            crowd.shed(),
            crowd.wrong()
        ),
        "some served, some refused with Retry-After, 0 wrong",
        crowd.well() > 0 && crowd.shed() > 0 && crowd.wrong() == 0,
    );
    let again = plan(32, usize::MAX, 5.0, Pace::Closed);
    let after = drive(server.addr, again, mixed(ids.clone()), ids.keep()).await;
    report.row(
        "right after it",
        figures(&after),
        format!("{:.0}/s, {} wrong", after.rate(), after.wrong() + after.shed()),
        "0 wrong, half of the limit or more",
        after.wrong() + after.shed() == 0 && after.rate() * 2.0 > rate,
    );
    // Evenly at half of the limit, for the times; and for the memory, now that the worst has been.
    let mut memory = Memory::watch(&server);
    let steady = plan(64, usize::MAX, seconds as f64, Pace::Open(rate / 2.0));
    let running = drive(server.addr, steady, mixed(ids.clone()), ids.keep());
    let steady = memory.during(running).await;
    report.row(
        "evenly at half of it",
        figures(&steady),
        format!(
            "{:.0}/s for {:.0} s, p50 {:.1} ms, p99 {:.1} ms, {} wrong",
            steady.rate(),
            steady.seconds,
            quantile(&steady.served, 0.5),
            quantile(&steady.served, 0.99),
            steady.wrong() + steady.shed()
        ),
        "0 wrong, 0 refused",
        steady.wrong() + steady.shed() == 0,
    );
    let (early, late) = memory.early_and_late();
    report.row(
        "memory over that run",
        json!({"before_crowd_mb": before, "crowd_mb": at_most, "early_mb": early, "late_mb": late}),
        format!("{early:.1} MB, then {late:.1} MB ({before:.1} before the crowd, {at_most:.1} in it)"),
        "late ≤ 1.05 × early + 2 MB",
        late <= early * 1.05 + 2.0,
    );

    for page in pages {
        page.abort();
    }
    server.stop().await;
    Ok(report.end())
}

/// Of ten requests four orders, four looks at an order, two notifications of money.
fn mixed(ids: Ids) -> Arc<Make> {
    Arc::new(move |at| match (at % 10, ids.some(at)) {
        (0..4, _) | (_, None) => ("POST", "/api/orders".to_owned(), CART.to_owned()),
        (4..8, Some(id)) => ("GET", format!("/api/orders/{id}"), String::new()),
        (_, Some(id)) => ("POST", "/api/midtrans/notifications".to_owned(), notification(&id, "settlement")),
    })
}

fn figures(outcome: &Outcome) -> serde_json::Value {
    json!({
        "requests": outcome.all(), "served": outcome.well(), "refused": outcome.shed(), "wrong": outcome.wrong(),
        "a_second": outcome.rate().round(), "p50_ms": quantile(&outcome.served, 0.5),
        "p99_ms": quantile(&outcome.served, 0.99), "refused_p99_ms": quantile(&outcome.refused, 0.99),
        "statuses": outcome.statuses.iter().map(|(status, many)| (status.to_string(), json!(many)))
            .collect::<serde_json::Map<_, _>>(),
    })
}

/// Waits, bounded, until so many were counted.
async fn until(counted: &AtomicUsize, many: usize) {
    let since = Instant::now();
    while counted.load(Ordering::Relaxed) < many && since.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(20)).await;
    }
}

/// The server's memory, ten times a second.
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

    /// The mean of the second quarter, and of the last.
    fn early_and_late(&self) -> (f64, f64) {
        let quarter = (self.samples.len() / 4).max(1);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
        (
            mean(self.samples.get(quarter..2 * quarter).unwrap_or_default()),
            mean(self.samples.get(self.samples.len().saturating_sub(quarter)..).unwrap_or_default()),
        )
    }
}
