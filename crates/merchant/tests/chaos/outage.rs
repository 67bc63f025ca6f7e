//! PostgreSQL goes away under load, and comes back.

use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::cycle::{Journey, any_way};
use crate::load::{Load, letters};
use crate::stage::{Stage, free_port};
use crate::{ledger, size};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stops() {
    comes_back("outage of PostgreSQL, stopped", Cluster::stop_immediately, Cluster::start).await;
}

/// Worse than gone: it takes what it is sent and answers nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_hangs() {
    comes_back("outage of PostgreSQL, frozen", |cluster| cluster.freeze(), |cluster| cluster.thaw()).await;
}

async fn comes_back(name: &str, goes: fn(&mut Cluster), returns: fn(&mut Cluster)) {
    let mut cluster = Cluster::new(free_port());
    let stage = Stage::at(name, &cluster.url()).await;
    let mut merchant = stage.merchant();
    merchant.start(&stage.http).await;
    let payments = stage.orders(&merchant, 100).await;
    let journeys: Vec<&Journey> = payments.iter().map(|_| *stage.chance.pick(&any_way())).collect();
    let letters = letters(&stage.chance, &payments, &journeys);
    let many = letters.len();

    let load = Load::start(&stage.http, std::slice::from_ref(&merchant.url), &stage.gateway, letters);
    while load.acknowledged() < many / 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    goes(&mut cluster);
    let (stopped, before) = (Instant::now(), load.tally().of(503));
    let outage = Duration::from_secs(size("CHAOS_OUTAGE", 5) as u64);
    while stopped.elapsed() < outage || load.tally().of(503) == before {
        assert!(stopped.elapsed() < outage + Duration::from_secs(15), "nobody is told 503: {:?}", load.tally().answers);
        assert_eq!(merchant.answers(&stage.http, "healthz").await, Some(200), "the process itself is well");
        assert_eq!(merchant.answers(&stage.http, "readyz").await, Some(503), "and says that it cannot work");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let refused = load.tally().of(503) - before;
    let away = (stopped, Instant::now());
    returns(&mut cluster);

    let back = Instant::now();
    let tally = load.done().await;
    let caught_up = back.elapsed();
    let meanwhile = tally.times.iter().filter(|(asked, answered)| *asked > away.0 && *answered < away.1).count();
    assert_eq!(meanwhile, 0, "acknowledged without a database");
    assert!(tally.answers.keys().all(|status| [200, 503].contains(status)), "{:?}", tally.answers);
    assert_eq!(merchant.answers(&stage.http, "readyz").await, Some(200));
    assert!(!merchant.has_ended(), "no restart was needed");
    ledger::nothing_is_lost(&stage.database, &tally).await;
    ledger::settles(&stage, &payments, &journeys).await;
    let heard = stage.receiver.heard();
    ledger::holds(&stage.database, &tally, &heard).await;
    println!(
        "{name}: away for {:.1} s, {} orders, {refused} answers of 503 meanwhile; caught up {:.1} s after its return, \
         {} notifications acknowledged, {} kept; {} events delivered",
        (away.1 - away.0).as_secs_f32(),
        payments.len(),
        caught_up.as_secs_f32(),
        tally.of(200),
        tally.acknowledged.len(),
        heard.events.len(),
    );
    drop(merchant);
    stage.close().await;
}
