//! The outbox: which notification goes when.
//!
//! Pure bookkeeping on the virtual clock; `send.rs` does the calling. Thousands of orders go through it, so nothing
//! that happens for each of them looks at all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::clock::wib;
use crate::delivery::{
    Attempt, Change, DeliveryResponse, DeliveryState, Note, NotificationDelivery, RETRY_MINUTES, forge,
};
use crate::fault::{Fault, Faults, Target};

/// Finished ones kept for the log.
const KEPT: usize = 50_000;
/// Being sent at the same time, at most.
const MOST_IN_FLIGHT: usize = 64;

/// All notifications, in the order they were made.
#[derive(Debug, Default)]
pub struct Outbox {
    deliveries: BTreeMap<u64, NotificationDelivery>,
    next_id: u64,
    // Those that are due at some moment and wait for no other.
    queue: BTreeSet<(OffsetDateTime, u64)>,
    lanes: HashMap<String, Lane>,
    in_flight: usize,
    reordered: Vec<u64>,
    finished: VecDeque<u64>,
}

/// One order's way to one address.
#[derive(Debug, Default)]
struct Lane {
    // On their way to their first try: later ones wait for them.
    untried: BTreeSet<u64>,
    waiting: Vec<u64>,
}

/// How the latest notification of an order is sent once more.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    /// Number in the log of the one that is meant; the latest when absent.
    pub id: Option<u64>,
    /// Says paid, with a wrong signature.
    pub forged: bool,
    /// Only the first half of it.
    pub cut: bool,
    /// What is changed.
    #[serde(flatten)]
    pub change: Change,
}

impl Outbox {
    /// Adds one, as the planned faults have it.
    pub fn enqueue(&mut self, note: Note, faults: &mut Faults, server_key: &str, now: OffsetDateTime) {
        let mut copies = 0;
        let struck = faults.strike_all(Target::Notification, Some(&note.order_id), now);
        let mut delivery = NotificationDelivery::new(note, now);
        for fault in struck {
            match fault {
                Fault::Duplicate { copies: more } => copies = more,
                Fault::Late { seconds } => {
                    delivery.state = DeliveryState::Due(now.saturating_add(Duration::seconds(seconds.into())));
                    delivery.overtakable = true;
                }
                Fault::Reorder => delivery.state = DeliveryState::Reordered,
                Fault::Forge => forge(&mut delivery.body),
                Fault::Alter(change) => change.apply(&mut delivery.body, server_key),
                Fault::Cut => delivery.cut = true,
                Fault::Hold => delivery.state = DeliveryState::Held,
                Fault::Drop => delivery.state = DeliveryState::Dropped,
                // The control API lets no other fault have this target.
                _ => {}
            }
        }
        let late = self.take_reordered(&delivery, now);
        for _ in 0..=copies {
            self.push(delivery.clone());
        }
        for late in late {
            self.push(late);
        }
    }

    /// Sends a notification of an order once more, or one made up; `false` when there is none.
    pub fn push_again(&mut self, order_id: &str, again: &Again, server_key: &str, now: OffsetDateTime) -> bool {
        let meant = |d: &&NotificationDelivery| d.order_id == order_id && again.id.is_none_or(|id| id == d.id);
        let Some(earlier) = self.deliveries.values().rev().find(meant) else { return false };
        let NotificationDelivery { order_id, url, body, .. } = earlier.clone();
        let mut delivery = NotificationDelivery::new(Note { order_id, url, body }, now);
        delivery.cut = again.cut;
        if again.forged {
            forge(&mut delivery.body);
        }
        again.change.apply(&mut delivery.body, server_key);
        self.push(delivery);
        true
    }

    /// Lets held ones go, of one order or of all; how many there were.
    pub fn release(&mut self, order_id: Option<&str>, now: OffsetDateTime) -> usize {
        let waits = |d: &NotificationDelivery| matches!(d.state, DeliveryState::Held | DeliveryState::Reordered);
        let meant = |d: &&NotificationDelivery| waits(d) && order_id.is_none_or(|meant| meant == d.order_id);
        let ids: Vec<u64> = self.deliveries.values().filter(meant).map(|d| d.id).collect();
        for id in &ids {
            self.reordered.retain(|reordered| reordered != id);
            if let Some(delivery) = self.deliveries.get_mut(id) {
                delivery.state = DeliveryState::Due(now);
            }
            self.plan(*id);
        }
        ids.len()
    }

