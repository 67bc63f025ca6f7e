//! Our merchant beside midtrans-client in Express: the same requests, the same gateway, the same durability, by turns.

mod disk_writes;

use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::clients::{Outcome, Pace, Plan, drive, quantile};
use crate::gateway_stub::{SERVER_KEY, Stub, notification};
use crate::latency_proxy::far;
use crate::process::Server;
use crate::report::{Goal, Sides};
use crate::workload::{Folder, Ids, merchant, new_orders, nothing, paid};

/// Requests of one turn: enough for the clock's ticks, over soon where each waits for the disk alone.
const fn many(clients: usize) -> usize {
    match clients {
        1 => 300,
        8 => 1000,
        _ => 2000,
    }
}

/// One side of the comparison.
struct Side {
    server: Server,
    /// Where a notification is only verified and kept. Ours goes on and confirms it: it has no other way.
    kept: &'static str,
}

/// What one turn cost.
struct Turn {
    /// Milliseconds of processor time a request.
    cpu: f64,
    outcome: Outcome,
}

impl Side {
    async fn turn(&self, clients: usize, what: What, ids: &Ids) -> Result<Turn, String> {
        let plan = Plan { clients, most: many(clients), within: Duration::from_secs(120), pace: Pace::Closed };
        let known = ids.drain();
        let before = self.server.cpu();
        let outcome = match what {
            What::Orders => drive(self.server.addr, plan, new_orders(), ids.keep()).await,
            What::Confirmed => drive(self.server.addr, plan, paid(known), nothing()).await,
            What::Kept => {
                let path = self.kept;
                let make =
                    move |at: usize| ("POST", path.to_owned(), notification(&known[at % known.len()], "settlement"));
                drive(self.server.addr, plan, std::sync::Arc::new(make), nothing()).await
            }
        };
        if outcome.well() != many(clients) {
            return Err(format!("{} of {} were answered well: {:?}", outcome.well(), many(clients), outcome.statuses));
        }
        Ok(Turn { cpu: (self.server.cpu() - before) * 1000.0 / many(clients) as f64, outcome })
    }
}

#[derive(Debug, Clone, Copy)]
enum What {
    Orders,
    Confirmed,
    Kept,
}

pub async fn run(options: &[String]) -> Result<bool, String> {
    let [program, peer, ..] = options else { return Err("which merchant, and which peer?".into()) };
    let rounds = crate::option(options, "--rounds", 2)?;
    let silence = crate::option(options, "--silence", 30)?;
    let folder = Folder::new("merchant")?;
    let stub = Stub::new().await;
    let gateway = format!("http://{}", stub.addr);
    let ours = Side {
        server: merchant(program, &stub, &place(&folder, "ours")?, &[]).await?,
        kept: "/api/midtrans/notifications",
    };
    let theirs =
        Side { server: express(peer, &gateway, &place(&folder, "peer")?, None).await?, kept: "/api/midtrans/kept" };
    let sides = [&ours, &theirs];
    let mut report = Sides::new(options.iter().any(|option| option == "--gate"));
    let cpu = |turns: &[Vec<Turn>; 2]| turns.each_ref().map(|side| side.iter().map(|turn| turn.cpu).collect());
    let rate =
        |turns: &[Vec<Turn>; 2]| turns.each_ref().map(|side| side.iter().map(|turn| turn.outcome.rate()).collect());

    // Both warm: what is compiled late is compiled.
    abba(&sides, 1, 8, [What::Orders, What::Confirmed]).await?;
    for clients in [1, 8, 64] {
        // New orders for each: what is confirmed already would be a duplicate.
        let what = [What::Orders, What::Confirmed, What::Orders, What::Kept];
        let [mut orders, confirmed, again, kept] = abba(&sides, rounds, clients, what).await?;
        for (orders, again) in orders.iter_mut().zip(again) {
            orders.extend(again);
        }
        let at = |many: usize, reach: f64, keep: f64| (clients == many).then_some(Goal { reach, keep });
        let name = |what: &str| format!("{what}, {clients} connections");
        report.less(&name("S1 CPU a token"), "ms", cpu(&orders), at(8, 0.25, 0.42));
        report.less(&name("W1 CPU a confirmed notification"), "ms", cpu(&confirmed), at(8, 0.25, 0.6));
        report.less(&name("W2 CPU a notification on disk"), "ms", cpu(&kept), at(64, 1.0 / 3.0, 0.66));
        if clients == 64 {
            report.more(&name("S2 tokens a second"), "/s", rate(&orders), Some(4.0.into()));
            let memory = [vec![ours.server.memory()], vec![theirs.server.memory()]];
            report.less("S2 memory under load", "MB", memory, Some(0.3.into()));
            report.more(&name("W2 notifications a second"), "/s", rate(&kept), None);
        }
    }
    for side in [&ours, &theirs] {
        // Ids for the disk's turn.
        let ids = Ids::default();
        side.turn(64, What::Orders, &ids).await?;
        let syncs = disk_writes::syncs(side.server.pid, side.turn(64, What::Kept, &ids)).await?;
        report.alone(
            if std::ptr::eq(side, &ours) { "ours" } else { "peer" },
            "W2 notifications for each fsync, 64 at once",
            syncs.map(|syncs| many(64) as f64 / syncs.max(1) as f64),
            8.0,
        );
    }
    theirs.server.stop().await;

    let both = Side { server: express(peer, &gateway, &place(&folder, "cluster")?, Some(2)).await?, kept: "" };
    abba(&[&ours, &both], 1, 64, [What::Orders]).await?;
    let [orders] = abba(&[&ours, &both], rounds, 64, [What::Orders]).await?;
    report.more("S2 tokens a second, against a cluster of 2", "/s", rate(&orders), Some(4.0.into()));
    let memory = [vec![ours.server.memory()], vec![both.server.memory()]];
    report.less("S2 memory, against a cluster of 2", "MB", memory, Some(0.3.into()));
    both.server.stop().await;

    let floor = Side { server: floor(&gateway, &place(&folder, "floor")?).await?, kept: "" };
    abba(&[&ours, &floor], 1, 8, [What::Orders]).await?;
    for clients in [1, 8, 64] {
        let [orders] = abba(&[&ours, &floor], rounds, clients, [What::Orders]).await?;
        report.less(&format!("S1 CPU a token, against the floor, {clients} connections"), "ms", cpu(&orders), None);
    }
    floor.server.stop().await;
    ours.server.stop().await;

    if silence > 0 {
        report.less(
            "S3 first token after silence, 30 ms away",
            "ms",
            quiet(program, peer, &stub, silence).await?,
            Some(0.7.into()),
        );
    }
    Ok(report.end())
}

