//! Incoming webhooks: verifies, stores and confirms the gateway's notifications.
//!
//! The signature does not cover `transaction_status`, the virtual account or the fraud status. A notification therefore
//! only triggers a status request, and the backend applies the status response. A replayed body with another status
//! changes nothing.
//!
//! The backend returns 200 once the notification is stored, whatever the status request returns. It returns 403 for an
//! invalid signature, 404 for an unknown order, 400 for a body that is no notification, and 503 if the store is down or
//! the order has too many pending notifications. Midtrans retries each of them by its own policy.
//! <https://docs.midtrans.com/docs/https-notification-webhooks>

use std::time::Duration;

use sha2::{Digest as _, Sha512};
use tokio::sync::oneshot;
use tokio::time::timeout;
use wire::midtrans::Notification;

use crate::clock;
use crate::error::{ApiError, ErrorCode};
use crate::id::hex;
use crate::reconciliation::{FastPathResult, Reconcile, ReconcileReport};
use crate::secret::ServerKey;
use crate::store::NewNotification;
use crate::webhooks::signature::{Verified, verify};

/// Midtrans expects an answer within five seconds. The status request may go on after that.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(4500);

/// The store must accept a notification in this time.
const STORE_TIMEOUT: Duration = Duration::from_secs(8);

/// A notification with a verified signature.
#[derive(Debug)]
pub struct SignedNotification {
    notification: Verified<Notification>,
    body: String,
}

impl SignedNotification {
    /// Reads and verifies a body.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidNotification`] or [`ErrorCode::InvalidSignature`].
    pub fn read(body: Vec<u8>, key: &ServerKey) -> Result<Self, ApiError> {
        let body = String::from_utf8(body)
            .map_err(|_| ApiError::from(ErrorCode::InvalidNotification).caused_by("not UTF-8"))?;
        let notification: Notification = serde_json::from_str(&body).map_err(|error| {
            // Only the category and the place: serde's message repeats the input.
            let cause = format!("{:?} error at {}:{}", error.classify(), error.line(), error.column());
            ApiError::from(ErrorCode::InvalidNotification).caused_by(cause)
        })?;
        match verify(notification, key) {
            Ok(notification) => Ok(Self { notification, body }),
            Err(bad) => Err(ApiError::from(ErrorCode::InvalidSignature).caused_by(bad)),
        }
    }
}

/// The result of a notification. In each case it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestOutcome {
    /// The shop's order.
    pub order_id: String,
    /// The kind of the result.
    pub kind: IngestKind,
    /// Text for the log.
    pub detail: String,
}

/// The kind of a notification's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestKind {
    /// The same notification was closed before.
    Duplicate,
    /// A status response confirmed the notification.
    Confirmed,
    /// The notification is stored and pending.
    Pending,
}

impl IngestKind {
    /// The value of the metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Confirmed => "confirmed",
            Self::Pending => "pending",
        }
    }
}

/// Accepts notifications.
#[derive(Debug, Clone)]
pub struct Notifications {
    reconcile: Reconcile,
}

impl Notifications {
    /// Uses the same store as the orders.
    #[must_use]
    pub fn new(reconcile: Reconcile) -> Self {
        Self { reconcile }
    }

    /// Stores a notification and tries to confirm it. The work goes on if the caller ends.
    ///
    /// # Errors
    /// [`ApiError`]; the notification is not stored then, and Midtrans sends it again.
    pub async fn ingest(&self, notification: SignedNotification) -> Result<IngestOutcome, ApiError> {
        let (on_disk, stored) = oneshot::channel();
        let this = self.clone();
        // A task of its own: a dropped connection must not stop the work.
        let mut work = tokio::spawn(async move { this.store_and_confirm(&notification, on_disk).await });
        let finished = |done: Result<_, tokio::task::JoinError>| match done {
            Ok(result) => result,
            Err(error) => Err(ApiError::from(ErrorCode::Internal).caused_by(error)),
        };
        if let Ok(done) = timeout(RESPONSE_TIMEOUT, &mut work).await {
            return finished(done);
        }
        tokio::select! {
            Ok(order_id) = stored => {
                Ok(IngestOutcome { order_id, kind: IngestKind::Pending, detail: "the status request still runs".into() })
            }
            // It is not stored yet. The store has a timeout as well.
            done = work => finished(done),
        }
    }

    async fn store_and_confirm(
        &self,
        signed: &SignedNotification,
        on_disk: oneshot::Sender<String>,
    ) -> Result<IngestOutcome, ApiError> {
        let notification = &signed.notification;
        let new = NewNotification {
            fingerprint: &hex(&Sha512::digest(&signed.body)),
            attempt_id: &notification.order_id,
            body: &signed.body,
            at: clock::now(),
        };
        let Ok(stored) = timeout(STORE_TIMEOUT, self.reconcile.store_notification(notification, &new)).await else {
            return Err(ApiError::from(ErrorCode::StoreUnavailable).caused_by("no answer in time"));
        };
        let (order_id, result) = stored?;
        let reconciled = match result {
            FastPathResult::Duplicate => {
                return Ok(IngestOutcome { order_id, kind: IngestKind::Duplicate, detail: "duplicate".into() });
            }
            FastPathResult::Closed(detail) => {
                return Ok(IngestOutcome { order_id, kind: IngestKind::Confirmed, detail });
            }
            FastPathResult::LeaseHeld => Ok(None),
            FastPathResult::Pending(lease, started) => {
                on_disk.send(order_id.clone()).ok();
                Box::pin(self.reconcile.reconcile_with_lease(lease, started)).await.map(Some)
            }
            FastPathResult::AlreadyPending => {
                on_disk.send(order_id.clone()).ok();
                Box::pin(self.reconcile.reconcile_now(&order_id)).await
            }
        };
        let (kind, detail) = outcome_of(&order_id, new.fingerprint, reconciled);
        Ok(IngestOutcome { order_id, kind, detail })
    }
}

/// The result of a stored notification after a poll.
fn outcome_of(
    order_id: &str,
    fingerprint: &str,
    reconciled: Result<Option<ReconcileReport>, ApiError>,
) -> (IngestKind, String) {
    match reconciled {
        Ok(Some(mut report)) => match report.closed.remove(fingerprint) {
            Some(detail) => (IngestKind::Confirmed, detail),
            None => {
                let failed = report.failed.take().map(|error| error.to_string());
                let reason = failed.or_else(|| report.unconfirmed.map(|reason| reason.to_string()));
                (IngestKind::Pending, reason.unwrap_or_else(|| "the next poll handles it".into()))
            }
        },
        Ok(None) => (IngestKind::Pending, "another process polls the order".into()),
        Err(error) => {
            let (code, cause) = (error.code.as_str(), error.cause_chain());
            tracing::warn!(order_id, code, cause, "stored a notification and could not confirm it");
            (IngestKind::Pending, code.to_owned())
        }
    }
}
