//! The result of a payment action: the output after a success, and the error after a failure.

use super::context::CommandContext;
use super::error::CliError;
use super::output::{self, CommandOutput};
use crate::error::ErrorCode;
use crate::midtrans::{Action, ActionRejection, MidtransError};
use crate::rupiah::format_rupiah;
use orders::{OrderRecord, PaymentAttempt};

/// The output of an action: its result, and the order before and after it.
pub(super) async fn report_action(
    context: &CommandContext,
    before: &OrderRecord,
    attempt: &PaymentAttempt,
    result: String,
    notes: &[String],
) -> Result<CommandOutput, CliError> {
    let after = context.order(&before.order_id).await?;
    let status = if before.status == after.status {
        format!("{} is {}", after.order_id, after.status)
    } else {
        format!("{}: {} → {}", after.order_id, before.status, after.status)
    };
    let mut text = format!("{result}\norder {status}\n");
    if after.refunded_amount.0 > 0 {
        text += &format!("refunded so far: {}\n", format_rupiah(after.refunded_amount));
    }
    for note in notes {
        text += &format!("note: {note}\n");
    }
    text += &format!("next: merchant order show {}\n", after.order_id);
    Ok(CommandOutput::new(text, output::action(before, &after, attempt, &result, notes)))
}

/// The error for a rejection by the gateway.
pub(super) fn rejection_error(rejection: &ActionRejection, action: &Action<'_>, attempt_id: &str) -> CliError {
    match rejection {
        ActionRejection::NotFound => CliError::new(
            ErrorCode::PaymentNotFound,
            format!("the gateway knows no transaction of payment attempt {attempt_id}"),
            "check that the customer chose a method, and that MIDTRANS_ENVIRONMENT is the order's environment",
        ),
        ActionRejection::NotModifiable => CliError::new(
            ErrorCode::NotModifiable,
            format!("the payment can no longer be changed at the gateway: {} is not possible", action.as_str()),
            match action {
                Action::Cancel => "refund a settled payment: merchant order refund",
                Action::Refund { .. } => {
                    "cancel an unsettled card payment: merchant order cancel; the gateway cannot refund transfers and \
                     counter payments: pay the customer by transfer"
                }
                Action::Expire => "only a pending payment expires; see merchant order cancel",
                Action::Approve | Action::Deny => "only a challenged card payment can be approved or denied",
            },
        ),
        ActionRejection::KeyUsed => CliError::new(
            ErrorCode::RefundKeyUsed,
            "the gateway knows this refund key from another refund; nothing was refunded now",
            "repeat the command with a --key of your own",
        ),
        ActionRejection::AmountTooLarge(messages) => CliError::new(
            ErrorCode::RefundTooLarge,
            with_messages("the gateway rejects the amount", messages),
            format!("compare it with the rest (merchant order find {attempt_id}) and with your balance at Midtrans"),
        ),
        ActionRejection::Other(code, messages) => CliError::new(
            ErrorCode::GatewayRejected,
            with_messages(&format!("the gateway rejects the request with {code}"), messages),
            "look at the payment in the Midtrans dashboard",
        ),
    }
}

/// The error for a missing or invalid response, with `hint` unless the credentials are wrong.
pub(super) fn no_response_error(error: MidtransError, hint: &str) -> CliError {
    let unauthorized = error == MidtransError::Unauthorized;
    let error = CliError::from(error);
    if unauthorized { error } else { error.with_hint(hint) }
}

/// Appends the gateway's messages, if there are any.
fn with_messages(text: &str, messages: &[String]) -> String {
    if messages.is_empty() { text.to_owned() } else { format!("{text}: {}", messages.join("; ")) }
}
