//! The commands and their words.

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use wire::Rupiah;

use super::value_parsers::{key, line, reason, rupiah, since};
use crate::clock::Millis;
use crate::store::Outbox;

const AFTER: &str = "The settings come from the environment: DATABASE_URL for all commands; MIDTRANS_ENVIRONMENT and
MIDTRANS_SERVER_KEY for those that speak to the gateway; SHOP_WEBHOOK_URL when the shop is told of changes.
Commands work beside a running merchant.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Times are WIB, as in Midtrans' dashboard.";

/// What an order can be.
const STATUSES: [&str; 11] = [
    "created",
    "pending",
    "review",
    "paid",
    "denied",
    "expired",
    "cancelled",
    "partially_refunded",
    "refunded",
    "charged_back",
    "reversed",
];

/// The shop's backend. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "merchant", version, after_help = AFTER)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the shop: the page, the API, notifications. The same as no command
    Serve,
    /// Look at orders and act on their payments
    #[command(subcommand, after_help = AFTER)]
    Order(OrderCommand),
    /// Messages to the shop's own systems that did not arrive yet
    #[command(subcommand, after_help = AFTER)]
    Outbox(OutboxCommand),
}

/// On orders.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Show an order: amount, items, payment orders, history, notifications, messages
    #[command(after_help = "Example:\n  merchant order show 7kbzhsr3z6s8bb2vghk10x6964")]
    Show(Show),
    /// List orders, the newest first
    #[command(after_help = "Examples:\n  merchant order list --status review\n  merchant order list --since 2h\n  \
                            merchant order list --status paid --since 2026-11-23 --limit 200 --json")]
    List(List),
    /// Find an order by the gateway's payment order id or transaction id
    #[command(after_help = "Example:\n  merchant order find 9aed5972-5b6a-401e-894b-a32c91ed1a3a")]
    Find(Find),
    /// Cancel: withdraw what is pending, a card payment that has not settled, or a page that nobody used
    #[command(after_help = "Example:\n  merchant order cancel 7kbzhsr3z6s8bb2vghk10x6964")]
    Cancel(Act),
    /// Expire: end a pending payment, or a page that nobody used
    #[command(after_help = "Example:\n  merchant order expire 7kbzhsr3z6s8bb2vghk10x6964")]
    Expire(Act),
    /// Give money back, all that is left or a part of it
    ///
    /// Each refund has a key, and the gateway gives nothing back twice under one key. When the answer was lost,
    /// repeat the very same command: it uses the same key again. A second refund of the same amount for the same
    /// reason is refused unless it has a new --key.
    #[command(after_help = "Examples:\n  merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --reason 'out of stock'\n  \
                            merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --amount 18000 --reason 'one tea missing'\n  \
                            merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --payment 7kbzhsr3z6s8bb2vghk10x6964-2 --reason 'paid twice'")]
    Refund(RefundArgs),
    /// Take a card payment that fraud detection doubts
    #[command(after_help = "Example:\n  merchant order approve 7kbzhsr3z6s8bb2vghk10x6964")]
    Approve(Act),
    /// Refuse a card payment that fraud detection doubts
    #[command(after_help = "Example:\n  merchant order deny 7kbzhsr3z6s8bb2vghk10x6964")]
    Deny(Act),
    /// Ask the gateway now how an order stands, or all that may still change
    #[command(after_help = "Examples:\n  merchant order reconcile 7kbzhsr3z6s8bb2vghk10x6964\n  \
                            merchant order reconcile --all --rate 2")]
    Reconcile(Ask),
}

/// On messages.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List messages that were not delivered, the oldest first
    #[command(after_help = "Examples:\n  merchant outbox list\n  merchant outbox list --dead --json")]
    List(OutboxList),
    /// Put a message back on its way at once, with all its tries; or every one that was given up
    ///
    /// What was given up may arrive after newer messages of its order: the shop goes by `version`.
    #[command(
        after_help = "Examples:\n  merchant outbox retry 7kbzhsr3z6s8bb2vghk10x6964-3\n  merchant outbox retry --dead"
    )]
    Retry(OutboxRetry),
}

