//! What happens when a customer chooses a method, pays by card, or enters an OTP.

use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::card::{self, Scenario, Verdict};
use crate::charge_error::ChargeError;
use crate::config::Config;
use crate::fee;
use crate::method::{self, Kind, Method};
use crate::money::Amount;
use crate::ovo;
use crate::qris;
use crate::request::{RequestedExpiry, TokenOrder};
use crate::session::{MOST_DECLINES, Session};
use crate::shape::digits_of;
use crate::state::State;
use crate::status::{Fraud, Status};
use crate::transaction::{Card, Due, Transaction, WalletMode};

/// How long a customer has for the OTP.
const OTP_LIFE: Duration = Duration::minutes(15);
/// How long a "pending first" card stays pending.
const LATE_ACCEPT: Duration = Duration::seconds(60);
const MOST_WRONG_OTPS: u8 = 3;

/// What the page sends when the customer has chosen.
#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    /// `bca_va`, `credit_card`, …
    pub method: String,
    /// Wallets on a small screen: a link into the app.
    #[serde(default)]
    pub deeplink: bool,
    /// Card number as typed.
    #[serde(default)]
    pub number: String,
    /// `MM/YY`.
    #[serde(default)]
    pub expiry: String,
    /// Three or four digits.
    #[serde(default)]
    pub cvv: String,
    /// OVO: the customer's phone.
    #[serde(default)]
    pub phone: String,
    /// The customer's share of the fee, instead of what the merchant's rules give. The page cannot say so.
    #[serde(skip)]
    pub fee: Option<Amount>,
}

/// Whether a customer can start a payment here.
///
/// # Errors
/// When the session is over or the order was finished before.
pub fn may_start(state: &State, session: &Session, now: OffsetDateTime) -> Result<(), ChargeError> {
    if !session.is_open(now) {
        return Err(ChargeError::SessionGone);
    }
    let last = state.latest(&session.order.order_id);
    match last.map(|last| (last.status, last.card.is_some())) {
        None | Some((Status::Cancel | Status::Failure, _) | (Status::Deny | Status::Expire, true)) => {}
        Some(_) => return Err(ChargeError::AlreadyProcessed),
    }
    if session.declines >= MOST_DECLINES { Err(ChargeError::AlreadyProcessed) } else { Ok(()) }
}

/// Starts a payment and returns its transaction id.
///
/// # Errors
/// When the session or the choice does not allow it.
pub fn charge(
    state: &mut State,
    token: &str,
    choice: &Choice,
    config: &Config,
    now: OffsetDateTime,
) -> Result<String, ChargeError> {
    let session = state.sessions.get(token).ok_or(ChargeError::SessionGone)?;
    may_start(state, session, now)?;
    let offered = method::enabled(session.order.enabled_payments.as_deref());
    let method = offered.into_iter().find(|m| m.id == choice.method).ok_or(ChargeError::UnknownMethod)?;
    let mut transaction = start(session, token, method, choice, now);
    transaction.number = number_for(state, session, &transaction);
    match method.kind {
        Kind::Card => take_card(&mut transaction, choice, &session.order, now)?,
        Kind::Ovo => ovo::ask(&mut transaction, &choice.phone, now)?,
        _ => {}
    }
    let id = transaction.id.clone();
    state.add(transaction, config, now);
    Ok(id)
}

/// Takes the OTP of a waiting card payment; `false` when it was wrong and may be tried again.
pub fn enter_otp(state: &mut State, id: &str, otp: &str, config: &Config, now: OffsetDateTime) -> bool {
    let Some(verdict) = state.find_mut(id).ok().filter(|t| t.awaits_otp()).and_then(|transaction| {
        let card = transaction.card.as_mut()?;
        if otp.trim() == card::OTP {
            return Some(card.scenario.verdict);
        }
        card.wrong_otps += 1;
        (card.wrong_otps >= MOST_WRONG_OTPS).then_some(Verdict::AuthenticationFailed)
    }) else {
        return state.find(id).is_some_and(|transaction| !transaction.awaits_otp());
    };
    decide(state, id, verdict, config, now);
    true
}

/// The customer gave up at the OTP.
pub fn refuse_otp(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) {
    if state.find(id).is_some_and(Transaction::awaits_otp) {
        decide(state, id, Verdict::AuthenticationFailed, config, now);
    }
}

fn decide(state: &mut State, id: &str, verdict: Verdict, config: &Config, now: OffsetDateTime) {
    let Ok(transaction) = state.find_mut(id) else { return };
    if let Some(card) = &mut transaction.card {
        card.awaiting_otp = false;
        card.scenario.verdict = verdict;
    }
    transaction.fraud = Some(fraud_of(verdict));
    let to = outcome(verdict, transaction);
    // A waiting card is pending, and the graph leads from there to both.
    let _ = state.change(id, to, config, now);
}