    /// Takes those that are to go out now. One order's notifications leave in order, each after the first try of the one before.
    pub fn take_ready(&mut self, now: OffsetDateTime) -> Vec<NotificationDelivery> {
        let mut taken = Vec::new();
        while self.in_flight < MOST_IN_FLIGHT
            && let Some((_, id)) = self.queue.first().copied().filter(|(at, _)| *at <= now)
        {
            self.queue.pop_first();
            let Some(delivery) = self.deliveries.get_mut(&id) else { continue };
            if let Some(lane) = self.lanes.get_mut(&lane_of(delivery))
                && lane.untried.first().is_some_and(|first| *first < id)
            {
                lane.waiting.push(id);
                continue;
            }
            delivery.state = DeliveryState::InFlight;
            self.in_flight += 1;
            taken.push(delivery.clone());
        }
        taken
    }

    /// Takes note of an answer and plans the retry, if there is to be one.
    pub fn answered(&mut self, id: u64, answer: DeliveryResponse, now: OffsetDateTime) {
        let in_flight = |delivery: &&mut NotificationDelivery| delivery.state == DeliveryState::InFlight;
        let Some(delivery) = self.deliveries.get_mut(&id).filter(in_flight) else { return };
        self.in_flight -= 1;
        let retries_so_far = delivery.attempts.len();
        delivery.attempts.push(Attempt { at: wib(now), answer: answer.text() });
        delivery.state = match (answer, RETRY_MINUTES.get(retries_so_far)) {
            (DeliveryResponse::Status(200..=299), _) => DeliveryState::Delivered,
            (answer, Some(minutes)) if retries_so_far < answer.retries() => {
                DeliveryState::Due(now.saturating_add(Duration::minutes(*minutes)))
            }
            _ => DeliveryState::Failed,
        };
        let lane = lane_of(delivery);
        self.plan(id);
        self.tried(id, &lane);
    }

    /// Moments at which something is to go out.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Whether something is being sent or should be.
    pub fn busy(&self, now: OffsetDateTime) -> bool {
        self.in_flight > 0 || self.next_due().is_some_and(|at| at <= now)
    }

    /// The log of one order or of all, oldest first; signatures are left in, they are no secret.
    pub fn log(&self, order_id: Option<&str>) -> Vec<Value> {
        let meant = self.deliveries.values().filter(|d| order_id.is_none_or(|order_id| order_id == d.order_id));
        meant.map(NotificationDelivery::to_json).collect()
    }

    /// Forgets all. Numbers go on, so that an answer still on its way meets nobody else.
    pub fn clear(&mut self) {
        *self = Self { next_id: self.next_id, ..Self::default() };
    }

    fn push(&mut self, mut delivery: NotificationDelivery) {
        self.next_id += 1;
        delivery.id = self.next_id;
        if delivery.state == DeliveryState::Reordered {
            self.reordered.push(delivery.id);
        }
        self.deliveries.insert(self.next_id, delivery);
        self.plan(self.next_id);
    }

    /// Puts a delivery where its state belongs.
    fn plan(&mut self, id: u64) {
        let Some(delivery) = self.deliveries.get(&id) else { return };
        match delivery.state {
            DeliveryState::Due(at) => {
                self.queue.insert((at, id));
                if delivery.attempts.is_empty() && !delivery.overtakable {
                    self.lanes.entry(lane_of(delivery)).or_default().untried.insert(id);
                }
            }
            DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Dropped => {
                self.finished.push_back(id);
                if self.finished.len() > KEPT
                    && let Some(oldest) = self.finished.pop_front()
                {
                    self.deliveries.remove(&oldest);
                }
            }
            DeliveryState::InFlight | DeliveryState::Held | DeliveryState::Reordered => {}
        }
    }

    /// After a first try, those that waited for it go.
    fn tried(&mut self, id: u64, name: &str) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        lane.untried.remove(&id);
        let waiting = std::mem::take(&mut lane.waiting);
        if lane.untried.is_empty() {
            self.lanes.remove(name);
        }
        for id in waiting {
            if let Some(DeliveryState::Due(at)) = self.deliveries.get(&id).map(|delivery| delivery.state) {
                self.queue.insert((at, id));
            }
        }
    }

    fn take_reordered(&mut self, next: &NotificationDelivery, now: OffsetDateTime) -> Vec<NotificationDelivery> {
        let mut taken = Vec::new();
        for id in std::mem::take(&mut self.reordered) {
            let same = |d: &NotificationDelivery| d.order_id == next.order_id && d.url == next.url;
            if !self.deliveries.get(&id).is_some_and(same) {
                self.reordered.push(id);
            } else if let Some(mut late) = self.deliveries.remove(&id) {
                late.state = DeliveryState::Due(now);
                taken.push(late);
            }
        }
        taken
    }
}

fn lane_of(delivery: &NotificationDelivery) -> String {
    format!("{} {}", delivery.order_id, delivery.url)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