/// For machines.
#[derive(Debug, Clone, Copy, Args)]
pub struct Format {
    /// Print JSON, errors too
    #[arg(long)]
    pub json: bool,
}

/// `order show`
#[derive(Debug, Args)]
pub struct Show {
    /// The order
    pub id: String,
    /// Also who ordered
    #[arg(long)]
    pub customer: bool,
    #[command(flatten)]
    pub format: Format,
}

/// `order list`
#[derive(Debug, Args)]
pub struct List {
    /// Only those that stand so
    #[arg(long, value_parser = PossibleValuesParser::new(STATUSES))]
    pub status: Option<String>,
    /// Only those ordered since: 30m, 2h, 7d, or a day as 2026-11-23
    #[arg(long, value_parser = since)]
    pub since: Option<Millis>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    #[command(flatten)]
    pub format: Format,
}

/// `order find`
#[derive(Debug, Args)]
pub struct Find {
    /// A payment order id or a transaction id
    pub number: String,
    #[command(flatten)]
    pub format: Format,
}

/// What all actions have in common.
#[derive(Debug, Clone, Args)]
pub struct How {
    /// Do not ask first
    #[arg(long)]
    pub yes: bool,
    /// Who does it, for the history; unless given, $USER
    #[arg(long, value_name = "NAME", value_parser = line)]
    pub by: Option<String>,
    /// Seconds that the gateway may take
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub wait: u64,
    #[command(flatten)]
    pub format: Format,
}

/// `order cancel`, `expire`, `approve`, `deny`
#[derive(Debug, Args)]
pub struct Act {
    /// The order
    pub id: String,
    /// Which payment order; unless given, the one that paid, else the one that can be paid
    #[arg(long, value_name = "PAYMENT_ORDER_ID")]
    pub payment: Option<String>,
    #[command(flatten)]
    pub how: How,
}

/// `order refund`
#[derive(Debug, Args)]
pub struct RefundArgs {
    /// The order
    pub id: String,
    /// How much, in rupiah; unless given, all that is left
    #[arg(long, value_name = "RUPIAH", value_parser = rupiah)]
    pub amount: Option<Rupiah>,
    /// Why; the gateway's dashboard shows it
    #[arg(long, value_parser = reason)]
    pub reason: String,
    /// A key of your own: letters, digits, - and _
    #[arg(long, value_parser = key)]
    pub key: Option<String>,
    /// Which payment order, when more than one was paid
    #[arg(long, value_name = "PAYMENT_ORDER_ID")]
    pub payment: Option<String>,
    #[command(flatten)]
    pub how: How,
}

/// `order reconcile`
#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "which")]
pub struct AskWhich {
    /// The order
    pub id: Option<String>,
    /// Every order that is created, pending, denied or in review
    #[arg(long)]
    pub all: bool,
}

/// `order reconcile`
#[derive(Debug, Args)]
pub struct Ask {
    #[command(flatten)]
    pub which: AskWhich,
    /// CheckoutService a second with --all: the gateway serves customers too
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub rate: u32,
    /// Seconds that the gateway may take for one order
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub wait: u64,
    #[command(flatten)]
    pub format: Format,
}

/// `outbox list`
#[derive(Debug, Args)]
pub struct OutboxList {
    /// Only those that were given up
    #[arg(long, conflicts_with = "waiting")]
    pub dead: bool,
    /// Only those on their way
    #[arg(long)]
    pub waiting: bool,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    #[command(flatten)]
    pub format: Format,
}

impl OutboxList {
    /// Which messages are meant.
    #[must_use]
    pub fn which(&self) -> Outbox {
        match (self.dead, self.waiting) {
            (true, _) => Outbox::Dead,
            (_, true) => Outbox::Waiting,
            _ => Outbox::Open,
        }
    }
}

/// `outbox retry`
#[derive(Debug, Args)]
pub struct OutboxRetry {
    #[command(flatten)]
    pub which: RetryWhich,
    #[command(flatten)]
    pub format: Format,
}

/// One or all that were given up.
#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "messages")]
pub struct RetryWhich {
    /// The message
    pub event_id: Option<String>,
    /// Every one that was given up
    #[arg(long)]
    pub dead: bool,
}
