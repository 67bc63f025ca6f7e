//! How news comes in: verify, ask, write, answer 200.
//!
//! The signature keeps strangers out, but it does not cover `transaction_status`, the virtual account or the
//! fraud status. So a notification only says *that* there is news; *what* the news is comes from
//! `GET /v2/{order_id}/status`, every time. A replayed body with an altered status changes nothing.
//!
//! In the plain case the gateway answers at once, and the notification goes to disk together with what became of it
//! (`reconciliation/fast_path.rs`). If the gateway is slow or silent, or does not bear it out yet, the notification goes to
//! disk first, and its order is due: it is asked about again later, without Midtrans sending anything twice. Either
//! way nobody hears that it arrived before it is on disk.
//!
//! Answers follow Midtrans' retry policy: 200 when it is on disk; 403 for a bad signature (five tries, the
//! operator may mend a wrong key meanwhile); 404 for orders of another shop and 400 for what is no
//! notification (two tries); 503 when the store is down, or when an order has too much that was never borne
//! out (four tries).
//! <https://docs.midtrans.com/docs/https-notification-webhooks>

use std::time::Duration;

use sha2::{Digest as _, Sha512};
use tokio::sync::oneshot;
use tokio::time::timeout;
use wire::midtrans::Notification;

use crate::clock;
use crate::detached::Detached;
use crate::error::{ApiError, ErrorCode};
use crate::id::hex;
use crate::reconciliation::{Reconcile, Round, TakenIn};
use crate::secret::ServerKey;
use crate::store::Received;
use crate::webhooks::signature::{Verified, verify};

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
    /// [`ErrorCode::InvalidNotification`] or [`ErrorCode::InvalidSignature`].
    pub fn read(body: Vec<u8>, key: &ServerKey) -> Result<Self, ApiError> {
        let body = String::from_utf8(body)
            .map_err(|_| ApiError::from(ErrorCode::InvalidNotification).caused_by("not UTF-8"))?;
        let notification: Notification = serde_json::from_str(&body).map_err(|error| {
            // Category and place only: serde's sentence repeats the input.
            let cause = format!("{:?} error at {}:{}", error.classify(), error.line(), error.column());
            ApiError::from(ErrorCode::InvalidNotification).caused_by(cause)
        })?;
        match verify(notification, key) {
            Ok(notification) => Ok(Self { notification, body }),
            Err(bad) => Err(ApiError::from(ErrorCode::InvalidSignature).caused_by(bad)),
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
    reconcile: Reconcile,
}

impl Notifications {
    /// Over the same store as the orders.
    #[must_use]
    pub fn new(reconcile: Reconcile) -> Self {
        Self { reconcile }
    }

    /// Takes one notification in and asks what it is about. When this answers `Ok`, it is on disk, whatever came of
    /// the asking, which goes on when nobody waits for it any more.
    ///
    /// # Errors
    /// [`ApiError`]; it was not kept then, and Midtrans should send it again.
    pub async fn receive(&self, incoming: Incoming) -> Result<Outcome, ApiError> {
        let (on_disk, kept) = oneshot::channel();
        let this = self.clone();
        let mut work = Detached::new(async move { this.take_in(&incoming, on_disk).await });
        if let Ok(done) = timeout(ANSWER_WITHIN, &mut work).await {
            return done;
        }
        tokio::select! {
            Ok(order_id) = kept => Ok(Outcome { order_id, what: "kept: still asking".to_owned() }),
            // It is not kept yet; that has an end too.
            done = work => done,
        }
    }

    async fn take_in(&self, incoming: &Incoming, on_disk: oneshot::Sender<String>) -> Result<Outcome, ApiError> {
        let told = &incoming.notification;
        let received = Received {
            fingerprint: &hex(&Sha512::digest(&incoming.body)),
            payment_order_id: &told.order_id,
            body: &incoming.body,
            at: clock::now(),
        };
        let Ok(taken) = timeout(KEEP_WITHIN, self.reconcile.take_in(told, &received)).await else {
            return Err(ApiError::from(ErrorCode::StoreUnavailable).caused_by("no answer in time"));
        };
        let (order_id, taken) = taken?;
        let asked = match taken {
            TakenIn::Duplicate => return Ok(Outcome { order_id, what: "duplicate".to_owned() }),
            TakenIn::Done(what) => return Ok(Outcome { order_id, what }),
            TakenIn::Busy => return Ok(Outcome { order_id, what: BUSY.to_owned() }),
            TakenIn::New(lease, begun) => {
                on_disk.send(order_id.clone()).ok();
                Box::pin(self.reconcile.go_on(lease, begun)).await.map(Some)
            }
            TakenIn::Waits => {
                on_disk.send(order_id.clone()).ok();
                Box::pin(self.reconcile.wake(&order_id)).await
            }
        };
        let what = what_came_of(&order_id, received.fingerprint, asked);
        Ok(Outcome { order_id, what })
    }
}

/// It is kept; what the asking brought for it.
fn what_came_of(order_id: &str, fingerprint: &str, asked: Result<Option<Round>, ApiError>) -> String {
    match asked {
        Ok(Some(mut round)) => match (round.done.remove(fingerprint), round.waits) {
            (Some(outcome), _) => outcome,
            (None, why) => match round.failed.take() {
                Some(error) => format!("kept: {error}"),
                None => format!("kept: {}", why.unwrap_or("it is looked at next")),
            },
        },
        Ok(None) => BUSY.to_owned(),
        Err(problem) => {
            tracing::warn!(
                order_id,
                code = problem.code.as_str(),
                cause = problem.cause_chain(),
                "kept, not confirmed"
            );
            format!("kept: {}", problem.code.as_str())
        }
    }
}
