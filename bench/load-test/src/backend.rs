//! Compares the backend with midtrans-client in Express: same requests, same gateway, same durability, alternating turns.

mod disk_writes;

use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::clients::{Outcome, Pace, Plan, drive, quantile};
use crate::gateway_stub::{SERVER_KEY, Stub, notification};
use crate::latency_proxy;
use crate::process::Server;
use crate::report::{Comparison, Goal};
use crate::workload::{OrderIds, TempFolder, ignore, new_orders, settlements, start_backend};

/// The requests of one turn: enough for the resolution of the CPU clock, few where each waits for its own fsync.
const fn request_count(clients: usize) -> usize {
    match clients {
        1 => 300,
        8 => 1000,
        _ => 2000,
    }
}

/// One side of the comparison.
struct Side {
    server: Server,
    /// The path that verifies and stores a notification. The backend also confirms it; it has no path without that.
    store_path: &'static str,
}

/// The results of one turn.
struct Turn {
    /// The CPU time per request in milliseconds.
    cpu: f64,
    outcome: Outcome,
}

impl Side {
    async fn turn(&self, clients: usize, workload: Workload, ids: &OrderIds) -> Result<Turn, String> {
        let plan = Plan {
            clients,
            max_requests: request_count(clients),
            duration: Duration::from_secs(120),
            pace: Pace::Closed,
        };
        let known_ids = ids.drain();
        let before = self.server.cpu();
        let outcome = match workload {
            Workload::Orders => drive(self.server.addr, plan, new_orders(), ids.record()).await,
            Workload::ConfirmedNotifications => drive(self.server.addr, plan, settlements(known_ids), ignore()).await,
            Workload::StoredNotifications => {
                let path = self.store_path;
                let make = move |at: usize| {
                    ("POST", path.to_owned(), notification(&known_ids[at % known_ids.len()], "settlement"))
                };
                drive(self.server.addr, plan, std::sync::Arc::new(make), ignore()).await
            }
        };
        let expected = request_count(clients);
        if outcome.succeeded() != expected {
            return Err(format!("{} of {expected} requests succeeded: {:?}", outcome.succeeded(), outcome.statuses));
        }
        Ok(Turn { cpu: (self.server.cpu() - before) * 1000.0 / expected as f64, outcome })
    }
}

#[derive(Debug, Clone, Copy)]
enum Workload {
    Orders,
    ConfirmedNotifications,
    StoredNotifications,
}

pub async fn run(options: &[String]) -> Result<bool, String> {
    let [program, baseline, ..] = options else { return Err("usage: merchant MERCHANT BASELINE".into()) };
    let rounds = crate::option(options, "--rounds", 2)?;
    let silence = crate::option(options, "--silence", 30)?;
    let folder = TempFolder::new("backend")?;
    let stub = Stub::new().await;
    let gateway = format!("http://{}", stub.addr);
    let subject = Side {
        server: start_backend(program, &stub, &subfolder(&folder, "subject")?, &[]).await?,
        store_path: "/api/midtrans/notifications",
    };
    let express = Side {
        server: start_express(baseline, &gateway, &subfolder(&folder, "express")?, None).await?,
        store_path: "/api/midtrans/stored",
    };
    let sides = [&subject, &express];
    let mut report = Comparison::new(options.iter().any(|option| option == "--gate"));
    let cpu = |turns: &[Vec<Turn>; 2]| turns.each_ref().map(|side| side.iter().map(|turn| turn.cpu).collect());
    let rate =
        |turns: &[Vec<Turn>; 2]| turns.each_ref().map(|side| side.iter().map(|turn| turn.outcome.rate()).collect());

    // Warm-up, so that JavaScript is compiled.
    abba(&sides, 1, 8, [Workload::Orders, Workload::ConfirmedNotifications]).await?;
    for clients in [1, 8, 64] {
        // Each kind of notification has its own orders, because a second notification would be a duplicate.
        let workloads =
            [Workload::Orders, Workload::ConfirmedNotifications, Workload::Orders, Workload::StoredNotifications];
        let [mut orders, confirmed, more_orders, stored] = abba(&sides, rounds, clients, workloads).await?;
        for (orders, more_orders) in orders.iter_mut().zip(more_orders) {
            orders.extend(more_orders);
        }
        let goal_at = |count: usize, target: f64, gate: f64| (clients == count).then_some(Goal { target, gate });
        let name = |metric: &str| format!("{metric}, {clients} connections");
        report.at_most(&name("S1 CPU per token"), "ms", cpu(&orders), goal_at(8, 0.25, 0.42));
        report.at_most(&name("W1 CPU per confirmed notification"), "ms", cpu(&confirmed), goal_at(8, 0.25, 0.6));
        report.at_most(&name("W2 CPU per stored notification"), "ms", cpu(&stored), goal_at(64, 1.0 / 3.0, 0.66));
        if clients == 64 {
            report.at_least(&name("S2 tokens per second"), "/s", rate(&orders), Some(4.0.into()));
            let memory = [vec![subject.server.memory()], vec![express.server.memory()]];
            report.at_most("S2 memory under load", "MB", memory, Some(0.3.into()));
            report.at_least(&name("W2 notifications per second"), "/s", rate(&stored), None);
        }
    }
    for side in [&subject, &express] {
        // Orders for the notifications.
        let ids = OrderIds::default();
        side.turn(64, Workload::Orders, &ids).await?;
        let syncs = disk_writes::syncs(side.server.pid, side.turn(64, Workload::StoredNotifications, &ids)).await?;
        report.one_side(
            if std::ptr::eq(side, &subject) { "subject" } else { "baseline" },
            "W2 notifications per fsync, 64 connections",
            syncs.map(|syncs| request_count(64) as f64 / syncs.max(1) as f64),
            8.0,
        );
    }
    express.server.stop().await;

    let cluster = start_express(baseline, &gateway, &subfolder(&folder, "cluster")?, Some(2)).await?;
    let cluster = Side { server: cluster, store_path: "" };
    abba(&[&subject, &cluster], 1, 64, [Workload::Orders]).await?;
    let [orders] = abba(&[&subject, &cluster], rounds, 64, [Workload::Orders]).await?;
    report.at_least("S2 tokens per second, against a cluster of 2", "/s", rate(&orders), Some(4.0.into()));
    let memory = [vec![subject.server.memory()], vec![cluster.server.memory()]];
    report.at_most("S2 memory, against a cluster of 2", "MB", memory, Some(0.3.into()));
    cluster.server.stop().await;

    let axum = Side { server: start_axum_baseline(&gateway, &subfolder(&folder, "axum")?).await?, store_path: "" };
    abba(&[&subject, &axum], 1, 8, [Workload::Orders]).await?;
    for clients in [1, 8, 64] {
        let [orders] = abba(&[&subject, &axum], rounds, clients, [Workload::Orders]).await?;
        let name = format!("S1 CPU per token, against the Axum baseline, {clients} connections");
        report.at_most(&name, "ms", cpu(&orders), None);
    }
    axum.server.stop().await;
    subject.server.stop().await;

    if silence > 0 {
        report.at_most(
            "S3 first token after an idle period, gateway 30 ms away",
            "ms",
            first_token_after_idle(program, baseline, &stub, silence).await?,
            Some(0.7.into()),
        );
    }
    Ok(report.end())
}

