//! What befalls a payment outside of the pages: by the customer, the bank, the wallet, the merchant's staff, the time.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;

use crate::config::Config;
use crate::money::Amount;
use crate::review::{self, RefundOrder};
use crate::state::{Refusal, State};
use crate::status::Status;

/// Something that befalls a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ControlEvent {
    /// The customer pays, or the bank takes a waiting card.
    Pay {
        /// What came in, when that is not what was billed.
        #[serde(default, deserialize_with = "amount")]
        amount: Option<Amount>,
    },
    /// Paid and settled, whatever of that is missing.
    Settle {
        /// What came in, when that is not what was billed.
        #[serde(default, deserialize_with = "amount")]
        amount: Option<Amount>,
    },
    /// The bank refuses; after a settlement it takes the money back.
    Deny,
    /// The bank takes a settlement back, within minutes and very rarely.
    Reverse,
    /// The time is over.
    Expire,
    /// The merchant calls it off.
    Cancel,
    /// It breaks unexpectedly.
    Fail,
    /// Fraud detection wants the merchant to decide about a card.
    Challenge,
    /// The merchant lets a challenged card through.
    Approve,
    /// The merchant refuses a challenged card.
    Refuse,
    /// The merchant takes what was reserved.
    Capture {
        /// All of it when absent.
        #[serde(default, deserialize_with = "amount")]
        amount: Option<Amount>,
    },
    /// Money goes back.
    Refund {
        /// All that is left when absent.
        #[serde(default, deserialize_with = "amount")]
        amount: Option<Amount>,
    },
    /// The card holder's bank takes money back.
    Chargeback {
        /// All that is left when absent; less makes it a partial one.
        #[serde(default, deserialize_with = "amount")]
        amount: Option<Amount>,
    },
}

impl ControlEvent {
    /// Lets it happen to the payment that `id` names.
    ///
    /// # Errors
    /// When there is no such payment, or it stands so that this cannot happen.
    pub fn happen(self, state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
        match self {
            Self::Pay { amount } => review::pay(state, id, amount, config, now),
            Self::Settle { amount } => review::settle(state, id, amount, config, now),
            Self::Deny => state.change(id, Status::Deny, config, now),
            Self::Reverse => {
                let settled = state.find(id).ok_or(Refusal::NotFound)?.status == Status::Settlement;
                if settled { state.change(id, Status::Deny, config, now) } else { Err(Refusal::CannotModify) }
            }
            Self::Expire => state.change(id, Status::Expire, config, now),
            Self::Cancel => state.change(id, Status::Cancel, config, now),
            Self::Fail => state.change(id, Status::Failure, config, now),
            Self::Challenge => review::challenge(state, id, config, now),
            Self::Approve => review::approve(state, id, config, now),
            Self::Refuse => review::deny(state, id, config, now),
            Self::Capture { amount } => review::capture(state, id, amount, config, now),
            Self::Refund { amount } => {
                let order = RefundOrder { amount, ..RefundOrder::default() };
                review::refund(state, id, order, config, now).map(|_| ())
            }
            Self::Chargeback { amount } => review::chargeback(state, id, amount, config, now),
        }
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => Amount::from_json(&value).map(Some).ok_or_else(|| serde::de::Error::custom("amount is no amount")),
    }
}
