//! Telling the shop's own systems what changed, so that nobody has to ask: each change is sent until it was
//! taken, in the order's order, signed.
//!
//! The message follows Standard Webhooks, for which every language has a library that checks the signature:
//! `webhook-id` is the same for every try, `webhook-signature` is `v1,` and the HMAC-SHA256 of
//! `id.timestamp.body` in base64. A change may arrive twice, never not at all.
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
use crate::schedule::spread;
use crate::store::{Delivery, Store, StoreError};

/// How long the shop may take for one message.
const PER_TRY: Duration = Duration::from_secs(15);

/// Longer than a try, so that nobody else begins meanwhile.
const LEASE: Millis = 60_000;

/// The pauses between tries, in seconds; after the last the message is given up: three days and a half in all.
const PAUSES: [u64; 12] = [2, 10, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 36 * 3600];

/// How often is looked for messages whose time has come, and how many are taken at once.
const LOOK: Duration = Duration::from_secs(1);
const BATCH: i64 = 32;
const SIDE_BY_SIDE: usize = 8;

fn sign(secret: &WebhookSecret, id: &str, seconds: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// The messenger.
#[derive(Debug, Clone)]
pub struct Deliver {
    store: Store,
    webhook: Webhook,
    http: reqwest::Client,
    metrics: Metrics,
}

impl Deliver {
    /// Prepares connections; makes none.
    ///
    /// # Errors
    /// What keeps the client from being built.
    pub fn new(store: Store, webhook: Webhook, metrics: Metrics) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(PER_TRY)
            // The signature is for one address.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("snap-checkout-merchant/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { store, webhook, http, metrics })
    }

    /// Delivers until it is dropped. What was on its way then is sent once more by the next process.
    pub async fn run(&self) {
        loop {
            match self.turn(clock::now()).await {
                Ok(sent) if sent.delivered + sent.failed + sent.dead >= BATCH as usize => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(cause = %error, "messages to the shop cannot be looked for"),
            }
            tokio::select! {
                () = tokio::time::sleep(spread(LOOK, jitter())) => {}
                () = self.store.announced() => {}
            }
        }
    }

    /// Sends what is due at `now`, at most a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(&self, now: Millis) -> Result<DeliveryStats, StoreError> {
        let due = self.store.lease_deliveries(now, now + LEASE, BATCH).await?;
        let sent = stream::iter(due).map(|delivery| self.one(delivery, now)).buffer_unordered(SIDE_BY_SIDE);
        let sent = sent.fold(DeliveryStats::default(), |sum, one| async move {
            DeliveryStats {
                delivered: sum.delivered + one.delivered,
                failed: sum.failed + one.failed,
                dead: sum.dead + one.dead,
            }
        });
        Ok(sent.await)
    }

    async fn one(&self, delivery: Delivery, now: Millis) -> DeliveryStats {
        let (outcome, sent) = match self.send(&delivery, now).await {
            Ok(()) => (
                self.store.delivered(&delivery, clock::now()).await,
                DeliveryStats { delivered: 1, ..DeliveryStats::default() },
            ),
            Err(why) => {
                let again = pause(delivery.tries).map(|pause| now + pause);
                let (order_id, event_id, tries) = (&delivery.order_id, &delivery.event_id, delivery.tries);
                let sent = if again.is_some() {
                    tracing::warn!(order_id, event_id, tries, cause = why, "the shop did not take a message");
                    DeliveryStats { failed: 1, ..DeliveryStats::default() }
                } else {
                    tracing::error!(order_id, event_id, tries, cause = why, "a message to the shop was given up");
                    DeliveryStats { dead: 1, ..DeliveryStats::default() }
                };
                (self.store.failed(&delivery, &why, again, now).await, sent)
            }
        };
        if let Err(error) = outcome {
            tracing::warn!(event_id = delivery.event_id, cause = %error, "a delivery could not be noted and comes again");
        }
        self.metrics.record_deliveries(sent);
        sent
    }

    async fn send(&self, delivery: &Delivery, now: Millis) -> Result<(), String> {
        let seconds = now / 1000;
        let signature =
            sign(&self.webhook.secret, &delivery.event_id, seconds, &delivery.body).ok_or("the key does not sign")?;
        let request = self
            .http
            .post(self.webhook.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &delivery.event_id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .body(delivery.body.clone());
        let response = request.send().await.map_err(|error| {
            let what = match () {
                () if error.is_timeout() => "no answer in time",
                () if error.is_connect() => "no connection",
                () => "the connection broke",
            };
            what.to_owned()
        })?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(format!("HTTP {}", status.as_u16())) }
    }
}

/// How long until the next try after so many; nothing when it is enough.
fn pause(tries: i64) -> Option<Millis> {
    let index = usize::try_from(tries.saturating_sub(1)).ok()?;
    let seconds = PAUSES.get(index)?;
    Millis::try_from(spread(Duration::from_secs(*seconds), jitter()).as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn secrets() {
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
    fn tries_end() {
        assert!(pause(1).unwrap() <= 2400 && pause(12).is_some());
        assert_eq!((pause(13), pause(0)), (None, None));
    }
}
