//! The bodies of pending notifications, and how they are closed.

use wire::midtrans::Notification;

use crate::clock::Millis;
use crate::store::{Closing, PendingNotification};

/// The bodies of pending notifications; none for a body that cannot be read.
pub(super) fn parse_bodies(pending: &[PendingNotification]) -> Vec<Option<Notification>> {
    pending.iter().map(|pending| serde_json::from_str(&pending.body).ok()).collect()
}

/// The readable notifications with the time of their arrival.
pub(super) fn readable<'a>(
    pending: &'a [PendingNotification],
    bodies: &'a [Option<Notification>],
) -> impl Iterator<Item = (&'a Notification, Millis)> {
    pending.iter().zip(bodies).filter_map(|(pending, body)| Some((body.as_ref()?, pending.received_at)))
}

/// The closing of a notification without a status response.
pub(super) fn closing_without_status(outcome: orders::NotificationOutcome, detail: String) -> Closing {
    Closing { outcome, reported: None, detail }
}
