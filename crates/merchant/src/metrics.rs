//! What the operator watches: counters of this process, and how the orders stand, in Prometheus' format.
//!
//! Nothing in it names a customer, an order or a key.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::clock::{self, Millis};
use crate::store::{Store, StoreError};
use crate::webhooks::outgoing::Sent;

/// The counters; every clone counts into the same.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    gateway: Family<Call, Counter>,
    gateway_seconds: Family<Name, Histogram>,
    notifications: Family<Outcome, Counter>,
    deliveries: Family<Outcome, Counter>,
    orders: Family<Status, Gauge>,
    due: Gauge,
    outbox: Family<Status, Gauge>,
    outbox_age: Gauge,
    streams: Gauge,
    writes: Counter,
    commits: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Name {
    call: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("merchant");
        let histogram: fn() -> Histogram = || Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0]);
        let mut this = Self {
            registry: Arc::default(),
            requests: Family::default(),
            gateway: Family::default(),
            gateway_seconds: Family::new_with_constructor(histogram),
            notifications: Family::default(),
            deliveries: Family::default(),
            orders: Family::default(),
            due: Gauge::default(),
            outbox: Family::default(),
            outbox_age: Gauge::default(),
            streams: Gauge::default(),
            writes: Counter::default(),
            commits: Counter::default(),
        };
        registry.register("http_requests", "Requests answered", this.requests.clone());
        registry.register("gateway_requests", "Requests to Midtrans, each try", this.gateway.clone());
        let help = "How long Midtrans took, each try";
        registry.register_with_unit("gateway_request_duration", help, Unit::Seconds, this.gateway_seconds.clone());
        registry.register("notifications", "Notifications by what became of them", this.notifications.clone());
        registry.register("deliveries", "Messages to the shop by what became of them", this.deliveries.clone());
        registry.register("orders", "CheckoutService by status, in the database", this.orders.clone());
        registry.register("orders_due", "CheckoutService to be asked about by now", this.due.clone());
        registry.register("outbox", "Messages to the shop that wait or were given up", this.outbox.clone());
        let help = "Age of the oldest message that waits";
        registry.register_with_unit("outbox_age", help, Unit::Seconds, this.outbox_age.clone());
        registry.register("event_streams", "Pages that listen to this process", this.streams.clone());
        registry.register("store_writes", "Writes to SQLite", this.writes.clone());
        registry.register("store_commits", "Commits to SQLite, each for one or more writes", this.commits.clone());
        this.registry = Arc::new(registry);
        this
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16) {
        self.requests.get_or_create(&Request { method: method.to_owned(), route: route.to_owned(), status }).inc();
    }

    /// One try at the gateway ended.
    pub fn asked(&self, call: &'static str, outcome: &'static str, took: Duration) {
        self.gateway.get_or_create(&Call { call, outcome }).inc();
        self.gateway_seconds.get_or_create(&Name { call }).observe(took.as_secs_f64());
    }

    /// A notification came.
    pub fn notified(&self, outcome: &'static str) {
        self.notifications.get_or_create(&Outcome { outcome }).inc();
    }

    /// A message was sent, or not.
    pub fn delivered(&self, sent: Sent) {
        for (outcome, many) in [("delivered", sent.delivered), ("failed", sent.failed), ("dead", sent.dead)] {
            if many > 0 {
                self.deliveries.get_or_create(&Outcome { outcome }).inc_by(many as u64);
            }
        }
    }

    /// All of it as text, with what only the database knows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn text(&self, store: &Store, streams: usize) -> Result<String, StoreError> {
        self.orders.clear();
        for (status, many) in store.orders_by_status().await? {
            self.orders.get_or_create(&Status { status }).set(many);
        }
        let now = clock::now();
        self.due.set(store.orders_due(now).await?);
        let depth = store.outbox_depth().await?;
        for (status, many) in [("waiting", depth.waiting), ("dead", depth.dead)] {
            self.outbox.get_or_create(&Status { status: status.to_owned() }).set(many);
        }
        self.outbox_age.set(depth.oldest.map_or(0, |oldest: Millis| (now - oldest).max(0) / 1000));
        self.streams.set(i64::try_from(streams).unwrap_or(i64::MAX));
        let (writes, commits) = store.writes_and_commits();
        self.writes.inner().store(writes, Ordering::Relaxed);
        self.commits.inner().store(commits, Ordering::Relaxed);
        let mut text = String::new();
        // Writing into a text cannot fail.
        encode(&mut text, &self.registry).ok();
        Ok(text)
    }
}
