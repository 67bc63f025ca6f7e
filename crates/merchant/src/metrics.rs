//! Metrics for the operator in the OpenMetrics format: counters of this process, and gauges from the database.
//!
//! No metric contains a customer, an order or a key.

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

/// The metrics of one process. Clones share their values.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    http_requests: Family<RequestLabels, Counter>,
    gateway_requests: Family<GatewayLabels, Counter>,
    gateway_seconds: Family<CallLabels, Histogram>,
    notifications: Family<OutcomeLabels, Counter>,
    webhook_deliveries: Family<OutcomeLabels, Counter>,
    orders: Family<StatusLabels, Gauge>,
    orders_due: Gauge,
    outbox_events: Family<StatusLabels, Gauge>,
    outbox_age: Gauge,
    event_streams: Gauge,
    sqlite_writes: Counter,
    sqlite_commits: Counter,
}

/// Results of webhook deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryStats {
    /// Deliveries that the shop accepted.
    pub delivered: usize,
    /// Deliveries that failed and are retried.
    pub failed: usize,
    /// Events that are dead after their last try.
    pub dead: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GatewayLabels {
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    call: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("merchant");
        let histogram: fn() -> Histogram = || Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0]);
        let mut this = Self {
            registry: Arc::default(),
            http_requests: Family::default(),
            gateway_requests: Family::default(),
            gateway_seconds: Family::new_with_constructor(histogram),
            notifications: Family::default(),
            webhook_deliveries: Family::default(),
            orders: Family::default(),
            orders_due: Gauge::default(),
            outbox_events: Family::default(),
            outbox_age: Gauge::default(),
            event_streams: Gauge::default(),
            sqlite_writes: Counter::default(),
            sqlite_commits: Counter::default(),
        };
        registry.register("http_requests", "HTTP requests handled", this.http_requests.clone());
        registry.register("gateway_requests", "Requests to Midtrans, retries included", this.gateway_requests.clone());
        let help = "Duration of requests to Midtrans, retries counted separately";
        registry.register_with_unit("gateway_request_duration", help, Unit::Seconds, this.gateway_seconds.clone());
        registry.register("notifications", "Notifications of Midtrans by outcome", this.notifications.clone());
        let help = "Deliveries of outgoing webhooks by outcome";
        registry.register("webhook_deliveries", help, this.webhook_deliveries.clone());
        registry.register("orders", "Orders in the database by status", this.orders.clone());
        registry.register("orders_due_for_poll", "Orders due for a status check", this.orders_due.clone());
        registry.register("outbox_events", "Undelivered outbox events by status", this.outbox_events.clone());
        let help = "Age of the oldest pending outbox event";
        registry.register_with_unit("outbox_age", help, Unit::Seconds, this.outbox_age.clone());
        registry.register("event_streams", "Open event streams in this process", this.event_streams.clone());
        registry.register("sqlite_writes", "Write transactions on SQLite", this.sqlite_writes.clone());
        let help = "Commits on SQLite; one commit may contain several write transactions";
        registry.register("sqlite_commits", help, this.sqlite_commits.clone());
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
    /// Records an HTTP request.
    pub fn record_request(&self, method: &str, route: &str, status: u16) {
        let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status };
        self.http_requests.get_or_create(&labels).inc();
    }

    /// Records one try of a request to the gateway.
    pub fn record_gateway_request(&self, call: &'static str, outcome: &'static str, duration: Duration) {
        self.gateway_requests.get_or_create(&GatewayLabels { call, outcome }).inc();
        self.gateway_seconds.get_or_create(&CallLabels { call }).observe(duration.as_secs_f64());
    }

    /// Records a notification.
    pub fn record_notification(&self, outcome: &'static str) {
        self.notifications.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// Records webhook deliveries.
    pub fn record_deliveries(&self, stats: DeliveryStats) {
        for (outcome, count) in [("delivered", stats.delivered), ("failed", stats.failed), ("dead", stats.dead)] {
            if count > 0 {
                self.webhook_deliveries.get_or_create(&OutcomeLabels { outcome }).inc_by(count as u64);
            }
        }
    }

    /// All metrics as text. The gauges are read from the database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn text(&self, store: &Store, open_streams: usize) -> Result<String, StoreError> {
        self.orders.clear();
        for (status, count) in store.orders_by_status().await? {
            self.orders.get_or_create(&StatusLabels { status }).set(count);
        }
        let now = clock::now();
        self.orders_due.set(store.orders_due_for_poll(now).await?);
        let depth = store.outbox_stats().await?;
        for (status, count) in [("pending", depth.pending), ("dead", depth.dead)] {
            self.outbox_events.get_or_create(&StatusLabels { status: status.to_owned() }).set(count);
        }
        self.outbox_age.set(depth.oldest.map_or(0, |oldest: Millis| (now - oldest).max(0) / 1000));
        self.event_streams.set(i64::try_from(open_streams).unwrap_or(i64::MAX));
        let (writes, commits) = store.writes_and_commits();
        self.sqlite_writes.inner().store(writes, Ordering::Relaxed);
        self.sqlite_commits.inner().store(commits, Ordering::Relaxed);
        let mut text = String::new();
        // Writing into a `String` cannot fail.
        encode(&mut text, &self.registry).ok();
        Ok(text)
    }
}
