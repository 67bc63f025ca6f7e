//! One payment attempt.

use time::{Duration, OffsetDateTime};

use crate::card::Scenario;
use crate::method::{Kind, Method};
use crate::money::Amount;
use crate::status::{Fraud, Status};

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
    pub mode: Mode,
    /// What is to be paid.
    pub gross_amount: Amount,
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
    /// Given back so far.
    pub refunds: Vec<Refund>,
    /// Echoed in notifications.
    pub custom_fields: Vec<(&'static str, String)>,
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
pub enum Mode {
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
    /// Waiting for the OTP.
    pub awaiting_otp: bool,
    /// Wrong OTPs so far.
    pub wrong_otps: u8,
    /// Given by the bank once taken.
    pub approval_code: Option<String>,
}

/// One refund.
#[derive(Debug, Clone)]
pub struct Refund {
    /// `refund_key`, unique per transaction.
    pub key: String,
    /// How much.
    pub amount: Amount,
    /// The merchant's words.
    pub reason: String,
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
        if self.method.id == "shopeepay" && self.mode == Mode::Qr { "qris" } else { self.method.payment_type }
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
        matches!(self.method.kind, Kind::Card | Kind::Wallet | Kind::Qris)
    }

    /// Whether the customer can pay it from outside: simulator, till, banking app.
    pub fn payable_outside(&self) -> bool {
        self.status == Status::Pending && self.card.is_none()
    }

    /// Takes the new status and sets what follows from it.
    pub fn become_status(&mut self, to: Status, now: OffsetDateTime) {
        self.status = to;
        self.due = None;
        match to {
            Status::Capture => {
                // A capture settles by itself within a day.
                self.due = now.checked_add(Duration::DAY).map(|at| Due { at, to: Status::Settlement });
            }
            Status::Settlement => self.settled_at = Some(now),
            Status::Deny if self.fraud == Some(Fraud::Challenge) => self.fraud = Some(Fraud::Deny),
            _ => {}
        }
        if to.was_paid()
            && let Some(card) = &mut self.card
            && card.approval_code.is_none()
        {
            card.approval_code = Some(now.unix_timestamp_nanos().unsigned_abs().to_string()[..13].to_owned());
        }
    }
}
