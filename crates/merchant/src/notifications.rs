//! How news comes in: verify, write, answer 200; then ask.
//!
//! The signature keeps strangers out, but it does not cover `transaction_status`, the virtual account or the
//! fraud status. So a notification only says *that* there is news; *what* the news is comes from
//! `GET /v2/{order_id}/status`, every time. A replayed body with an altered status changes nothing.
//!
//! A notification is on disk before anything else is done, and its order is due: if the gateway is silent now,
//! or does not bear it out yet, it is asked again later, without Midtrans sending anything twice.
//!
//! Answers follow Midtrans' retry policy: 200 when it is on disk; 403 for a bad signature (five tries, the
//! operator may mend a wrong key meanwhile); 404 for orders of another shop and 400 for what is no
//! notification (two tries); 503 when the store is down, or when an order has too much that was never borne
//! out (four tries).
//! <https://docs.midtrans.com/docs/https-notification-webhooks>

use std::time::Duration;

use sha2::{Digest as _, Sha512};
use wire::midtrans::Notification;

use crate::clock;
use crate::error::{Code, Problem};
use crate::id::hex;
use crate::reconcile::{Reconcile, Round};
use crate::secret::ServerKey;
use crate::signature::{Verified, verify};
use crate::store::{Kept, Received, Store};

/// Midtrans hopes for an answer within five seconds; the asking may go on.
const ANSWER_WITHIN: Duration = Duration::from_millis(4500);

/// A database that takes everything and answers nothing would hold Midtrans for ever.
const KEEP_WITHIN: Duration = Duration::from_secs(8);

/// Whoever asks sees that there is more.
const BUSY: &str = "kept: somebody is asking already";

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

impl Outcome {
    /// For counters.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.what.as_str() {
            "duplicate" => "duplicate",
            kept if kept.starts_with("kept") => "kept",
            _ => "confirmed",
        }
    }
}

/// Takes in notifications.
#[derive(Debug, Clone)]
pub struct Notifications {
    store: Store,
    reconcile: Reconcile,
}

impl Notifications {
    /// Over the same store as the orders.
    #[must_use]
    pub fn new(store: Store, reconcile: Reconcile) -> Self {
        Self { store, reconcile }
    }

    /// Keeps one notification and asks what it is about. When this answers `Ok`, it is on disk, whatever came
    /// of the asking.
    ///
    /// # Errors
    /// [`Problem`]; it was not kept then, and Midtrans should send it again.
    pub async fn receive(&self, incoming: &Incoming) -> Result<Outcome, Problem> {
        let fingerprint = hex(&Sha512::digest(&incoming.body));
        let Ok(kept) = tokio::time::timeout(KEEP_WITHIN, self.keep(incoming, &fingerprint)).await else {
            return Err(Problem::from(Code::StoreUnavailable).caused_by("no answer in time"));
        };
        let (order_id, kept) = kept?;
        let what = match kept {
            Kept::Done => "duplicate".to_owned(),
            Kept::Full => return Err(Problem::from(Code::TooManyNotifications).of_order(&order_id)),
            Kept::New(None) => BUSY.to_owned(),
            Kept::New(Some(lease)) => {
                let reconcile = self.reconcile.clone();
                let asking = async move { reconcile.go_on(lease).await.map(Some) };
                self.ask(&order_id, &fingerprint, asking).await
            }
            Kept::Waits => {
                let (reconcile, id) = (self.reconcile.clone(), order_id.clone());
                let asking = async move { reconcile.wake(&id).await };
                self.ask(&order_id, &fingerprint, asking).await
            }
        };
        Ok(Outcome { order_id, what })
    }

    async fn keep(&self, incoming: &Incoming, fingerprint: &str) -> Result<(String, Kept), Problem> {
        let told = &incoming.notification;
        let now = clock::now();
        let order_id = self.store.order_of_payment(&told.order_id).await?.ok_or(Code::OrderNotFound)?;
        let received = Received {
            fingerprint,
            order_id: &order_id,
            payment_order_id: &told.order_id,
            body: &incoming.body,
            at: now,
            leased_until: now + self.reconcile.term(),
        };
        let kept = self.store.keep(&received).await.map_err(|error| Problem::from(error).of_order(&order_id))?;
        Ok((order_id, kept))
    }

    /// In a task of its own: the asking goes on when Midtrans does not wait for the answer.
    async fn ask(
        &self,
        order_id: &str,
        fingerprint: &str,
        asking: impl Future<Output = Result<Option<Round>, Problem>> + Send + 'static,
    ) -> String {
        let Ok(asked) = tokio::time::timeout(ANSWER_WITHIN, tokio::spawn(asking)).await else {
            return "kept: still asking".to_owned();
        };
        match asked {
            Ok(Ok(Some(mut round))) => match (round.done.remove(fingerprint), round.waits) {
                (Some(outcome), _) => outcome,
                (None, why) => match round.failed.take() {
                    Some(error) => format!("kept: {error}"),
                    None => format!("kept: {}", why.unwrap_or("it is looked at next")),
                },
            },
            Ok(Ok(None)) => BUSY.to_owned(),
            Ok(Err(problem)) => {
                tracing::warn!(order_id, code = problem.code.word(), cause = problem.cause, "kept, not confirmed");
                format!("kept: {}", problem.code.word())
            }
            Err(error) => {
                tracing::error!(order_id, cause = %error, "kept, the asking broke off");
                "kept: internal".to_owned()
            }
        }
    }
}
