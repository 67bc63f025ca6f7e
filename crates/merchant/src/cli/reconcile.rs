//! Asking the gateway now: about one order, or about all that may still change, a few a second.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use super::args::Ask;
use super::context::Hands;
use super::error::Refusal;
use super::{Told, format};

/// CheckoutService read at once, and questions side by side.
const PAGE: i64 = 100;
const SIDE_BY_SIDE: usize = 4;

/// So many in a row without an answer: the gateway is down, and the rest can wait.
const ENOUGH: usize = 8;

/// How often is told how far it is, when nobody watches.
const MILESTONE: usize = 100;

pub(super) async fn reconcile(hands: &Hands, args: &Ask) -> Result<Told, Refusal> {
    match &args.which.id {
        Some(id) => one(hands, id).await,
        None => all(hands, args.rate).await,
    }
}

async fn one(hands: &Hands, id: &str) -> Result<Told, Refusal> {
    let before = hands.order(id).await?;
    let round = hands.ask(id).await?;
    let after = hands.order(id).await?;
    let mut text = if before.status == after.status {
        format!("order {id} is {}: no change\n", after.status)
    } else {
        format!("order {id}: {} → {}\n", before.status, after.status)
    };
    for change in &round.changes {
        text += &format!("  {change}\n");
    }
    if let Some(why) = round.waits {
        text += &format!("note: a notification still waits: {why}\n");
    }
    text += &format!("next: merchant order show {id}\n");
    let json = json!({"order_id": id, "before": before.status, "status": after.status, "changes": round.changes, "waits": round.waits});
    Ok(Told { text, json, failed: false })
}

/// What was learnt of one order.
struct Learnt {
    id: String,
    before: String,
    result: Result<String, Refusal>,
}

#[derive(Default)]
struct Sum {
    asked: usize,
    changed: Vec<(String, String, String)>,
    failed: Vec<(String, Refusal)>,
    in_a_row: usize,
}

async fn all(hands: &Hands, rate: u32) -> Result<Told, Refusal> {
    let mut beat = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let beat = tokio::sync::Mutex::new(beat);
    let mut sum = Sum::default();
    let mut after = String::new();
    let mut cut_short = false;
    'pages: loop {
        let page = hands.store.open_orders(&after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.clone();
        let beat = &beat;
        let mut asking = std::pin::pin!(
            stream::iter(page)
                .map(|id| async move {
                    beat.lock().await.tick().await;
                    learn(hands, id).await
                })
                .buffer_unordered(SIDE_BY_SIDE)
        );
        while let Some(learnt) = asking.next().await {
            sum.add(learnt);
            sum.progress();
            if sum.in_a_row >= ENOUGH {
                cut_short = true;
                break 'pages;
            }
        }
    }
    if format::watched() && sum.asked > 0 {
        format::tell("\n");
    }
    Ok(sum.told(cut_short))
}

async fn learn(hands: &Hands, id: String) -> Learnt {
    let before = match hands.order(&id).await {
        Ok(order) => order.status.to_string(),
        Err(refusal) => return Learnt { id, before: String::new(), result: Err(refusal) },
    };
    let result = async {
        hands.ask(&id).await?;
        Ok(hands.order(&id).await?.status.to_string())
    };
    let result = result.await;
    Learnt { id, before, result }
}

impl Sum {
    fn add(&mut self, learnt: Learnt) {
        let Learnt { id, before, result } = learnt;
        self.asked += 1;
        match result {
            Ok(now) => {
                self.in_a_row = 0;
                if now != before {
                    self.changed.push((id, before, now));
                }
            }
            Err(refusal) => {
                self.in_a_row += 1;
                self.failed.push((id, refusal));
            }
        }
    }

    fn progress(&self) {
        let Self { asked, changed, failed, .. } = self;
        if format::watched() {
            format::tell(&format!("\rasked {asked}, changed {}, failed {}", changed.len(), failed.len()));
        } else if asked % MILESTONE == 0 {
            format::tell(&format!("asked {asked}, changed {}, failed {}\n", changed.len(), failed.len()));
        }
    }

    fn told(self, cut_short: bool) -> Told {
        let Self { asked, changed, failed, .. } = self;
        let mut text = String::new();
        for (id, before, now) in &changed {
            text += &format!("{id}: {before} → {now}\n");
        }
        for (id, refusal) in &failed {
            text += &format!("{id}: {} [{}]\n", refusal.sentence, refusal.code);
        }
        text += &format!("asked about {asked} orders: {} changed, {} not answered\n", changed.len(), failed.len());
        text += match (cut_short, failed.is_empty()) {
            (true, _) => "stopped, for the gateway or the database does not answer\nnext: repeat the command later\n",
            (false, false) => "next: repeat the command; a running merchant asks again by itself too\n",
            (false, true) => "next: merchant order list --status review shows what a person has to decide\n",
        };
        let changed: Vec<Value> =
            changed.iter().map(|(id, before, now)| json!({"order_id": id, "before": before, "status": now})).collect();
        let broken: Vec<Value> = failed
            .iter()
            .map(|(id, refusal)| json!({"order_id": id, "code": refusal.code, "message": refusal.sentence}))
            .collect();
        let json = json!({"asked": asked, "changed": changed, "failed": broken, "cut_short": cut_short});
        Told { text, json, failed: !failed.is_empty() }
    }
}
