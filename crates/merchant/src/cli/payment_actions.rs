//! `merchant order cancel`, `expire`, `approve` and `deny`.
//!
//! The gateway performs the action, its status proves it, and the history names the operator.

use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, StatusResponse, TransactionStatus as T};

use super::action_result::{no_response_error, rejection_error, report_action};
use super::args::ActionArgs;
use super::context::CommandContext;
use super::error::CliError;
use super::output::CommandOutput;
use super::paid_attempts::require_single_payment;
use super::terminal;
use crate::clock;
use crate::error::ErrorCode;
use crate::midtrans::{Action, ActionOutcome};
use crate::rupiah::format_rupiah;
use orders::order_update::is_failed_final;
use orders::{AttemptRef, OrderRecord, OrderUpdate, PaymentAttempt, UpdateOutcome};

/// The order, the payment attempt and its status before an action.
struct Target {
    order: OrderRecord,
    attempt: PaymentAttempt,
    status: Option<StatusResponse>,
}

/// Runs one action.
pub(super) async fn run_action(
    context: &CommandContext,
    args: &ActionArgs,
    action: &Action<'_>,
    by: &str,
) -> Result<CommandOutput, CliError> {
    context.order(&args.id).await?;
    let target = load_target(context, args, action).await;
    let target = context.record_failed_precheck(&args.id, (action.as_str(), by), target).await?;
    let Target { order, attempt, status } = &target;
    let word = action.as_str();
    if already_applied(action, order, status.as_ref()) {
        context.add_note(&order.order_id, &format!("{word} requested by {by}: already done")).await?;
        return report_action(context, order, attempt, format!("nothing to do: {word} is already done"), &[]).await;
    }
    let closes_page = closes_page(action, order, status.as_ref());
    terminal::confirm(&question(context, action, &target, closes_page), args.common.yes)?;
    let request = format!("{word} requested by {by}: payment attempt {}", attempt.attempt_id);
    context.add_note(&order.order_id, &request).await?;
    let result = if closes_page {
        close_page(context, order, attempt, action).await
    } else {
        call_gateway(context, attempt, action).await
    };
    let entry = match &result {
        Ok(how) => format!("{word} succeeded: {how}"),
        Err(error) => format!("{word} failed: {error}"),
    };
    let recorded = context.add_note(&order.order_id, &entry).await;
    let how = result?;
    let mut notes = Vec::new();
    if recorded.is_err() {
        notes.push("the action succeeded, but the order's history could not be written".to_owned());
    }
    if !closes_page {
        if *action == Action::Cancel && order.status.is_payable() {
            notes.extend(cancel_token(context, attempt).await);
        }
        let is_visible = |status: Option<&StatusResponse>| is_applied(action, status);
        notes.extend(context.sync_after_action(attempt, &order.order_id, is_visible).await?);
    }
    report_action(context, order, attempt, format!("{word} succeeded: {how}"), &notes).await
}

/// Reconciles the order, selects the payment attempt and fetches its status.
async fn load_target(context: &CommandContext, args: &ActionArgs, action: &Action<'_>) -> Result<Target, CliError> {
    context.reconcile(&args.id).await?;
    let order = context.order(&args.id).await?;
    if *action == Action::Cancel && args.attempt.is_none() && order.payer.is_some() {
        require_single_payment(&order, &context.attempt_statuses(&order.order_id).await?)?;
    }
    let attempt = context.select_attempt(&order, args.attempt.as_deref()).await?;
    let status = context.gateway_status(&attempt).await?;
    Ok(Target { order, attempt, status })
}

/// Whether the order already has the result of the action.
fn already_applied(action: &Action<'_>, order: &OrderRecord, status: Option<&StatusResponse>) -> bool {
    match action {
        Action::Cancel => order.status == OrderStatus::Cancelled,
        Action::Expire => order.status == OrderStatus::Expired,
        Action::Approve | Action::Deny => is_applied(action, status),
        Action::Refund { .. } => false,
    }
}

/// Whether the gateway's status shows the action.
fn is_applied(action: &Action<'_>, status: Option<&StatusResponse>) -> bool {
    let Some(status) = status else { return false };
    let accepted = status.fraud_status == Some(FraudStatus::Accept);
    match action {
        Action::Cancel => status.transaction_status == T::Cancel,
        Action::Expire => status.transaction_status == T::Expire,
        Action::Approve => accepted && matches!(status.transaction_status, T::Capture | T::Settlement),
        Action::Deny => status.transaction_status == T::Deny,
        Action::Refund { .. } => false,
    }
}

