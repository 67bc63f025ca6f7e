//! An operator's actions on a payment at the gateway: cancel, expire, approve, deny, refund.
//!
//! Retries are safe: the first four actions end in a status, and a refund has a key. But after a lost response, a retry may
//! be rejected because the first try succeeded. So the number of tries is part of the result.
//! <https://docs.midtrans.com/reference/api-methods>

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::time::Instant;
use wire::Rupiah;

use super::client::{MidtransClient, send, uuid_like};
use super::error::{MidtransError, internal};

/// An action on a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// Cancels a pending payment or an unsettled card payment.
    Cancel,
    /// Expires a pending payment.
    Expire,
    /// Accepts a card payment that fraud detection challenges.
    Approve,
    /// Denies a card payment that fraud detection challenges.
    Deny,
    /// Refunds a payment or a part of it.
    Refund {
        /// The gateway refunds only once for a key.
        key: &'a str,
        /// The amount.
        amount: Rupiah,
        /// The reason, which the dashboard shows.
        reason: &'a str,
    },
}

/// The result of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResult {
    /// The gateway's outcome, or why it is unknown.
    pub outcome: Result<ActionOutcome, MidtransError>,
    /// The number of tries. After more than one, a rejection may be the effect of an earlier try.
    pub tries: u32,
}

/// The gateway's outcome of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionOutcome {
    /// The gateway performed the action.
    Done,
    /// The gateway rejected the action.
    Rejected(ActionRejection),
}

/// Why the gateway rejected an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionRejection {
    /// 404: it knows no such transaction.
    NotFound,
    /// 406: another refund has this key.
    KeyUsed,
    /// 412: the transaction's status does not allow the action.
    NotModifiable,
    /// 414: the amount is above the rest or above the shop's balance.
    AmountTooLarge(Vec<String>),
    /// Any other code that a retry does not change, with the gateway's messages.
    Other(u16, Vec<String>),
}

impl Action<'_> {
    /// The name of the action, which is the last part of its address.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Expire => "expire",
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Refund { .. } => "refund",
        }
    }

    fn body(&self) -> Option<Value> {
        match self {
            Self::Refund { key, amount, reason } => {
                Some(json!({"refund_key": key, "amount": amount.0, "reason": reason}))
            }
            Self::Cancel | Self::Expire | Self::Approve | Self::Deny => None,
        }
    }
}

impl MidtransClient {
    /// Performs an action with `POST /v2/{id}/{action}`, with retries until `deadline`.
    ///
    /// The gateway knows some methods by their transaction id only, so a 404 is followed by a try with that id.
    pub async fn perform_action(
        &self,
        attempt_id: &str,
        transaction_id: Option<&str>,
        action: &Action<'_>,
        deadline: Instant,
    ) -> ActionResult {
        let tries = AtomicU32::new(0);
        let outcome = self.with_retries(action.as_str(), deadline, || async {
            tries.fetch_add(1, Ordering::Relaxed);
            let first = self.try_action(attempt_id, action).await?;
            match transaction_id.filter(uuid_like) {
                Some(id) if first == ActionOutcome::Rejected(ActionRejection::NotFound) => {
                    self.try_action(id, action).await
                }
                _ => Ok(first),
            }
        });
        ActionResult { outcome: outcome.await, tries: tries.load(Ordering::Relaxed) }
    }

    async fn try_action(&self, id: &str, action: &Action<'_>) -> Result<ActionOutcome, MidtransError> {
        let url = self.config.core.join(&format!("v2/{id}/{}", action.as_str())).map_err(internal)?;
        let mut request = self.http.post(url);
        if let Some(body) = action.body() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let (code, messages) = send(request).await?.action_code()?;
        Ok(outcome_of(code, messages, action))
    }
}

fn outcome_of(code: u16, messages: Vec<String>, action: &Action<'_>) -> ActionOutcome {
    let rejection = match code {
        200..=299 => return ActionOutcome::Done,
        // The code of an expired payment, which is what the action requests.
        407 if *action == Action::Expire => return ActionOutcome::Done,
        404 => ActionRejection::NotFound,
        406 => ActionRejection::KeyUsed,
        412 => ActionRejection::NotModifiable,
        414 => ActionRejection::AmountTooLarge(messages),
        _ => ActionRejection::Other(code, messages),
    };
    ActionOutcome::Rejected(rejection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_codes_map_to_outcomes() {
        let refund = Action::Refund { key: "k", amount: Rupiah(1), reason: "r" };
        let rejected = |code| ActionOutcome::Rejected(ActionRejection::Other(code, vec![]));
        let cases = [
            (200, Action::Cancel, ActionOutcome::Done),
            (407, Action::Expire, ActionOutcome::Done),
            (407, Action::Cancel, rejected(407)),
            (404, Action::Approve, ActionOutcome::Rejected(ActionRejection::NotFound)),
            (406, refund, ActionOutcome::Rejected(ActionRejection::KeyUsed)),
            (412, refund, ActionOutcome::Rejected(ActionRejection::NotModifiable)),
            (414, refund, ActionOutcome::Rejected(ActionRejection::AmountTooLarge(vec![]))),
            (400, refund, rejected(400)),
            (410, Action::Deny, rejected(410)),
        ];
        for (code, action, expected) in cases {
            assert_eq!(outcome_of(code, vec![], &action), expected, "{code} {action:?}");
        }
        assert_eq!(refund.body().unwrap(), json!({"refund_key": "k", "amount": 1, "reason": "r"}));
    }
}
