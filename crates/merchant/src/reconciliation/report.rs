//! The result of a poll.

use std::collections::HashMap;

use orders::confirmation::UnconfirmedReason;

use crate::error::ApiError;
use crate::midtrans::MidtransError;

/// The result of a poll.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReconcileReport {
    /// The closed notifications, by fingerprint.
    pub closed: HashMap<String, String>,
    /// The visible updates, as text for people.
    pub updates: Vec<String>,
    /// Why notifications are still pending.
    pub unconfirmed: Option<UnconfirmedReason>,
    /// The error of a failed status request.
    pub failed: Option<MidtransError>,
}

impl ReconcileReport {
    /// The report, unless a status request failed.
    ///
    /// # Errors
    /// The error of the status request.
    pub fn into_result(self) -> Result<Self, ApiError> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok(self),
        }
    }
}
