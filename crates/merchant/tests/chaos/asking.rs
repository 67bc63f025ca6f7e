//! `kill -9` while the gateway is being asked and notifications are nowhere but in memory: nobody was told that they
//! arrived, so they come again, and then each counts once.

use std::time::Duration;

use crate::cycle::{JOURNEYS, Journey, Payment};
use crate::database::{Kind, number};
use crate::ledger;
use crate::load::Tally;
use crate::stage::{Merchant, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    killed_while_it_asks("asking, SQLite", Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    killed_while_it_asks("asking, PostgreSQL", Kind::Postgres).await;
}

async fn killed_while_it_asks(name: &str, kind: Kind) {
    let stage = Stage::new(name, kind).await;
    let mut merchant = stage.merchant();
    merchant.start(&stage.http).await;
    let payments = stage.orders(&merchant, 20).await;
    for payment in &payments {
        stage.gateway.reach(&payment.order_id, 0, &payment.say("settlement", 1));
    }

    stage.gateway.holds(true);
    let sent: Vec<_> = payments.iter().map(|payment| tokio::spawn(told(&stage, &merchant, payment))).collect();
    while payments.iter().any(|payment| stage.gateway.asked(&payment.order_id) == 0) {
        assert!(!merchant.has_ended(), "it ended by itself");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    merchant.kill();
    let mut tally = Tally::default();
    for (payment, sent) in payments.iter().zip(sent) {
        if sent.await.unwrap() == 200 {
            tally.acknowledged.insert(payment.say("settlement", 1).to_string());
        }
    }
    ledger::nothing_is_lost(&stage.database, &tally).await;
    let kept = stage.database.rows("SELECT COUNT(*) AS kept FROM notifications", |row| number(row, "kept")).await[0];
    let before = tally.acknowledged.len();

    ledger::leases_end(&stage.database).await;
    stage.gateway.holds(false);
    merchant.start(&stage.http).await;
    for payment in &payments {
        assert_eq!(told(&stage, &merchant, payment).await, 200);
        tally.acknowledged.insert(payment.say("settlement", 1).to_string());
    }
    let paid: &Journey = JOURNEYS.iter().find(|journey| journey.steps == ["settlement"]).unwrap();
    ledger::settles(&stage, &payments, &vec![paid; payments.len()]).await;
    ledger::holds(&stage.database, &tally, &stage.receiver.heard()).await;
    println!(
        "{name}: {} notifications under way, {before} acknowledged and {kept} on disk when it was killed; all are \
         there after they came again",
        payments.len()
    );
    drop(merchant);
    stage.close().await;
}

/// The answer's status, 0 for none.
fn told(stage: &Stage, merchant: &Merchant, payment: &Payment) -> impl Future<Output = u16> + use<> {
    let url = format!("{}/api/midtrans/notifications", merchant.url);
    let request = stage.http.post(url).json(&payment.say("settlement", 1));
    async move { request.send().await.map_or(0, |answer| answer.status().as_u16()) }
}
