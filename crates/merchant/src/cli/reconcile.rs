//! `merchant order reconcile`: fetches the status of one order, or of all open orders at a limited rate.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use super::args::ReconcileArgs;
use super::context::CommandContext;
use super::error::CliError;
use super::output::CommandOutput;
use super::terminal;

/// Orders that are read from the database together.
const PAGE_SIZE: i64 = 100;

/// Concurrent status checks.
const MAX_CONCURRENT: usize = 4;

/// The command stops after so many failures in a row, because the gateway is down.
const MAX_CONSECUTIVE_FAILURES: usize = 8;

/// Without a terminal, the progress is printed after so many orders.
const PROGRESS_INTERVAL: usize = 100;

pub(super) async fn reconcile(context: &CommandContext, args: &ReconcileArgs) -> Result<CommandOutput, CliError> {
    match &args.target.id {
        Some(id) => reconcile_one(context, id).await,
        None => reconcile_all(context, args.rate).await,
    }
}

async fn reconcile_one(context: &CommandContext, id: &str) -> Result<CommandOutput, CliError> {
    let before = context.order(id).await?;
    let report = context.reconcile(id).await?;
    let after = context.order(id).await?;
    let mut text = if before.status == after.status {
        format!("order {id} is {}: no change\n", after.status)
    } else {
        format!("order {id}: {} → {}\n", before.status, after.status)
    };
    for update in &report.updates {
        text += &format!("  {update}\n");
    }
    if let Some(reason) = report.unconfirmed {
        text += &format!("note: a notification is still pending: {reason}\n");
    }
    text += &format!("next: merchant order show {id}\n");
    let json = json!({
        "order_id": id,
        "before": before.status,
        "status": after.status,
        "updates": report.updates,
        "pending_notification": report.unconfirmed.map(|reason| reason.to_string()),
    });
    Ok(CommandOutput::new(text, json))
}

/// The result for one order.
struct OrderResult {
    id: String,
    before: String,
    /// The status afterwards.
    after: Result<String, CliError>,
}

/// The result for all orders.
#[derive(Default)]
struct Summary {
    checked: usize,
    /// Id, status before and status after.
    changed: Vec<(String, String, String)>,
    failed: Vec<(String, CliError)>,
    consecutive_failures: usize,
}

async fn reconcile_all(context: &CommandContext, rate: u32) -> Result<CommandOutput, CliError> {
    let mut interval = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let interval = tokio::sync::Mutex::new(interval);
    let mut summary = Summary::default();
    let mut last_id = String::new();
    let mut aborted = false;
    'pages: loop {
        let page = context.store.open_orders(&last_id, PAGE_SIZE).await?;
        let Some(last) = page.last() else { break };
        last_id = last.clone();
        let interval = &interval;
        let mut results = std::pin::pin!(
            stream::iter(page)
                .map(|id| async move {
                    interval.lock().await.tick().await;
                    check(context, id).await
                })
                .buffer_unordered(MAX_CONCURRENT)
        );
        while let Some(result) = results.next().await {
            summary.add(result);
            summary.print_progress();
            if summary.consecutive_failures >= MAX_CONSECUTIVE_FAILURES {
                aborted = true;
                break 'pages;
            }
        }
    }
    if terminal::stderr_is_tty() && summary.checked > 0 {
        terminal::eprint("\n");
    }
    Ok(summary.into_output(aborted))
}

async fn check(context: &CommandContext, id: String) -> OrderResult {
    let before = match context.order(&id).await {
        Ok(order) => order.status.to_string(),
        Err(error) => return OrderResult { id, before: String::new(), after: Err(error) },
    };
    let after = async {
        context.reconcile(&id).await?;
        Ok(context.order(&id).await?.status.to_string())
    };
    let after = after.await;
    OrderResult { id, before, after }
}

impl Summary {
    fn add(&mut self, result: OrderResult) {
        let OrderResult { id, before, after } = result;
        self.checked += 1;
        match after {
            Ok(after) => {
                self.consecutive_failures = 0;
                if after != before {
                    self.changed.push((id, before, after));
                }
            }
            Err(error) => {
                self.consecutive_failures += 1;
                self.failed.push((id, error));
            }
        }
    }

    fn print_progress(&self) {
        let Self { checked, changed, failed, .. } = self;
        let progress = format!("checked {checked}, changed {}, failed {}", changed.len(), failed.len());
        if terminal::stderr_is_tty() {
            terminal::eprint(&format!("\r{progress}"));
        } else if checked % PROGRESS_INTERVAL == 0 {
            terminal::eprint(&format!("{progress}\n"));
        }
    }

    fn into_output(self, aborted: bool) -> CommandOutput {
        let Self { checked, changed, failed, .. } = self;
        let mut text = String::new();
        for (id, before, after) in &changed {
            text += &format!("{id}: {before} → {after}\n");
        }
        for (id, error) in &failed {
            text += &format!("{id}: {error}\n");
        }
        text += &format!("{checked} orders checked: {} changed, {} failed\n", changed.len(), failed.len());
        text += match (aborted, failed.is_empty()) {
            (true, _) => {
                "stopped early: the gateway or the database does not respond\nnext: repeat the command later\n"
            }
            (false, false) => "next: repeat the command; a running server checks these orders again too\n",
            (false, true) => "next: merchant order list --status review lists orders that need a decision\n",
        };
        let changed: Vec<Value> = changed
            .iter()
            .map(|(id, before, after)| json!({"order_id": id, "before": before, "status": after}))
            .collect();
        let failures: Vec<Value> = failed
            .iter()
            .map(|(id, error)| json!({"order_id": id, "code": error.code.as_str(), "message": error.message}))
            .collect();
        let json = json!({"checked": checked, "changed": changed, "failed": failures, "aborted": aborted});
        CommandOutput { text, json, failed: !failed.is_empty() }
    }
}
