//! Outgoing webhooks: delivers outbox events to the shop's own systems, signed, in the order of the updates.
//!
//! The format is Standard Webhooks; libraries for many languages verify it. `webhook-id` is the same for every try.
//! `webhook-signature` is `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64. An event arrives at least once.
//! <https://www.standardwebhooks.com>

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::clock::{self, Millis};
use crate::config::{Webhook, WebhookSecret};
use crate::id::jitter;
use crate::metrics::{DeliveryStats, Metrics};
use crate::store::{Delivery, Store, StoreError};
use orders::poll_schedule::with_jitter;

/// The request timeout of one try.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// The TTL of a lease: longer than a try, so that no other process starts one meanwhile. Milliseconds.
const LEASE_TTL: Millis = 60_000;

/// The delays between tries, in seconds. After the last one the event is dead, after three and a half days.
const RETRY_DELAYS: [u64; 12] = [2, 10, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 36 * 3600];

/// How often the sender looks for due events, how many it takes, and how many it sends at the same time.
const INTERVAL: Duration = Duration::from_secs(1);
const BATCH: i64 = 32;
const CONCURRENCY: usize = 8;

fn sign(secret: &WebhookSecret, id: &str, seconds: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Delivers outbox events.
#[derive(Debug, Clone)]
pub struct WebhookSender {
    store: Store,
    webhook: Webhook,
    http: reqwest::Client,
    metrics: Metrics,
}

impl WebhookSender {
    /// Creates the HTTP client. It opens no connection.
    ///
    /// # Errors
    /// The error of the HTTP client.
    pub fn new(store: Store, webhook: Webhook, metrics: Metrics) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(REQUEST_TIMEOUT)
            // The signed request is for this address only.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("snap-checkout-merchant/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { store, webhook, http, metrics })
    }

    /// Delivers events until the future is dropped. The next process repeats an interrupted try.
    pub async fn run(&self) {
        loop {
            match self.deliver_due(clock::now()).await {
                Ok(sent) if sent.delivered + sent.failed + sent.dead >= BATCH as usize => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(cause = %error, "failed to load due webhooks"),
            }
            tokio::select! {
                () = tokio::time::sleep(with_jitter(INTERVAL, jitter())) => {}
                () = self.store.outbox_changed() => {}
            }
        }
    }

    /// Sends the events that are due at `now`, at most one batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliver_due(&self, now: Millis) -> Result<DeliveryStats, StoreError> {
        let due = self.store.lease_deliveries(now, now + LEASE_TTL, BATCH).await?;
        let sent = stream::iter(due).map(|delivery| self.deliver(delivery, now)).buffer_unordered(CONCURRENCY);
        let sent = sent.fold(DeliveryStats::default(), |sum, one| async move {
            DeliveryStats {
                delivered: sum.delivered + one.delivered,
                failed: sum.failed + one.failed,
                dead: sum.dead + one.dead,
            }
        });
        Ok(sent.await)
    }

    async fn deliver(&self, delivery: Delivery, now: Millis) -> DeliveryStats {
        let (outcome, sent) = match self.send(&delivery, now).await {
            Ok(()) => (
                self.store.delivery_succeeded(&delivery, clock::now()).await,
                DeliveryStats { delivered: 1, ..DeliveryStats::default() },
            ),
            Err(why) => {
                let next_try_at = retry_delay(delivery.try_count).map(|delay| now + delay);
                let (order_id, event_id, tries) = (&delivery.order_id, &delivery.event_id, delivery.try_count);
                let sent = if next_try_at.is_some() {
                    tracing::warn!(order_id, event_id, tries, cause = why, "a webhook delivery failed");
                    DeliveryStats { failed: 1, ..DeliveryStats::default() }
                } else {
                    tracing::error!(
                        order_id,
                        event_id,
                        tries,
                        cause = why,
                        "a webhook event is dead after its last try"
                    );
                    DeliveryStats { dead: 1, ..DeliveryStats::default() }
                };
                (self.store.delivery_failed(&delivery, &why, next_try_at, now).await, sent)
            }
        };
        if let Err(error) = outcome {
            tracing::warn!(event_id = delivery.event_id, cause = %error, "a delivery could not be recorded and is repeated");
        }
        self.metrics.record_deliveries(sent);
        sent
    }

    async fn send(&self, delivery: &Delivery, now: Millis) -> Result<(), String> {
        let seconds = now / 1000;
        let signature =
            sign(&self.webhook.secret, &delivery.event_id, seconds, &delivery.body).ok_or("the secret cannot sign")?;
        let request = self
            .http
            .post(self.webhook.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &delivery.event_id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .body(delivery.body.clone());
        let response = request.send().await.map_err(|error| {
            let reason = match () {
                () if error.is_timeout() => "no answer in time",
                () if error.is_connect() => "no connection",
                () => "connection lost",
            };
            reason.to_owned()
        })?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(format!("HTTP {}", status.as_u16())) }
    }
}

/// The delay after this many tries; none after the last one.
fn retry_delay(tries: i64) -> Option<Millis> {
    let index = usize::try_from(tries.saturating_sub(1)).ok()?;
    let seconds = RETRY_DELAYS.get(index)?;
    Millis::try_from(with_jitter(Duration::from_secs(*seconds), jitter()).as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn signatures_match_standard_webhooks() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn secrets_have_24_to_64_bytes() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        let cases = [
            (of(24), true),
            (of(64), true),
            (of(23), false),
            (of(65), false),
            ("whsec_?".into(), false),
            (of(24).replace("whsec_", ""), false),
        ];
        for (text, good) in cases {
            assert_eq!(WebhookSecret::parse(&text).is_some(), good, "{text}");
        }
    }

    #[test]
    fn retries_end_after_the_last_delay() {
        assert!(retry_delay(1).unwrap() <= 2400 && retry_delay(12).is_some());
        assert_eq!((retry_delay(13), retry_delay(0)), (None, None));
    }
}