/// Whether the action only closes the payment page, because no method was chosen or the last payment failed.
fn closes_page(action: &Action<'_>, order: &OrderRecord, status: Option<&StatusResponse>) -> bool {
    matches!(action, Action::Cancel | Action::Expire)
        && order.status.is_payable()
        && status.is_none_or(|status| is_failed_final(status))
}

fn question(context: &CommandContext, action: &Action<'_>, target: &Target, closes_page: bool) -> String {
    let Target { order, attempt, status } = target;
    let method = status.as_ref().and_then(|status| status.payment_type.as_ref());
    let method = method.map_or("payment", |method| method.as_str());
    let effect = match action {
        Action::Cancel | Action::Expire if closes_page => {
            "the payment page is closed, and the order can no longer be paid".to_owned()
        }
        Action::Cancel => format!("the {method} is cancelled; an amount taken from a card is returned"),
        Action::Expire => format!("the pending {method} expires and can no longer be paid"),
        Action::Approve => format!("the {method} is accepted, and the money is taken"),
        Action::Deny => format!("the {method} is denied, and the customer keeps the money"),
        Action::Refund { .. } => String::new(),
    };
    format!(
        "{} order {} ({}, {}), payment attempt {}, at Midtrans ({}): {effect}.",
        action.as_str(),
        order.order_id,
        order.status,
        format_rupiah(order.gross_amount),
        attempt.attempt_id,
        context.environment
    )
}

async fn call_gateway(
    context: &CommandContext,
    attempt: &PaymentAttempt,
    action: &Action<'_>,
) -> Result<&'static str, CliError> {
    let (id, transaction) = (&attempt.attempt_id, attempt.transaction_id.as_deref());
    let result = context.gateway.perform_action(id, transaction, action, context.deadline()).await;
    if result.outcome == Ok(ActionOutcome::Done) {
        return Ok("confirmed by the gateway");
    }
    // After a lost response, or a rejection that follows one, the status says whether the action was performed.
    if context.gateway_status(attempt).await.is_ok_and(|status| is_applied(action, status.as_ref())) {
        return Ok("the gateway's status shows it");
    }
    match result.outcome {
        Ok(ActionOutcome::Done) => Ok("confirmed by the gateway"),
        Ok(ActionOutcome::Rejected(rejection)) => Err(rejection_error(&rejection, action, id)),
        Err(error) => {
            Err(no_response_error(error, "the action may have succeeded; repeat the command, which checks it first"))
        }
    }
}

/// Cancels the token and closes the order, unless the customer is paying.
async fn close_page(
    context: &CommandContext,
    order: &OrderRecord,
    attempt: &PaymentAttempt,
    action: &Action<'_>,
) -> Result<&'static str, CliError> {
    let in_progress = |why: &str| {
        let hint = format!("merchant order reconcile {}, then repeat the command", order.order_id);
        CliError::new(ErrorCode::PaymentInProgress, format!("the payment page cannot be closed: {why}"), hint)
    };
    match &attempt.token {
        Some(token) if !context.gateway.cancel_token(&token.token, context.deadline()).await? => {
            return Err(in_progress("the customer is paying"));
        }
        None if attempt.token_lease_until > clock::now() => return Err(in_progress("its token is being created")),
        Some(_) | None => {}
    }
    let to = if *action == Action::Expire { OrderStatus::Expired } else { OrderStatus::Cancelled };
    let source = AttemptRef { attempt_id: attempt.attempt_id.clone(), transaction_id: None };
    let update = move |order: &OrderRecord, attempt: &PaymentAttempt| {
        let closes = order.status.is_payable() && attempt.attempt_id == source.attempt_id;
        OrderUpdate {
            status: closes.then_some(to),
            payment: None,
            refunded: None,
            outcome: UpdateOutcome::PageClosed,
            source,
            sets_payer: false,
        }
    };
    match context.store.update_order(&order.order_id, clock::now(), update).await?.status {
        Some(_) => Ok("the payment page was closed"),
        None => Err(in_progress("the order has changed")),
    }
}

/// Cancels the token, so that the customer cannot choose another method. Returns a note if that fails.
async fn cancel_token(context: &CommandContext, attempt: &PaymentAttempt) -> Option<String> {
    let token = attempt.token.as_ref()?;
    match context.gateway.cancel_token(&token.token, context.deadline()).await {
        Ok(true) => None,
        Ok(false) | Err(_) => Some("the payment page could not be closed; it expires within a day".into()),
    }
}
