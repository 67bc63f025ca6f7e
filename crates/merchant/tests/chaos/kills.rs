//! `kill -9` again and again while notifications come in.

use std::time::{Duration, Instant};

use crate::cycle::{Journey, any_way};
use crate::database::Kind;
use crate::load::{Load, letters};
use crate::stage::Stage;
use crate::{ledger, size};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    killed_again_and_again("kills, SQLite", Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    killed_again_and_again("kills, PostgreSQL", Kind::Postgres).await;
}

async fn killed_again_and_again(name: &str, kind: Kind) {
    let began = Instant::now();
    let kills = size("CHAOS_KILLS", 50);
    let stage = Stage::new(name, kind).await;
    stage.receiver.fails_one_in(4);
    let mut merchant = stage.merchant();
    merchant.start(&stage.http).await;
    let payments = stage.orders(&merchant, (kills * 2).max(20)).await;
    let journeys: Vec<&Journey> = payments.iter().map(|_| *stage.chance.pick(&any_way())).collect();
    let letters = letters(&stage.chance, &payments, &journeys);
    let many = letters.len();

    let load = Load::start(&stage.http, std::slice::from_ref(&merchant.url), &stage.gateway, letters);
    for kill in 1..=kills {
        // Spread over the whole load, and at any moment of what a notification takes.
        let enough = many * kill / (kills + 1);
        while load.acknowledged() < enough {
            assert!(!merchant.has_ended(), "it ended by itself");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(stage.chance.below(30) as u64)).await;
        merchant.kill();
        if kill == kills {
            ledger::leases_end(&stage.database).await;
        }
        merchant.start(&stage.http).await;
    }
    let tally = load.done().await;
    assert!(tally.answers.keys().all(|status| [0, 200, 503].contains(status)), "{:?}", tally.answers);
    let sent = began.elapsed();

    stage.receiver.fails_one_in(0);
    ledger::nothing_is_lost(&stage.database, &tally).await;
    ledger::settles(&stage, &payments, &journeys).await;
    let heard = stage.receiver.heard();
    ledger::holds(&stage.database, &tally, &heard).await;
    println!(
        "{name}: {kills} kills, {} orders, {} notifications sent in {:.1} s, answers {:?} (0: broken off), {} kept; \
         {} events delivered {} times, {} refused; calm after {:.1} s",
        payments.len(),
        tally.sent,
        sent.as_secs_f32(),
        tally.answers,
        tally.acknowledged.len(),
        heard.events.len(),
        heard.events.values().sum::<usize>(),
        heard.refused,
        began.elapsed().as_secs_f32(),
    );
    drop(merchant);
    stage.close().await;
}
