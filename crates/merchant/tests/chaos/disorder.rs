//! A thousand orders: each is told its own story, other words of the spec, everything twice and shuffled, and lies.
//! With `CHAOS_WORDS=99` each order hears every word there is; that takes minutes.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::cycle::{JOURNEYS, Journey, Payment, SERVER_KEY, WORDS, numbered, sign};
use crate::database::{Kind, text};
use crate::gateway::GatewayStub;
use crate::load::Tally;
use crate::stage::Stage;
use crate::{ledger, size};

/// Orders with notifications at the same time.
const SIDE_BY_SIDE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    ends_where_the_cycle_says("disorder, SQLite", Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    ends_where_the_cycle_says("disorder, PostgreSQL", Kind::Postgres).await;
}

async fn ends_where_the_cycle_says(name: &str, kind: Kind) {
    let began = Instant::now();
    let stage = Stage::new(name, kind).await;
    let mut merchant = stage.merchant();
    merchant.start(&stage.http).await;
    let payments = stage.orders(&merchant, size("CHAOS_ORDERS", 1000)).await;
    let mut journeys: Vec<&Journey> =
        payments.iter().zip(JOURNEYS.iter().cycle()).map(|(_, journey)| journey).collect();
    stage.chance.shuffle(&mut journeys);
    let ordered = began.elapsed();

    let teller = Teller {
        http: stage.http.clone(),
        url: merchant.url.clone(),
        gateway: stage.gateway.clone(),
        chance: stage.chance.clone(),
        words: size("CHAOS_WORDS", 2),
        told: Arc::default(),
    };
    let queue: Vec<_> = payments.iter().cloned().zip(journeys.iter().copied()).collect();
    let queue = Arc::new(Mutex::new(queue.into_iter()));
    let tellers: Vec<_> = (0..SIDE_BY_SIDE)
        .map(|_| {
            let (teller, queue) = (teller.clone(), queue.clone());
            tokio::spawn(async move {
                let next = || queue.lock().unwrap().next();
                while let Some((payment, journey)) = next() {
                    teller.tell(&payment, journey).await;
                }
            })
        })
        .collect();
    for teller in tellers {
        teller.await.unwrap();
    }
    let told = began.elapsed() - ordered;
    ledger::ten_minutes_pass(&stage, &payments, &journeys).await;
    ledger::settles(&stage, &payments, &journeys).await;

    let Told { acknowledged, forged, answers } = std::mem::take(&mut *teller.told.lock().unwrap());
    let tally = Tally { acknowledged, ..Tally::default() };
    ledger::holds(&stage.database, &tally, &stage.receiver.heard()).await;
    let kept = stage.database.rows("SELECT body FROM notifications", |row| text(row, "body")).await;
    assert!(kept.iter().all(|body| !forged.contains(body)), "a forged one is kept");
    println!(
        "{name}: {} orders in {:.1} s; {} notifications told in {:.1} s, {} of them forged, answers {answers:?}; calm after {:.1} s",
        payments.len(),
        ordered.as_secs_f32(),
        answers.values().sum::<usize>(),
        told.as_secs_f32(),
        forged.len(),
        began.elapsed().as_secs_f32(),
    );
    drop(merchant);
    stage.close().await;
}

/// Tells one order's story, in disorder.
#[derive(Clone)]
struct Teller {
    http: reqwest::Client,
    url: String,
    gateway: GatewayStub,
    chance: Chance,
    /// How many words of the spec each order hears besides its own, and forgeries at most.
    words: usize,
    told: Arc<Mutex<Told>>,
}

#[derive(Default)]
struct Told {
    acknowledged: HashSet<String>,
    forged: HashSet<String>,
    answers: BTreeMap<u16, usize>,
}

/// One body, and the answer it must get.
type Line = (String, u16);

impl Teller {
    async fn tell(&self, payment: &Payment, journey: &Journey) {
        let mut noise = self.noise(payment);
        let last = journey.steps.len() - 1;
        for (step, (word, n)) in journey.steps.iter().zip(numbered(journey.steps)).enumerate() {
            let body = payment.say(word, n);
            self.gateway.reach(&payment.order_id, step, &body);
            let line = (body.to_string(), 200);
            // Twice, now and then at once.
            if self.chance.one_in(4) {
                tokio::join!(self.send(&line), self.send(&line));
            } else {
                self.send(&line).await;
                noise.push(line);
            }
            if let Some(expected) = journey.sees.get(step) {
                self.until(&payment.order_id, expected).await;
            }
            let many = if step == last { noise.len() } else { self.chance.below(noise.len() + 1) };
            for line in noise.drain(..many) {
                self.send(&line).await;
            }
        }
    }

    /// What else could be said of it, true or not, each twice, and forgeries.
    fn noise(&self, payment: &Payment) -> Vec<Line> {
        let mut words = WORDS;
        self.chance.shuffle(&mut words);
        let mut noise: Vec<Line> = self.forgeries(payment);
        self.chance.shuffle(&mut noise);
        noise.truncate(self.words);
        for word in words.into_iter().take(self.words) {
            let line = (payment.say(word, 1).to_string(), 200);
            noise.extend([line.clone(), line]);
        }
        self.chance.shuffle(&mut noise);
        noise
    }

    fn forgeries(&self, payment: &Payment) -> Vec<Line> {
        let good = payment.say("settlement", 1);
        let with = |changes: Value| {
            let mut body = good.clone();
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            body.to_string()
        };
        let (id, full) = (&payment.order_id, good["gross_amount"].as_str().unwrap());
        let text = good.to_string();
        let stranger = format!("{id}x");
        vec![
            (text[..text.len() - 1 - self.chance.below(text.len() - 1)].to_owned(), 400),
            (with(json!({"gross_amount": "1.00"})), 403),
            (with(json!({"gross_amount": "125000"})), 403),
            (with(json!({"status_code": "201"})), 403),
            (with(json!({"signature_key": sign(id, "200", full, "SB-Mid-server-SOMEBODY-ELSES")})), 403),
            (with(json!({"order_id": stranger})), 403),
            (with(json!({"order_id": stranger, "signature_key": sign(&stranger, "200", full, SERVER_KEY)})), 404),
        ]
    }

    async fn send(&self, (body, expected): &Line) {
        let url = format!("{}/api/midtrans/notifications", self.url);
        let answer = self.http.post(url).header("content-type", "application/json").body(body.clone()).send().await;
        let status = answer.unwrap().status().as_u16();
        assert_eq!(status, *expected, "{body}");
        let mut told = self.told.lock().unwrap();
        *told.answers.entry(status).or_default() += 1;
        let bodies = if status == 200 { &mut told.acknowledged } else { &mut told.forged };
        bodies.insert(body.clone());
    }

    async fn until(&self, order_id: &str, expected: &str) {
        let since = Instant::now();
        while self.status(order_id).await != expected {
            assert!(since.elapsed() < Duration::from_secs(15), "{order_id} is not {expected}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What somebody sees who looks.
    async fn status(&self, order_id: &str) -> String {
        let answer = self.http.get(format!("{}/api/orders/{order_id}", self.url)).send().await.unwrap();
        let order: Value = answer.json().await.unwrap();
        order["status"].as_str().unwrap().to_owned()
    }
}