/// Each side by turns, A B B A, with what follows upon each other's ids.
async fn abba<const N: usize>(
    sides: &[&Side; 2],
    rounds: usize,
    clients: usize,
    what: [What; N],
) -> Result<[[Vec<Turn>; 2]; N], String> {
    let mut turns: [[Vec<Turn>; 2]; N] = std::array::from_fn(|_| [vec![], vec![]]);
    for _ in 0..rounds {
        for at in [0, 1, 1, 0] {
            let ids = Ids::default();
            for (what, turns) in what.iter().zip(&mut turns) {
                turns[at].push(sides[at].turn(clients, *what, &ids).await?);
            }
        }
    }
    Ok(turns)
}

/// The first token after nobody asked for a while, from a gateway far away; both wait at the same time.
async fn quiet(program: &str, peer: &str, stub: &Stub, silence: usize) -> Result<[Vec<f64>; 2], String> {
    let folder = Folder::new("quiet")?;
    let away = far(stub.addr, Duration::from_millis(30)).await;
    let far_stub = stub.seen_at(away);
    let page = format!("http://{away}");
    stub.pages_at(&page);
    let sides = [
        merchant(program, &far_stub, &place(&folder, "ours")?, &[]).await?,
        express(peer, &page, &place(&folder, "peer")?, None).await?,
    ];
    let mut took = [vec![], vec![]];
    for round in 0..5 {
        for (side, took) in sides.iter().zip(&mut took) {
            let plan = Plan { clients: 1, most: 1, within: Duration::from_secs(30), pace: Pace::Closed };
            let first = drive(side.addr, plan, new_orders(), nothing()).await;
            if first.well() != 1 {
                return Err(format!("the first token: {:?}", first.statuses));
            }
            // The first of all is for the warmth of everything else.
            if round > 0 {
                took.push(quantile(&first.served, 0.5));
            }
        }
        if round < 4 {
            sleep(Duration::from_secs(silence as u64)).await;
        }
    }
    for side in sides {
        side.stop().await;
    }
    Ok(took)
}

fn place(folder: &Folder, name: &str) -> Result<std::path::PathBuf, String> {
    let path = folder.path().join(name);
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// This program again, as the least that a merchant can be.
async fn floor(gateway: &str, folder: &Path) -> Result<Server, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let env = [("GATEWAY", gateway.to_owned()), ("DATABASE", folder.join("floor.sqlite").display().to_string())];
    Server::start(&program.display().to_string(), &["floor"], &env, "/readyz").await
}

async fn express(peer: &str, gateway: &str, folder: &Path, workers: Option<usize>) -> Result<Server, String> {
    let mut env = vec![
        ("NODE_ENV", "production".to_owned()),
        ("GATEWAY", gateway.to_owned()),
        ("SERVER_KEY", SERVER_KEY.to_owned()),
        ("CLIENT_KEY", "SB-Mid-client-BENCH".to_owned()),
        ("DATABASE", folder.join("peer.sqlite").display().to_string()),
    ];
    env.extend(workers.map(|workers| ("WORKERS", workers.to_string())));
    Server::start("node", &[peer], &env, "/readyz").await
}
