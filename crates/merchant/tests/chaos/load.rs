//! Many who notify at once, each until it is acknowledged, as Midtrans does.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::chance::Chance;
use crate::cycle::{Journey, Payment, numbered};
use crate::gateway::GatewayStub;

const SENDERS: usize = 8;

/// One notification on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    pub order_id: String,
    /// How far the payment has come when it is sent.
    pub step: usize,
    pub body: Value,
}

/// What became of the letters.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub sent: usize,
    /// Bodies that got a 200.
    pub acknowledged: HashSet<String>,
    /// Answers by status; 0 for none.
    pub answers: BTreeMap<u16, usize>,
    /// When each 200 was asked for, and when it came.
    pub times: Vec<(Instant, Instant)>,
}

impl Tally {
    pub fn of(&self, status: u16) -> usize {
        self.answers.get(&status).copied().unwrap_or_default()
    }
}

/// Everybody who sends, and what they saw.
pub struct Load {
    tally: Arc<Mutex<Tally>>,
    senders: Vec<JoinHandle<()>>,
}

/// The letters of these payments, each of them twice, in an order of their own.
pub fn letters(chance: &Chance, payments: &[Payment], journeys: &[&Journey]) -> Vec<Letter> {
    let mut all = Vec::new();
    for (payment, journey) in payments.iter().zip(journeys) {
        for (step, (word, n)) in journey.steps.iter().zip(numbered(journey.steps)).enumerate() {
            let letter = Letter { order_id: payment.order_id.clone(), step, body: payment.say(word, n) };
            all.extend([letter.clone(), letter]);
        }
    }
    chance.shuffle(&mut all);
    all
}

impl Load {
    /// Begins to send to these addresses in turn.
    pub fn start(http: &reqwest::Client, urls: &[String], gateway: &GatewayStub, letters: Vec<Letter>) -> Self {
        let queue = Arc::new(Mutex::new(VecDeque::from(letters)));
        let tally = Arc::<Mutex<Tally>>::default();
        let senders = (0..SENDERS)
            .map(|n| {
                let (http, gateway) = (http.clone(), gateway.clone());
                let url = format!("{}/api/midtrans/notifications", urls[n % urls.len()]);
                let (queue, tally) = (queue.clone(), tally.clone());
                tokio::spawn(async move {
                    let next = || queue.lock().unwrap().pop_front();
                    while let Some(letter) = next() {
                        gateway.reach(&letter.order_id, letter.step, &letter.body);
                        until_acknowledged(&http, &url, &letter.body.to_string(), &tally).await;
                    }
                })
            })
            .collect();
        Self { tally, senders }
    }

    pub fn tally(&self) -> Tally {
        self.tally.lock().unwrap().clone()
    }

    pub fn acknowledged(&self) -> usize {
        self.tally.lock().unwrap().of(200)
    }

    /// Waits until everything was acknowledged.
    pub async fn done(self) -> Tally {
        for sender in self.senders {
            sender.await.unwrap();
        }
        self.tally.lock().unwrap().clone()
    }
}

async fn until_acknowledged(http: &reqwest::Client, url: &str, body: &str, tally: &Mutex<Tally>) {
    loop {
        let asked = Instant::now();
        let answer = http.post(url).header("content-type", "application/json").body(body.to_owned()).send().await;
        let status = answer.map_or(0, |answer| answer.status().as_u16());
        {
            let mut tally = tally.lock().unwrap();
            tally.sent += 1;
            *tally.answers.entry(status).or_default() += 1;
            if status == 200 {
                tally.times.push((asked, Instant::now()));
                tally.acknowledged.insert(body.to_owned());
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
