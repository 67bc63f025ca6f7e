//! The commands and their options.

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use wire::Rupiah;
use wire::merchant::OrderStatus;

use super::value_parsers::{operator_name, refund_key, refund_reason, rupiah, since};
use crate::clock::Millis;
use crate::store::OutboxFilter;

const AFTER: &str =
    "Environment variables: DATABASE_URL for all commands; MIDTRANS_ENVIRONMENT and MIDTRANS_SERVER_KEY for
commands that call the gateway; SHOP_WEBHOOK_URL if changes are sent to the shop as webhooks.
Commands may run while the server runs.
Exit codes: 0 success, 1 error, 2 wrong usage. Times are WIB, as in the Midtrans dashboard.";

/// The merchant's backend. Without a command it runs the server.
#[derive(Debug, Parser)]
#[command(name = "merchant", version, after_help = AFTER)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Run the server. The same as no command
    Serve,
    /// Show orders and act on their payments
    #[command(subcommand, after_help = AFTER)]
    Order(OrderCommand),
    /// Show and retry undelivered webhook events
    #[command(subcommand, after_help = AFTER)]
    Outbox(OutboxCommand),
}

/// Commands for orders.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Show an order: amount, items, payment attempts, history, notifications, events
    #[command(after_help = "Example:\n  merchant order show 7kbzhsr3z6s8bb2vghk10x6964")]
    Show(ShowArgs),
    /// List orders, newest first
    #[command(after_help = "Examples:\n  merchant order list --status review\n  merchant order list --since 2h\n  \
                            merchant order list --status paid --since 2026-11-23 --limit 200 --json")]
    List(ListArgs),
    /// Find an order by a payment attempt id or a transaction id
    #[command(after_help = "Example:\n  merchant order find 9aed5972-5b6a-401e-894b-a32c91ed1a3a")]
    Find(FindArgs),
    /// Cancel a pending payment, an unsettled card payment, or an unused payment page
    #[command(after_help = "Example:\n  merchant order cancel 7kbzhsr3z6s8bb2vghk10x6964")]
    Cancel(ActionArgs),
    /// Expire a pending payment or an unused payment page
    #[command(after_help = "Example:\n  merchant order expire 7kbzhsr3z6s8bb2vghk10x6964")]
    Expire(ActionArgs),
    /// Refund the rest of a payment, or a part of it
    ///
    /// Each refund has a key, and the gateway refunds only once for a key. If the response was lost, repeat the same
    /// command: it uses the same key. A second refund with the same amount and reason needs a new --key.
    #[command(after_help = "Examples:\n  merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --reason 'out of stock'\n  \
                            merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --amount 18000 --reason 'one tea missing'\n  \
                            merchant order refund 7kbzhsr3z6s8bb2vghk10x6964 --attempt 7kbzhsr3z6s8bb2vghk10x6964-2 --reason 'paid twice'")]
    Refund(RefundArgs),
    /// Accept a card payment that fraud detection challenges
    #[command(after_help = "Example:\n  merchant order approve 7kbzhsr3z6s8bb2vghk10x6964")]
    Approve(ActionArgs),
    /// Deny a card payment that fraud detection challenges
    #[command(after_help = "Example:\n  merchant order deny 7kbzhsr3z6s8bb2vghk10x6964")]
    Deny(ActionArgs),
    /// Fetch the status of one order, or of all open orders, from the gateway
    #[command(after_help = "Examples:\n  merchant order reconcile 7kbzhsr3z6s8bb2vghk10x6964\n  \
                            merchant order reconcile --all --rate 2")]
    Reconcile(ReconcileArgs),
}

/// Commands for outbox events.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List undelivered events, oldest first
    #[command(after_help = "Examples:\n  merchant outbox list\n  merchant outbox list --dead --json")]
    List(OutboxListArgs),
    /// Retry an event, or all dead events, with a full set of tries
    ///
    /// A dead event may arrive after newer events of its order; the shop must compare `version`.
    #[command(
        after_help = "Examples:\n  merchant outbox retry 7kbzhsr3z6s8bb2vghk10x6964-3\n  merchant outbox retry --dead"
    )]
    Retry(OutboxRetryArgs),
}

