//! The operator's command-line tool: commands that show orders, act on their payments and add to their history.
//!
//! Commands work on the same store as running servers, with the same leases and rules. An action changes the payment at
//! the gateway; the order then changes by the gateway's status, as always.

mod action_result;
mod args;
mod context;
mod error;
mod format;
mod outbox;
mod output;
mod paid_attempts;
mod payment_actions;
mod reconcile;
mod refund;
mod show;
mod terminal;
mod value_parsers;

use std::process::ExitCode;

pub use args::{Cli, CliCommand};
pub use error::CliError;

use crate::config::CliConfig;
use crate::error::ErrorCode;
use crate::midtrans::Action;
use crate::store::Store;
use args::{ActionArgs, CommonActionArgs, OrderCommand, OutboxCommand, OutputFormat};
use context::CommandContext;
use output::CommandOutput;

/// Runs one command. It prints the result to standard output and errors to standard error.
pub async fn run(command: &CliCommand, lookup: impl Fn(&str) -> Option<String>) -> ExitCode {
    let format = output_format(command);
    match (execute(command, lookup).await, format.json) {
        (Ok(output), json) => {
            if json {
                terminal::print_json(&output.json);
            } else {
                terminal::print(&output.text);
            }
            if output.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        (Err(error), json) => {
            if json {
                terminal::print_json(&error.json());
            } else {
                terminal::eprint(&error.text());
            }
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: &CliCommand, lookup: impl Fn(&str) -> Option<String>) -> Result<CommandOutput, CliError> {
    let user = lookup("USER").filter(|user| !user.trim().is_empty());
    let config = CliConfig::read(lookup)?;
    let store = open_store(&config).await?;
    let output = match command {
        // `main` starts the server.
        CliCommand::Serve => {
            Err(CliError::new(ErrorCode::Internal, "this command is no server", "start merchant without a command"))
        }
        CliCommand::Order(command) => execute_order(command, &config, &store, user.as_deref()).await,
        CliCommand::Outbox(OutboxCommand::List(args)) => outbox::list(&store, args).await,
        CliCommand::Outbox(OutboxCommand::Retry(args)) => outbox::retry(&store, args).await,
    };
    store.close().await;
    output
}

async fn execute_order(
    command: &OrderCommand,
    config: &CliConfig,
    store: &Store,
    user: Option<&str>,
) -> Result<CommandOutput, CliError> {
    let context = |timeout| CommandContext::new(config, store.clone(), timeout);
    let operator = |common: &CommonActionArgs| operator_name(common.by.as_deref(), user);
    let act = async |args: &ActionArgs, action| {
        let context = context(args.common.timeout)?;
        payment_actions::run_action(&context, args, &action, &operator(&args.common)).await
    };
    match command {
        OrderCommand::Show(args) => show::show(store, args).await,
        OrderCommand::List(args) => show::list(store, args).await,
        OrderCommand::Find(args) => show::find(store, args).await,
        OrderCommand::Cancel(args) => act(args, Action::Cancel).await,
        OrderCommand::Expire(args) => act(args, Action::Expire).await,
        OrderCommand::Approve(args) => act(args, Action::Approve).await,
        OrderCommand::Deny(args) => act(args, Action::Deny).await,
        OrderCommand::Refund(args) => {
            refund::refund(&context(args.common.timeout)?, args, &operator(&args.common)).await
        }
        OrderCommand::Reconcile(args) => reconcile::reconcile(&context(args.timeout)?, args).await,
    }
}

/// Opens the store of a server. A SQLite file must exist.
async fn open_store(config: &CliConfig) -> Result<Store, CliError> {
    let url = config.database_url.as_str();
    if let Some(file) = Store::missing_file(url)? {
        return Err(CliError::new(
            ErrorCode::DatabaseMissing,
            format!("there is no database at {}", file.display()),
            "set DATABASE_URL as for the server, or run the command in the server's folder",
        ));
    }
    let store = Store::open(url).await?;
    Ok(if config.webhooks_enabled { store.with_webhooks() } else { store })
}

/// The operator's name for the history.
fn operator_name(by: Option<&str>, user: Option<&str>) -> String {
    let name = by.or(user).and_then(|name| value_parsers::operator_name(name).ok());
    name.unwrap_or_else(|| "unknown operator".into())
}

fn output_format(command: &CliCommand) -> OutputFormat {
    match command {
        CliCommand::Serve => OutputFormat { json: false },
        CliCommand::Order(command) => match command {
            OrderCommand::Show(args) => args.format,
            OrderCommand::List(args) => args.format,
            OrderCommand::Find(args) => args.format,
            OrderCommand::Cancel(args)
            | OrderCommand::Expire(args)
            | OrderCommand::Approve(args)
            | OrderCommand::Deny(args) => args.common.format,
            OrderCommand::Refund(args) => args.common.format,
            OrderCommand::Reconcile(args) => args.format,
        },
        CliCommand::Outbox(OutboxCommand::List(args)) => args.format,
        CliCommand::Outbox(OutboxCommand::Retry(args)) => args.format,
    }
}
