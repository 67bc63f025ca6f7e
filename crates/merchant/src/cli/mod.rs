//! The operator's desk: commands that look at orders, act on their payments and leave a line in their history.
//!
//! They work on the store beside a running merchant, by the same leases and rules; what the gateway does to a
//! payment reaches the order through the gateway's own status, as everything else.

mod args;
mod context;
mod error;
mod format;
mod outbox;
mod output;
mod payment_actions;
mod reconcile;
mod refund;
mod refund_idempotency;
mod review_resolution;
mod show;
mod value_parsers;

use std::process::ExitCode;

use serde_json::Value;

pub use args::{Cli, Command};
pub use error::Refusal;

use crate::config::CliConfig;
use crate::midtrans::Action;
use crate::store::Store;
use args::{Format, OrderCommand, OutboxCommand};
use context::Hands;

/// What a command has to say.
struct Told {
    text: String,
    json: Value,
    /// Whether some of it failed.
    failed: bool,
}

/// Runs one command; what it says goes to standard output, what went wrong to standard error.
pub async fn run(command: &Command, lookup: impl Fn(&str) -> Option<String>) -> ExitCode {
    let format = format_of(command);
    let (told, code) = match work(command, lookup).await {
        Ok(told) => {
            let code = if told.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            (Ok(told), code)
        }
        Err(refusal) => (Err(refusal), ExitCode::FAILURE),
    };
    match (told, format.json) {
        (Ok(told), true) => format::print_json(&told.json),
        (Ok(told), false) => format::print(&told.text),
        (Err(refusal), true) => format::print_json(&refusal.json()),
        (Err(refusal), false) => format::tell(&refusal.text()),
    }
    code
}

async fn work(command: &Command, lookup: impl Fn(&str) -> Option<String>) -> Result<Told, Refusal> {
    let user = lookup("USER").filter(|user| !user.trim().is_empty());
    let config = CliConfig::read(lookup)?;
    let store = open(&config).await?;
    let told = match command {
        // The server is started elsewhere.
        Command::Serve => Err(Refusal::new("internal", "the desk does not serve", "start merchant without a command")),
        Command::Order(command) => order(command, &config, &store, user.as_deref()).await,
        Command::Outbox(OutboxCommand::List(args)) => outbox::list(&store, args).await,
        Command::Outbox(OutboxCommand::Retry(args)) => outbox::retry(&store, args).await,
    };
    store.close().await;
    told
}

async fn order(command: &OrderCommand, config: &CliConfig, store: &Store, user: Option<&str>) -> Result<Told, Refusal> {
    let hands = |wait| Hands::new(config, store.clone(), wait);
    let acting = async |args: &args::Act, action| {
        let hands = hands(args.how.wait)?;
        payment_actions::act(&hands, args, &action, &who(args.how.by.as_deref(), user)).await
    };
    match command {
        OrderCommand::Show(args) => show::show(store, args).await,
        OrderCommand::List(args) => show::list(store, args).await,
        OrderCommand::Find(args) => show::find(store, args).await,
        OrderCommand::Cancel(args) => acting(args, Action::Cancel).await,
        OrderCommand::Expire(args) => acting(args, Action::Expire).await,
        OrderCommand::Approve(args) => acting(args, Action::Approve).await,
        OrderCommand::Deny(args) => acting(args, Action::Deny).await,
        OrderCommand::Refund(args) => {
            refund::refund(&hands(args.how.wait)?, args, &who(args.how.by.as_deref(), user)).await
        }
        OrderCommand::Reconcile(args) => reconcile::reconcile(&hands(args.wait)?, args).await,
    }
}

/// The store, which a running merchant has made; one that tells the shop's own systems, where there are any.
async fn open(config: &CliConfig) -> Result<Store, Refusal> {
    let url = config.database_url.as_str();
    if let Some(file) = Store::missing_file(url)? {
        let sentence = format!("there is no database at {}", file.display());
        return Err(Refusal::new(
            "no_database",
            sentence,
            "set DATABASE_URL as the merchant has it, or run this in its folder",
        ));
    }
    let store = Store::open(url).await?;
    Ok(if config.webhooks_enabled { store.announcing() } else { store })
}

/// Who does it, for the history.
fn who(by: Option<&str>, user: Option<&str>) -> String {
    let name = by.or(user).and_then(|name| value_parsers::line(name).ok());
    name.unwrap_or_else(|| "somebody".into())
}

fn format_of(command: &Command) -> Format {
    match command {
        Command::Serve => Format { json: false },
        Command::Order(command) => match command {
            OrderCommand::Show(args) => args.format,
            OrderCommand::List(args) => args.format,
            OrderCommand::Find(args) => args.format,
            OrderCommand::Cancel(args)
            | OrderCommand::Expire(args)
            | OrderCommand::Approve(args)
            | OrderCommand::Deny(args) => args.how.format,
            OrderCommand::Refund(args) => args.how.format,
            OrderCommand::Reconcile(args) => args.format,
        },
        Command::Outbox(OutboxCommand::List(args)) => args.format,
        Command::Outbox(OutboxCommand::Retry(args)) => args.format,
    }
}