/// Runs the workloads on both sides in the order A B B A. Later workloads of a turn use the orders of earlier ones.
async fn abba<const N: usize>(
    sides: &[&Side; 2],
    rounds: usize,
    clients: usize,
    workloads: [Workload; N],
) -> Result<[[Vec<Turn>; 2]; N], String> {
    let mut turns: [[Vec<Turn>; 2]; N] = std::array::from_fn(|_| [vec![], vec![]]);
    for _ in 0..rounds {
        for at in [0, 1, 1, 0] {
            let ids = OrderIds::default();
            for (workload, turns) in workloads.iter().zip(&mut turns) {
                turns[at].push(sides[at].turn(clients, *workload, &ids).await?);
            }
        }
    }
    Ok(turns)
}

/// Measures the first token after an idle period, with network latency to the gateway. Both sides idle together.
async fn first_token_after_idle(
    program: &str,
    baseline: &str,
    stub: &Stub,
    idle_seconds: usize,
) -> Result<[Vec<f64>; 2], String> {
    let folder = TempFolder::new("idle")?;
    let addr = latency_proxy::start(stub.addr, Duration::from_millis(30)).await;
    let remote_stub = stub.with_addr(addr);
    let gateway = format!("http://{addr}");
    stub.set_page_origin(&gateway);
    let sides = [
        start_backend(program, &remote_stub, &subfolder(&folder, "subject")?, &[]).await?,
        start_express(baseline, &gateway, &subfolder(&folder, "express")?, None).await?,
    ];
    let mut durations = [vec![], vec![]];
    for round in 0..5 {
        for (side, durations) in sides.iter().zip(&mut durations) {
            let plan = Plan { clients: 1, max_requests: 1, duration: Duration::from_secs(30), pace: Pace::Closed };
            let first = drive(side.addr, plan, new_orders(), ignore()).await;
            if first.succeeded() != 1 {
                return Err(format!("the first token: {:?}", first.statuses));
            }
            // The first round is the warm-up.
            if round > 0 {
                durations.push(quantile(&first.served, 0.5));
            }
        }
        if round < 4 {
            sleep(Duration::from_secs(idle_seconds as u64)).await;
        }
    }
    for side in sides {
        side.stop().await;
    }
    Ok(durations)
}

fn subfolder(folder: &TempFolder, name: &str) -> Result<std::path::PathBuf, String> {
    let path = folder.path().join(name);
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Starts this program as the Axum baseline.
async fn start_axum_baseline(gateway: &str, folder: &Path) -> Result<Server, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let env = [("GATEWAY", gateway.to_owned()), ("DATABASE", folder.join("axum.sqlite").display().to_string())];
    Server::start(&program.display().to_string(), &["axum-baseline"], &env, "/readyz").await
}

async fn start_express(program: &str, gateway: &str, folder: &Path, workers: Option<usize>) -> Result<Server, String> {
    let mut env = vec![
        ("NODE_ENV", "production".to_owned()),
        ("GATEWAY", gateway.to_owned()),
        ("SERVER_KEY", SERVER_KEY.to_owned()),
        ("CLIENT_KEY", "SB-Mid-client-BENCH".to_owned()),
        ("DATABASE", folder.join("express.sqlite").display().to_string()),
    ];
    env.extend(workers.map(|workers| ("WORKERS", workers.to_string())));
    Server::start("node", &[program], &env, "/readyz").await
}
