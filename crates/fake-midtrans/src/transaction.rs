//! One payment attempt.

use time::{Duration, OffsetDateTime};

use crate::card::Scenario;
use crate::method::{Kind, Method};
use crate::money::Amount;
use crate::status::{Fraud, Status};

/// How long a pre-authorised amount stays reserved.
const RESERVED: Duration = Duration::days(7);

/// One payment attempt: what the customer chose and how it stands.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// Midtrans's id.
    pub id: String,
    /// The merchant's id.
    pub order_id: String,
    /// The Snap session it belongs to.
    pub token: String,
    /// What the customer chose.
    pub method: &'static Method,
    /// Wallets: by QR or by a link to the app.
    pub mode: WalletMode,
    /// What is to be paid, the customer's share of the fee included.
    pub gross_amount: Amount,
    /// The customer's share of the fee, when the shop passes it on.
    pub fee: Amount,
    /// What was taken and not given back.
    pub held: Amount,
    /// How it stands.
    pub status: Status,
    /// What fraud detection said; absent for shops.
    pub fraud: Option<Fraud>,
    /// `transaction_time`.
    pub created_at: OffsetDateTime,
    /// `settlement_time`.
    pub settled_at: Option<OffsetDateTime>,
    /// `expiry_time`.
    pub expires_at: OffsetDateTime,
    /// The change that comes by itself.
    pub due: Option<Due>,
    /// VA number, bill key, payment code or QR content.
    pub number: String,
    /// Card facts.
    pub card: Option<Card>,
    /// OVO: whose phone was asked.
    pub phone: Option<String>,
    /// Given back so far.
    pub refunds: Vec<TransactionRefund>,
    /// Echoed in notifications.
    pub custom_fields: Vec<(&'static str, String)>,
    /// How it stood after each change, oldest first.
    pub history: Vec<Past>,
}

/// How a transaction stood after a change.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    at: OffsetDateTime,
    status: Status,
    fraud: Option<Fraud>,
    gross_amount: Amount,
    settled_at: Option<OffsetDateTime>,
    refunds: usize,
}

/// How far behind a status answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// As it stood at this moment.
    Since(OffsetDateTime),
    /// As it stood so many changes ago.
    Changes(usize),
}

/// A change that comes by itself at a moment of the virtual clock.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// When.
    pub at: OffsetDateTime,
    /// To what.
    pub to: Status,
}

/// How a wallet is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletMode {
    /// A code on the screen.
    Qr,
    /// A link into the app.
    Deeplink,
}

/// What is kept of a card; never its number.
#[derive(Debug, Clone)]
pub struct Card {
    /// `48111111-1114`.
    pub masked: String,
    /// What the sandbox does with it.
    pub scenario: Scenario,
    /// Reserved first, taken when the merchant says so.
    pub authorize: bool,
    /// Waiting for the OTP.
    pub awaiting_otp: bool,
    /// Wrong OTPs so far.
    pub wrong_otps: u8,
    /// Given by the bank once taken.
    pub approval_code: Option<String>,
}

/// One refund.
#[derive(Debug, Clone)]
pub struct TransactionRefund {
    /// `refund_key`, unique per transaction.
    pub key: String,
    /// How much.
    pub amount: Amount,
    /// The merchant's words.
    pub reason: String,
    /// The gateway's number of it.
    pub number: u64,
    /// The gateway's id of it.
    pub uuid: String,
    /// When it was asked for.
    pub at: OffsetDateTime,
    /// When the bank confirmed it.
    pub confirmed_at: Option<OffsetDateTime>,
}

impl Transaction {
    /// The result page's and the notification's `status_code`.
    pub fn status_code(&self) -> &'static str {
        match self.status {
            Status::Pending => "201",
            Status::Capture | Status::Authorize if self.fraud == Some(Fraud::Challenge) => "201",
            Status::Deny | Status::Cancel | Status::Expire | Status::Failure => "202",
            _ => "200",
        }
    }

    /// `payment_type`; a ShopeePay QR is QRIS.
    pub fn payment_type(&self) -> &'static str {
        if self.method.id == "shopeepay" && self.mode == WalletMode::Qr { "qris" } else { self.method.payment_type }
    }

    /// Whether it waits for the customer's OTP.
    pub fn awaits_otp(&self) -> bool {
        self.status == Status::Pending && self.card.as_ref().is_some_and(|card| card.awaiting_otp)
    }

    /// What was given back so far.
    pub fn refunded(&self) -> Amount {
        let amounts = self.refunds.iter().map(|refund| refund.amount);
        amounts.fold(Amount::default(), |sum, amount| sum.plus(amount).unwrap_or(sum))
    }

    /// Whether Midtrans refunds this method at all.
    pub fn refundable_method(&self) -> bool {
        matches!(self.method.kind, Kind::Card | Kind::Wallet | Kind::Qris | Kind::Ovo)
    }

    /// Whether the customer can pay it from outside: simulator, till, banking app.
    pub fn payable_outside(&self) -> bool {
        self.status == Status::Pending && self.card.is_none()
    }

    /// Whether it ended without the customer's money.
    pub fn is_dead(&self) -> bool {
        matches!(self.status, Status::Deny | Status::Cancel | Status::Expire | Status::Failure)
    }

    /// Keeps how it stands now.
    pub fn remember(&mut self, now: OffsetDateTime) {
        self.history.push(Past {
            at: now,
            status: self.status,
            fraud: self.fraud,
            gross_amount: self.gross_amount,
            settled_at: self.settled_at,
            refunds: self.refunds.len(),
        });
    }

    /// As it stood earlier; `None` when it was not there yet.
    pub fn earlier(&self, lag: Lag) -> Option<Self> {
        let past = match lag {
            Lag::Since(then) => self.history.iter().rev().find(|past| past.at <= then),
            Lag::Changes(back) => self.history.len().checked_sub(back + 1).and_then(|at| self.history.get(at)),
        }?;
        let mut earlier = self.clone();
        earlier.status = past.status;
        earlier.fraud = past.fraud;
        earlier.gross_amount = past.gross_amount;
        earlier.settled_at = past.settled_at;
        earlier.refunds.truncate(past.refunds);
        Some(earlier)
    }

    /// Takes the new status and sets what follows from it.
    pub fn become_status(&mut self, to: Status, now: OffsetDateTime) {
        self.status = to;
        self.due = None;
        match to {
            // A capture settles by itself within a day, but not while the merchant is asked about it.
            Status::Capture if self.fraud != Some(Fraud::Challenge) => self.settle_within_a_day(now),
            // What was only reserved is let go after a week.
            Status::Authorize => {
                self.due = now.checked_add(RESERVED).map(|at| Due { at, to: Status::Cancel });
            }
            Status::Settlement => self.settled_at = Some(now),
            Status::Deny if self.fraud == Some(Fraud::Challenge) => self.fraud = Some(Fraud::Deny),
            _ => {}
        }
        if (to.was_paid() || to == Status::Authorize)
            && let Some(card) = &mut self.card
            && card.approval_code.is_none()
        {
            card.approval_code = Some(now.unix_timestamp_nanos().unsigned_abs().to_string()[..13].to_owned());
        }
    }

    /// Plans the settlement of a capture.
    pub fn settle_within_a_day(&mut self, now: OffsetDateTime) {
        self.due = now.checked_add(Duration::DAY).map(|at| Due { at, to: Status::Settlement });
    }
}
