//! Applies the status responses of one poll to an order, and closes the notifications that they confirm.

use std::collections::HashMap;

use orders::confirmation::{UnconfirmedReason, is_confirmation_expired, must_wait_to_fail, unconfirmed_reason};
use orders::order_update::order_update_from;
use orders::{Millis, NotificationOutcome, OrderUpdate, Payer, UpdateOutcome};
use wire::midtrans::{Notification, StatusResponse};

use super::pending::{closing_without_status, readable};
use super::report::ReconcileReport;
use crate::midtrans::MidtransError;
use crate::store::{Closing, OrderTx, PendingNotification, StoreError};

/// The responses of one poll.
#[derive(Debug, Default)]
pub(super) struct StatusResponses {
    /// The pending notifications.
    pub(super) pending: Vec<PendingNotification>,
    /// Their bodies, in the same order; none for a body that cannot be read.
    pub(super) bodies: Vec<Option<Notification>>,
    /// The status of each attempt that the gateway knows.
    pub(super) statuses: Vec<StatusResponse>,
    /// The first error of a status request.
    pub(super) failed: Option<MidtransError>,
    /// The update of an expired token.
    pub(super) token_expired: Option<UpdateOutcome>,
}

/// The decisions about the pending notifications.
#[derive(Debug, Default)]
pub(super) struct Confirmations {
    /// The notifications to close, by fingerprint.
    pub(super) closed: Vec<(String, Closing)>,
    /// Why others stay pending.
    pub(super) unconfirmed: Option<UnconfirmedReason>,
}

impl StatusResponses {
    /// Whether a notification would stay pending without any status response.
    pub(super) fn has_unconfirmed(&self, now: Millis) -> bool {
        self.confirm(&HashMap::new(), None, now).unconfirmed.is_some()
    }

    /// Compares each pending notification with the status of its attempt and the outcome of that status.
    fn confirm(
        &self,
        outcomes: &HashMap<&str, (&StatusResponse, UpdateOutcome)>,
        payer: Option<&Payer>,
        now: Millis,
    ) -> Confirmations {
        let mut confirmations = Confirmations::default();
        for (pending, body) in self.pending.iter().zip(&self.bodies) {
            let decision = match body.as_ref().map(|body| (body, outcomes.get(body.order_id.as_str()))) {
                None => Ok(closing_without_status(NotificationOutcome::Unreadable, "unreadable".into())),
                Some((_, None)) => Err(UnconfirmedReason::UnknownToGateway),
                Some((body, Some((status, outcome)))) => match unconfirmed_reason(body, status, payer) {
                    None => Ok(Closing::from(outcome)),
                    Some(reason) => Err(reason),
                },
            };
            match decision {
                Ok(closing) => confirmations.closed.push((pending.fingerprint.clone(), closing)),
                // A failed status request proves nothing.
                Err(reason) if self.failed.is_none() && is_confirmation_expired(pending.received_at, now) => {
                    let detail = format!("never confirmed: {reason}");
                    let closing = closing_without_status(NotificationOutcome::NeverConfirmed, detail);
                    confirmations.closed.push((pending.fingerprint.clone(), closing));
                }
                Err(reason) => confirmations.unconfirmed = Some(reason),
            }
        }
        confirmations
    }
}

/// Applies the responses inside the transaction of their order. `updates` receives each update.
pub(super) async fn apply(
    tx: &mut OrderTx<'_>,
    responses: StatusResponses,
    now: Millis,
    updates: &mut Vec<OrderUpdate>,
) -> Result<ReconcileReport, StoreError> {
    let mut report = ReconcileReport::default();
    let mut outcomes = HashMap::new();
    for status in &responses.statuses {
        let pending = readable(&responses.pending, &responses.bodies);
        if must_wait_to_fail(status, pending, tx.order().payer.as_ref(), now) {
            report.unconfirmed = Some(UnconfirmedReason::ContradictsPayment);
            continue;
        }
        let update = tx.update(now, |order, attempt| order_update_from(status, order, attempt)).await?;
        if update.is_visible() {
            report.updates.push(update.outcome.to_string());
        }
        outcomes.insert(status.order_id.as_str(), (status, update.outcome.clone()));
        updates.push(update);
    }
    let confirmations = responses.confirm(&outcomes, tx.order().payer.as_ref(), now);
    for (fingerprint, closing) in confirmations.closed {
        tx.close_notification(&fingerprint, &closing, now).await?;
        report.closed.insert(fingerprint, closing.detail);
    }
    report.unconfirmed = confirmations.unconfirmed.or(report.unconfirmed);
    report.updates.extend(responses.token_expired.map(|outcome| outcome.to_string()));
    report.failed = responses.failed;
    Ok(report)
}
