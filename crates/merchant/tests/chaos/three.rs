//! Three merchants on one PostgreSQL: nothing that matters is in the memory of one of them.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cycle::{JOURNEYS, Journey, Payment};
use crate::database::{Kind, number, text};
use crate::ledger;
use crate::load::Tally;
use crate::stage::{Merchant, Stage};

/// The page should turn within a second; on a machine that does other things too, it is given more.
const BOUND: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let stage = Stage::new("three merchants", Kind::Postgres).await;
    let mut merchants = [stage.merchant(), stage.merchant(), stage.merchant()];
    for merchant in &mut merchants {
        merchant.start(&stage.http).await;
    }
    let [first, second, third] = &merchants;
    let mut tally = Tally::default();

    let watched = stage.orders(first, 20).await;
    let mut took = Vec::new();
    for payment in &watched {
        took.push(turns_elsewhere(&stage, payment, second, third).await);
        tally.acknowledged.insert(payment.say("settlement", 1).to_string());
    }
    took.sort();

    let told_thrice = stage.orders(first, 30).await;
    for payment in &told_thrice {
        let body = payment.say("settlement", 1);
        stage.gateway.reach(&payment.order_id, 0, &body);
        let sending = merchants.each_ref().map(|merchant| tokio::spawn(notify(&stage, merchant, &body)));
        for sent in sending {
            assert_eq!(sent.await.unwrap(), 200);
        }
        tally.acknowledged.insert(body.to_string());
    }

    let silent = stage.orders(first, 30).await;
    for payment in &silent {
        stage.gateway.reach(&payment.order_id, 0, &payment.say("settlement", 1));
    }
    // Their first look would be in a minute: time moved, not waited.
    stage.database.change("UPDATE orders SET next_poll_at = 0 WHERE status = 'created'").await;
    let swept = Instant::now();

    let all: Vec<Payment> = [watched, told_thrice, silent.clone()].concat();
    let paid: &Journey = JOURNEYS.iter().find(|journey| journey.steps == ["settlement"]).unwrap();
    ledger::settles(&stage, &all, &vec![paid; all.len()]).await;
    let swept = swept.elapsed();
    for payment in &silent {
        assert_eq!(stage.gateway.asked(&payment.order_id), 1, "{} of three processes' sweeps", payment.order_id);
    }
    let lines = stage.database.rows("SELECT order_id, COUNT(*) AS lines FROM order_history GROUP BY order_id", |row| {
        (text(row, "order_id"), number(row, "lines"))
    });
    for (order_id, lines) in lines.await {
        assert_eq!(lines, 2, "{order_id} was ordered and paid");
    }
    ledger::holds(&stage.database, &tally, &stage.receiver.heard()).await;
    println!(
        "three merchants: {} pages turned to paid after {:?} (median), {:?} (longest); {} told to all three at once; \
         {} found by the sweeps in {:.1} s, asked for once each",
        took.len(),
        took[took.len() / 2],
        took[took.len() - 1],
        all.len() - took.len() - silent.len(),
        silent.len(),
        swept.as_secs_f32(),
    );
    drop(merchants);
    stage.close().await;
}

/// How long after a notification to one merchant the page that another one serves knows.
async fn turns_elsewhere(stage: &Stage, payment: &Payment, told: &Merchant, watched: &Merchant) -> Duration {
    let url = format!("{}/api/orders/{}/events", watched.url, payment.order_id);
    let mut events = Events { answer: stage.http.get(url).send().await.unwrap(), read: String::new() };
    assert_eq!(events.answer.status(), 200);
    assert_eq!(events.next().await["status"], "created");
    let body = payment.say("settlement", 1);
    stage.gateway.reach(&payment.order_id, 0, &body);
    let since = Instant::now();
    let sent = tokio::spawn(notify(stage, told, &body));
    let turned = tokio::time::timeout(BOUND, async { while events.next().await["status"] != "paid" {} }).await;
    assert!(turned.is_ok(), "{} did not turn to paid", payment.order_id);
    let took = since.elapsed();
    assert_eq!(sent.await.unwrap(), 200);
    took
}

fn notify(stage: &Stage, merchant: &Merchant, body: &Value) -> impl Future<Output = u16> + use<> {
    let request = stage.http.post(format!("{}/api/midtrans/notifications", merchant.url)).json(body);
    async move { request.send().await.unwrap().status().as_u16() }
}

/// A stream of orders.
struct Events {
    answer: reqwest::Response,
    read: String,
}

impl Events {
    async fn next(&mut self) -> Value {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let data = message.lines().find_map(|line| line.strip_prefix("data:")).map(str::to_owned);
                self.read = rest.to_owned();
                match data {
                    Some(data) => return serde_json::from_str(&data).unwrap(),
                    None => continue,
                }
            }
            let chunk = self.answer.chunk().await.unwrap().expect("the stream goes on");
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