/// The output format.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputFormat {
    /// Print JSON, also for errors
    #[arg(long)]
    pub json: bool,
}

/// `order show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The order id
    pub id: String,
    /// Also show the customer's details
    #[arg(long)]
    pub customer: bool,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// `order list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only orders with this status
    #[arg(long, value_parser = PossibleValuesParser::new(OrderStatus::ALL.iter().map(OrderStatus::as_str)))]
    pub status: Option<String>,
    /// Only orders created since: 30m, 2h, 7d, or a day such as 2026-11-23
    #[arg(long, value_parser = since)]
    pub since: Option<Millis>,
    /// Maximum number of lines
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// `order find`
#[derive(Debug, Args)]
pub struct FindArgs {
    /// A payment attempt id or a transaction id
    pub number: String,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// Options of all actions.
#[derive(Debug, Clone, Args)]
pub struct CommonActionArgs {
    /// Do not prompt for a confirmation
    #[arg(long)]
    pub yes: bool,
    /// Your name for the order's history [default: $USER]
    #[arg(long, value_name = "NAME", value_parser = operator_name)]
    pub by: Option<String>,
    /// Time limit for the gateway, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub timeout: u64,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// `order cancel`, `expire`, `approve`, `deny`
#[derive(Debug, Args)]
pub struct ActionArgs {
    /// The order id
    pub id: String,
    /// The payment attempt [default: the one that paid, else the current one]
    #[arg(long, value_name = "ATTEMPT_ID")]
    pub attempt: Option<String>,
    #[command(flatten)]
    pub common: CommonActionArgs,
}

/// `order refund`
#[derive(Debug, Args)]
pub struct RefundArgs {
    /// The order id
    pub id: String,
    /// The amount in rupiah [default: the rest]
    #[arg(long, value_name = "RUPIAH", value_parser = rupiah)]
    pub amount: Option<Rupiah>,
    /// The reason, which the Midtrans dashboard shows
    #[arg(long, value_parser = refund_reason)]
    pub reason: String,
    /// A refund key of your own: letters, digits, - and _
    #[arg(long, value_parser = refund_key)]
    pub key: Option<String>,
    /// The payment attempt; required if more than one was paid
    #[arg(long, value_name = "ATTEMPT_ID")]
    pub attempt: Option<String>,
    #[command(flatten)]
    pub common: CommonActionArgs,
}

/// `order reconcile`
#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "which")]
pub struct ReconcileTarget {
    /// The order id
    pub id: Option<String>,
    /// All orders that are created, pending, denied or under review
    #[arg(long)]
    pub all: bool,
}

/// `order reconcile`
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    #[command(flatten)]
    pub target: ReconcileTarget,
    /// Orders a second with --all, because the gateway serves customers too
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub rate: u32,
    /// Time limit for the gateway and one order, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub timeout: u64,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// `outbox list`
#[derive(Debug, Args)]
pub struct OutboxListArgs {
    /// Only dead events, which are not retried
    #[arg(long, conflicts_with = "pending")]
    pub dead: bool,
    /// Only pending events, which are retried
    #[arg(long)]
    pub pending: bool,
    /// Maximum number of lines
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    #[command(flatten)]
    pub format: OutputFormat,
}

impl OutboxListArgs {
    /// The filter of the options.
    #[must_use]
    pub fn filter(&self) -> OutboxFilter {
        match (self.dead, self.pending) {
            (true, _) => OutboxFilter::Dead,
            (_, true) => OutboxFilter::Pending,
            _ => OutboxFilter::Undelivered,
        }
    }
}

/// `outbox retry`
#[derive(Debug, Args)]
pub struct OutboxRetryArgs {
    #[command(flatten)]
    pub target: RetryTarget,
    #[command(flatten)]
    pub format: OutputFormat,
}

/// One event or all dead events.
#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "events")]
pub struct RetryTarget {
    /// The event id
    pub event_id: Option<String>,
    /// All dead events
    #[arg(long)]
    pub dead: bool,
}
