//! What an operator has the gateway do to a payment: cancel, expire, approve, deny, refund.
//!
//! Trying again is safe for each of them: the first four end in a state, and a refund goes by its key. So a
//! refusal after a lost answer may mean that it was done; how often was tried is part of the answer.
//! <https://docs.midtrans.com/reference/api-methods>

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::time::Instant;
use wire::Rupiah;

use super::{MidtransClient, MidtransError, internal, send, uuid_like};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// Withdraw what is pending, or a card payment before it settles.
    Cancel,
    /// End what is pending.
    Expire,
    /// Take a card payment that fraud detection doubts.
    Approve,
    /// Refuse it.
    Deny,
    /// Give money back.
    Refund {
        /// The same key never gives back twice.
        key: &'a str,
        /// How much.
        amount: Rupiah,
        /// Why, for the dashboard.
        reason: &'a str,
    },
}

/// What the gateway said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// Its answer, or why there is none.
    pub answer: Result<Answered, MidtransError>,
    /// How often it was asked: after more than one try a refusal may be about its own work.
    pub tries: u32,
}

/// The gateway's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// Done.
    Done,
    /// 404: it knows no such payment.
    NotFound,
    /// 406: this refund key was used.
    KeyUsed,
    /// 412: not in this state.
    NotModifiable,
    /// 414: more than is left, or the shop's balance is too small.
    AmountRefused(Vec<String>),
    /// Anything else that asking again does not mend.
    Rejected(u16, Vec<String>),
}

impl Action<'_> {
    /// The last part of the address.
    #[must_use]
    pub const fn word(&self) -> &'static str {
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
    /// `POST /v2/{id}/{action}`, tried until `deadline`. Some methods are known to the gateway by their
    /// transaction's id only, so that is tried second.
    pub async fn act(
        &self,
        payment_order_id: &str,
        transaction_id: Option<&str>,
        action: &Action<'_>,
        deadline: Instant,
    ) -> Acted {
        let tries = AtomicU32::new(0);
        let answer = self.until(action.word(), deadline, || async {
            tries.fetch_add(1, Ordering::Relaxed);
            let first = self.act_once(payment_order_id, action).await?;
            match transaction_id.filter(uuid_like) {
                Some(id) if first == Answered::NotFound => self.act_once(id, action).await,
                _ => Ok(first),
            }
        });
        Acted { answer: answer.await, tries: tries.load(Ordering::Relaxed) }
    }

    async fn act_once(&self, id: &str, action: &Action<'_>) -> Result<Answered, MidtransError> {
        let url = self.config.core.join(&format!("v2/{id}/{}", action.word())).map_err(internal)?;
        let mut request = self.http.post(url);
        if let Some(body) = action.body() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let (code, words) = send(request).await?.coded()?;
        Ok(answered(code, words, action))
    }
}

fn answered(code: u16, words: Vec<String>, action: &Action<'_>) -> Answered {
    match code {
        200..=299 => Answered::Done,
        // The code of an expired payment, which is what was wanted.
        407 if *action == Action::Expire => Answered::Done,
        404 => Answered::NotFound,
        406 => Answered::KeyUsed,
        412 => Answered::NotModifiable,
        414 => Answered::AmountRefused(words),
        _ => Answered::Rejected(code, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let refund = Action::Refund { key: "k", amount: Rupiah(1), reason: "r" };
        let rejected = |code| Answered::Rejected(code, vec![]);
        let cases = [
            (200, Action::Cancel, Answered::Done),
            (407, Action::Expire, Answered::Done),
            (407, Action::Cancel, rejected(407)),
            (404, Action::Approve, Answered::NotFound),
            (406, refund, Answered::KeyUsed),
            (412, refund, Answered::NotModifiable),
            (414, refund, Answered::AmountRefused(vec![])),
            (400, refund, rejected(400)),
            (410, Action::Deny, rejected(410)),
        ];
        for (code, action, expected) in cases {
            assert_eq!(answered(code, vec![], &action), expected, "{code} {action:?}");
        }
        assert_eq!(refund.body().unwrap(), json!({"refund_key": "k", "amount": 1, "reason": "r"}));
    }
}
