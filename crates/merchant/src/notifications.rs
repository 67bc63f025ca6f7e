//! How an order comes to be paid: verify, ask, write, then answer.
//!
//! The signature keeps strangers out, but it does not cover `transaction_status`, the virtual account or the
//! fraud status. So a notification only says *that* there is news; *what* the news is comes from
//! `GET /v2/{order_id}/status`, every time. A replayed body with an altered status changes nothing.
//!
//! Answers follow Midtrans' retry policy: 200 when it is on disk; 403 for a bad signature (five tries, the
//! operator may mend a wrong key meanwhile); 404 for orders of another shop and 400 for what is no
//! notification (two tries); 503 when the store or the gateway is down (four tries).
//! <https://docs.midtrans.com/docs/https-notification-webhooks>

use std::sync::Arc;

use sha2::{Digest as _, Sha512};
use tokio::time::Instant;
use wire::midtrans::Notification;

use crate::clock;
use crate::confirm::contradiction;
use crate::error::{Code, Problem};
use crate::gateway::Gateway;
use crate::id::hex;
use crate::news::{change_by, report};
use crate::secret::ServerKey;
use crate::signature::{Verified, verify};
use crate::store::{Received, Recorded, Store};

/// A body that came and whose signature holds.
#[derive(Debug)]
pub struct Incoming {
    notification: Verified<Notification>,
    body: String,
}

impl Incoming {
    /// Reads and verifies a body.
    ///
    /// # Errors
    /// [`Code::InvalidNotification`] or [`Code::InvalidSignature`].
    pub fn read(body: Vec<u8>, key: &ServerKey) -> Result<Self, Problem> {
        let body =
            String::from_utf8(body).map_err(|_| Problem::from(Code::InvalidNotification).caused_by("not UTF-8"))?;
        let notification: Notification = serde_json::from_str(&body).map_err(|error| {
            // Category and place only: serde's sentence repeats the input.
            let cause = format!("{:?} error at {}:{}", error.classify(), error.line(), error.column());
            Problem::from(Code::InvalidNotification).caused_by(cause)
        })?;
        match verify(notification, key) {
            Ok(notification) => Ok(Self { notification, body }),
            Err(bad) => Err(Problem::from(Code::InvalidSignature).caused_by(bad)),
        }
    }
}

/// What a notification did, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The shop's order.
    pub order_id: String,
    /// A word or a short sentence.
    pub what: String,
}

/// Takes in notifications.
#[derive(Debug, Clone)]
pub struct Notifications {
    store: Store,
    gateway: Arc<Gateway>,
}

impl Notifications {
    /// Over the same store and gateway as the orders.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<Gateway>) -> Self {
        Self { store, gateway }
    }

    /// Confirms and records one notification; when this answers `Ok`, it is on disk.
    ///
    /// # Errors
    /// [`Problem`]; nothing was changed then, and Midtrans should send it again.
    pub async fn receive(&self, incoming: &Incoming) -> Result<Outcome, Problem> {
        let told = &incoming.notification;
        let order_id = self.store.order_of_payment(&told.order_id).await?.ok_or(Code::OrderNotFound)?;
        self.receive_for(incoming, &order_id).await.map_err(|problem| problem.of_order(&order_id))
    }

    async fn receive_for(&self, incoming: &Incoming, order_id: &str) -> Result<Outcome, Problem> {
        let told = &incoming.notification;
        let outcome = |what: String| Outcome { order_id: order_id.to_owned(), what };
        let fingerprint = hex(&Sha512::digest(&incoming.body));
        if self.store.knows_notification(&fingerprint).await? {
            return Ok(outcome("duplicate".into()));
        }
        let deadline = Instant::now() + self.gateway.patience().status_budget;
        let known = self.store.attempt(&told.order_id).await?.and_then(|attempt| attempt.transaction_id);
        let transaction_id = told.transaction_id.as_deref().or(known.as_deref());
        let said = self.gateway.status(&told.order_id, transaction_id, deadline).await?;
        let said = said.ok_or_else(|| Problem::from(Code::Unconfirmed).caused_by("the gateway does not know it"))?;
        let payer = self.store.order(order_id).await?.and_then(|order| order.payer);
        if let Some(why) = contradiction(told, &said, payer.as_ref()) {
            return Err(Problem::from(Code::Unconfirmed).caused_by(why));
        }
        let received = Received { fingerprint: &fingerprint, order_id, body: &incoming.body, at: clock::now() };
        match self.store.record(&received, change_by(&said)).await? {
            Recorded::Duplicate => Ok(outcome("duplicate".into())),
            Recorded::New(change) => {
                report(order_id, &change);
                Ok(outcome(change.outcome))
            }
        }
    }
}