fn start(session: &Session, token: &str, method: &'static Method, choice: &Choice, now: OffsetDateTime) -> Transaction {
    let deeplink = choice.deeplink || method.id == "dana";
    let fee = choice
        .fee
        .unwrap_or_else(|| fee::customers_share(method, &session.order.fee_shares, session.order.gross_amount));
    let expires_at = match session.order.expiry {
        Some(RequestedExpiry::At(at)) => at,
        Some(RequestedExpiry::After(life)) => now.saturating_add(life),
        None => now.saturating_add(method.default_life()),
    };
    Transaction {
        id: Uuid::new_v4().to_string(),
        order_id: session.order.order_id.clone(),
        token: token.to_owned(),
        method,
        mode: if deeplink && method.kind == Kind::Wallet { WalletMode::Deeplink } else { WalletMode::Qr },
        gross_amount: session.order.gross_amount.plus(fee).unwrap_or(session.order.gross_amount),
        fee,
        held: Amount::default(),
        status: Status::Pending,
        fraud: (method.kind != Kind::Store).then_some(Fraud::Accept),
        created_at: now,
        settled_at: None,
        expires_at,
        due: Some(Due { at: expires_at, to: Status::Expire }),
        number: String::new(),
        card: None,
        phone: None,
        refunds: Vec::new(),
        custom_fields: session.order.custom_fields.clone(),
        history: Vec::new(),
    }
}

fn take_card(
    transaction: &mut Transaction,
    choice: &Choice,
    order: &TokenOrder,
    now: OffsetDateTime,
) -> Result<(), ChargeError> {
    let number: String = card::digits(&choice.number).collect();
    if !card::plausible(&number) {
        return Err(ChargeError::CardNumber);
    }
    if !future_expiry(&choice.expiry, now) {
        return Err(ChargeError::CardExpiry);
    }
    if !matches!(choice.cvv.len(), 3 | 4) || !choice.cvv.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ChargeError::CardCvv);
    }
    let known = card::scenario(&number, transaction.gross_amount);
    let scenario = Scenario { otp: known.otp && order.secure, ..known };
    transaction.card = Some(Card {
        masked: card::mask(&number),
        scenario,
        authorize: order.authorize,
        awaiting_otp: scenario.otp,
        wrong_otps: 0,
        approval_code: None,
    });
    transaction.fraud = Some(fraud_of(scenario.verdict));
    if scenario.otp {
        transaction.expires_at = now.saturating_add(OTP_LIFE);
        transaction.due = Some(Due { at: transaction.expires_at, to: Status::Expire });
    } else if scenario.verdict == Verdict::AcceptLater {
        let to = outcome(scenario.verdict, transaction);
        transaction.due = Some(Due { at: now.saturating_add(LATE_ACCEPT), to });
    } else {
        transaction.become_status(outcome(scenario.verdict, transaction), now);
    }
    Ok(())
}

/// Where a card payment ends when the bank has spoken.
pub fn outcome(verdict: Verdict, transaction: &Transaction) -> Status {
    match transaction.card.as_ref().is_some_and(|card| card.authorize) {
        _ if !accepted(verdict) => Status::Deny,
        true => Status::Authorize,
        false => Status::Capture,
    }
}

fn accepted(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Accept | Verdict::AcceptLater | Verdict::Challenge)
}

fn fraud_of(verdict: Verdict) -> Fraud {
    match verdict {
        Verdict::FraudDeny => Fraud::Deny,
        Verdict::Challenge => Fraud::Challenge,
        _ => Fraud::Accept,
    }
}

fn future_expiry(text: &str, now: OffsetDateTime) -> bool {
    let digits: Vec<i32> =
        card::digits(text).filter_map(|c| c.to_digit(10)).filter_map(|d| i32::try_from(d).ok()).collect();
    let [m1, m2, year @ ..] = digits.as_slice() else { return false };
    let month = m1 * 10 + m2;
    let year = match year {
        [y1, y2] | [2, 0, y1, y2] => 2000 + y1 * 10 + y2,
        _ => return false,
    };
    (1..=12).contains(&month) && (year, month) >= (now.year(), i32::from(u8::from(now.month())))
}

/// What the customer types in elsewhere: the number the merchant wished for where it is free, else a random one.
fn number_for(state: &State, session: &Session, transaction: &Transaction) -> String {
    let id = &transaction.id;
    let random = Uuid::new_v4().to_string();
    match transaction.method.kind {
        Kind::Card | Kind::Ovo => String::new(),
        Kind::Va { prefix, length, .. } => {
            let rest = length.saturating_sub(prefix.len());
            let wished = session.order.wanted_numbers.iter().find(|(method, _)| *method == transaction.method.id);
            let wished = wished.map(|(_, number)| format!("{prefix}{:0>rest$}", &number[..number.len().min(rest)]));
            wished
                .filter(|number| !state.transactions.iter().any(|t| t.payable_outside() && t.number == *number))
                .unwrap_or_else(|| format!("{prefix}{}", digits_of(&random, rest)))
        }
        Kind::PermataVa => format!("8562{}", digits_of(&random, 12)),
        Kind::Bill => digits_of(&random, 12),
        Kind::Store => format!("G{}", digits_of(&random, 19)),
        Kind::Wallet | Kind::Qris => qris::content(id, transaction.gross_amount),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn expiry_months() {
        let now = datetime!(2026-05-15 00:00 UTC);
        for (text, good) in [
            ("05/26", true),
            ("12/30", true),
            ("12/2030", true),
            ("0530", true),
            ("04/26", false),
            ("13/30", false),
            ("00/30", false),
            ("5/30", false),
            ("", false),
            ("12/1930", false),
        ] {
            assert_eq!(future_expiry(text, now), good, "{text}");
        }
    }
}
