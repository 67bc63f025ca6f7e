//! `merchant order refund`: refunds a payment or a part of it, never twice by mistake.

use wire::Rupiah;
use wire::midtrans::StatusResponse;

use super::action_result::{no_response_error, rejection_error, report_action};
use super::args::RefundArgs;
use super::context::CommandContext;
use super::error::CliError;
use super::format::format_wib;
use super::output::CommandOutput;
use super::paid_attempts::{has_money, require_single_payment};
use super::terminal;
use crate::clock;
use crate::error::ErrorCode;
use crate::midtrans::{Action, ActionOutcome, ActionRejection, MidtransError};
use crate::rupiah::format_rupiah;
use crate::store::RefundRequest;
use orders::amount_policy::{refundable, refunded_total};
use orders::refund_idempotency::{
    Refund, RefundInput, RefundOutcome, RefundPlan, RefundRejection, Skip, decide_refund, find_repeated, lost_results,
    outcome_of_rejection,
};
use orders::review_resolution::{FundsHeld, funds_held};
use orders::{OrderRecord, PaymentAttempt};

/// One run of the command: the order, the payment attempt to refund and its status at the gateway.
struct RefundSession<'a> {
    context: &'a CommandContext,
    by: &'a str,
    order: OrderRecord,
    attempt: PaymentAttempt,
    status: StatusResponse,
    /// Refunds that this run found to have succeeded: their responses were lost.
    recovered: Vec<Refund>,
}

/// The failure of a request for a refund. Without an outcome, it is unknown whether the gateway refunded.
struct RefundFailure {
    error: CliError,
    outcome: Option<RefundOutcome>,
}

pub(super) async fn refund(context: &CommandContext, args: &RefundArgs, by: &str) -> Result<CommandOutput, CliError> {
    context.order(&args.id).await?;
    let session = RefundSession::open(context, args, by).await;
    let session = context.record_failed_precheck(&args.id, ("refund", by), session).await?;
    session.run(args).await
}

impl<'a> RefundSession<'a> {
    /// Reconciles the order, selects the payment attempt and recovers lost results.
    async fn open(context: &'a CommandContext, args: &RefundArgs, by: &'a str) -> Result<Self, CliError> {
        context.reconcile(&args.id).await?;
        let order = context.order(&args.id).await?;
        let (attempt, status) = select_payment(context, &order, args.attempt.as_deref()).await?;
        let mut session = Self { context, by, order, attempt, status, recovered: vec![] };
        session.recover_lost_results().await?;
        Ok(session)
    }

    /// Records refunds without a known outcome that the gateway lists by now.
    async fn recover_lost_results(&mut self) -> Result<(), CliError> {
        let store = &self.context.store;
        let attempt_id = &self.attempt.attempt_id;
        self.recovered = lost_results(&store.refunds(attempt_id).await?, |key| contains_refund(&self.status, key));
        for refund in &self.recovered {
            store.finish_refund(attempt_id, &refund.key, RefundOutcome::Succeeded).await?;
            let entry = format!("refund succeeded: the gateway lists it, key {}", refund.key);
            self.context.add_note(&self.order.order_id, &entry).await?;
        }
        Ok(())
    }

    async fn run(&self, args: &RefundArgs) -> Result<CommandOutput, CliError> {
        let input = RefundInput {
            attempt_id: &self.attempt.attempt_id,
            amount: args.amount,
            reason: &args.reason,
            key: args.key.as_deref(),
            refundable: refundable(&self.status).ok_or_else(|| {
                CliError::new(
                    ErrorCode::GatewayInvalidResponse,
                    "the gateway's status of the payment has no amount",
                    "look at the payment in the Midtrans dashboard",
                )
            })?,
            at: clock::now(),
        };
        let plan = match self.plan(&input, args.common.yes).await? {
            Ok(plan) => plan,
            Err(skip) => return self.finish_skipped(skip).await,
        };
        let how = self.execute(&plan).await;
        self.finish(&plan, &input, how).await
    }

    /// Decides which refund to send, prompts the operator, and stores the refund with its key.
    async fn plan(&self, input: &RefundInput<'_>, yes: bool) -> Result<Result<RefundPlan, Skip>, CliError> {
        // The operator repeated the command because the response was lost.
        if let Some(refund) = find_repeated(&self.recovered, input) {
            return Ok(Err(Skip::AlreadyDone(refund.clone())));
        }
        let store = &self.context.store;
        let preview = match decide_refund(&store.refunds(input.attempt_id).await?, input) {
            Ok(plan) => plan,
            Err(skip) => return Ok(Err(skip)),
        };
        terminal::confirm(&self.question(preview.refund()), yes)?;
        // The store decides again inside the transaction, because another operator may have been faster.
        let request = RefundRequest {
            order_id: &self.order.order_id,
            attempt_id: input.attempt_id,
            by: self.by,
            at: clock::now(),
        };
        Ok(store.plan_refund(request, |known| decide_refund(known, input)).await?)
    }

    /// Sends the refund to the gateway, and finds out the outcome if the response is lost.
    async fn execute(&self, plan: &RefundPlan) -> Result<&'static str, RefundFailure> {
        let refund = plan.refund();
        let action = Action::Refund { key: &refund.key, amount: refund.amount, reason: &refund.reason };
        let (id, transaction) = (&self.attempt.attempt_id, self.attempt.transaction_id.as_deref());
        let gateway = &self.context.gateway;
        let result = gateway.perform_action(id, transaction, &action, self.context.deadline()).await;
        if result.outcome == Ok(ActionOutcome::Done) {
            return Ok("confirmed by the gateway");
        }
        let status = self.context.gateway_status(&self.attempt).await;
        if matches!(&status, Ok(Some(status)) if contains_refund(status, &refund.key)) {
            return Ok("the gateway lists it");
        }
        // A status that is unavailable, or that shows refunds without their keys.
        let unclear = match &status {
            Ok(Some(status)) => status.refunds.is_none() && refunded_total(status).0 > 0,
            Ok(None) => false,
            Err(_) => true,
        };
        // An earlier try under this key may have succeeded.
        let retried = result.tries > 1 || matches!(plan, RefundPlan::Retry(_));
        match result.outcome {
            Ok(ActionOutcome::Done) => Ok("confirmed by the gateway"),
            Ok(ActionOutcome::Rejected(ActionRejection::KeyUsed)) if retried => {
                Ok("the gateway refunded before under this key")
            }
            Ok(ActionOutcome::Rejected(rejection)) => Err(RefundFailure {
                error: rejection_error(&rejection, &action, id),
                outcome: outcome_of_rejection(retried, unclear),
            }),
            Err(error) => Err(RefundFailure {
                outcome: (error == MidtransError::Unauthorized && !retried).then_some(RefundOutcome::Rejected),
                error: no_response_error(
                    error,
                    "repeat the same command: it uses the same key, so nothing is refunded twice",
                ),
            }),
        }
    }

    /// Records the outcome, then reports it.
    async fn finish(
        &self,
        plan: &RefundPlan,
        input: &RefundInput<'_>,
        how: Result<&'static str, RefundFailure>,
    ) -> Result<CommandOutput, CliError> {
        let Refund { key, amount, .. } = plan.refund();
        let (entry, outcome) = match &how {
            Ok(how) => (format!("refund succeeded: {how}, key {key}"), Some(RefundOutcome::Succeeded)),
            Err(failure) => (format!("refund failed: {}, key {key}", failure.error), failure.outcome),
        };
        let recorded = self.record(key, outcome, &entry).await;
        let how = how.map_err(|failure| failure.error)?;
        let mut notes = Vec::new();
        if recorded.is_err() {
            notes.push("the refund succeeded, but the order's history could not be written".to_owned());
        }
        let is_visible = |status: Option<&StatusResponse>| {
            status.is_some_and(|status| contains_refund(status, key) || refundable(status) < Some(input.refundable))
        };
        let order_id = &self.order.order_id;
        notes.extend(self.context.sync_after_action(&self.attempt, order_id, is_visible).await?);
        let result = format!("refunded {}: {how} (key {key})", format_rupiah(*amount));
        report_action(self.context, &self.order, &self.attempt, result, &notes).await
    }

    async fn record(&self, key: &str, outcome: Option<RefundOutcome>, entry: &str) -> Result<(), CliError> {
        let stored = match outcome {
            Some(outcome) => {
                let store = &self.context.store;
                store.finish_refund(&self.attempt.attempt_id, key, outcome).await.map_err(CliError::from)
            }
            None => Ok(()),
        };
        // The history names the result even if the outcome could not be stored.
        stored.and(self.context.add_note(&self.order.order_id, entry).await)
    }

    /// Records and reports that no refund was sent.
    async fn finish_skipped(&self, skip: Skip) -> Result<CommandOutput, CliError> {
        let order_id = &self.order.order_id;
        match skip {
            Skip::AlreadyDone(refund) => {
                let what = format!("{} was refunded before (key {})", format_rupiah(refund.amount), refund.key);
                self.context.add_note(order_id, &format!("refund requested by {}: {what}", self.by)).await?;
                report_action(self.context, &self.order, &self.attempt, format!("nothing to do: {what}"), &[]).await
            }
            Skip::Rejected(rejection) => {
                let error = self.rejection_error(&rejection);
                self.context.record_failed_precheck(order_id, ("refund", self.by), Err(error)).await
            }
        }
    }

    fn rejection_error(&self, rejection: &RefundRejection) -> CliError {
        let order_id = &self.order.order_id;
        match rejection {
            RefundRejection::NothingLeft => CliError::new(
                ErrorCode::NothingLeft,
                "everything was refunded before",
                format!("merchant order show {order_id}"),
            ),
            RefundRejection::AmountExceedsRemaining { amount, remaining } => CliError::new(
                ErrorCode::RefundTooLarge,
                format!("{} is more than the rest of {}", format_rupiah(*amount), format_rupiah(*remaining)),
                "repeat the command with a smaller --amount, or without it for the rest",
            ),
            RefundRejection::KeyInUse(refund) => CliError::new(
                ErrorCode::RefundKeyUsed,
                format!("the key {} belongs to a refund of {}", refund.key, format_rupiah(refund.amount)),
                "choose another --key, or the amount of that refund",
            ),
            RefundRejection::ResultUnknown(refund) => {
                let amount = refund.requested_amount.map_or(String::new(), |amount| format!(" --amount {amount}"));
                CliError::new(
                    ErrorCode::RefundPending,
                    format!("the outcome of the refund of {} is unknown", describe(refund)),
                    format!(
                        "repeat that command first: merchant order refund {order_id}{amount} --reason '{}'; or send \
                         another refund with a new --key",
                        refund.reason
                    ),
                )
            }
            RefundRejection::Repeated(refund) => CliError::new(
                ErrorCode::RefundRepeated,
                format!("the same refund succeeded before: {}", describe(refund)),
                "to refund a second time, repeat the command with a new --key",
            ),
        }
    }

    fn question(&self, refund: &Refund) -> String {
        let Self { order, attempt, context, .. } = self;
        format!(
            "refund {} of order {} ({}, {}), payment attempt {}, at Midtrans ({}): the customer gets the money back, and \
             this cannot be undone. Key {}, reason: {}.",
            format_rupiah(refund.amount),
            order.order_id,
            order.status,
            format_rupiah(order.gross_amount),
            attempt.attempt_id,
            context.environment,
            refund.key,
            refund.reason
        )
    }
}

/// The payment attempt to refund, with its status.
async fn select_payment(
    context: &CommandContext,
    order: &OrderRecord,
    option: Option<&str>,
) -> Result<(PaymentAttempt, StatusResponse), CliError> {
    let attempts = context.attempt_statuses(&order.order_id).await?;
    let selected = match option {
        Some(id) => Some(context.select_attempt(order, Some(id)).await?.attempt_id),
        None => {
            require_single_payment(order, &attempts)?;
            let paid = attempts.iter().find(|attempt| has_money(attempt));
            let paid = paid.map(|(attempt, _)| attempt.attempt_id.clone());
            paid.or_else(|| order.payer.as_ref().map(|payer| payer.attempt_id.clone()))
        }
    };
    match attempts.into_iter().find(|(attempt, _)| Some(&attempt.attempt_id) == selected.as_ref()) {
        // Nothing may be left because a refund succeeded without a response.
        Some((attempt, Some(status)))
            if funds_held(Some(&status)) != FundsHeld::None || refundable(&status) == Some(Rupiah(0)) =>
        {
            Ok((attempt, status))
        }
        _ => Err(CliError::new(
            ErrorCode::NothingPaid,
            format!("order {} has no payment to refund ({})", order.order_id, order.status),
            format!("merchant order show {}; to cancel a pending payment: merchant order cancel", order.order_id),
        )),
    }
}

/// Whether the gateway lists a refund with this key.
fn contains_refund(status: &StatusResponse, key: &str) -> bool {
    status.refunds.iter().flatten().any(|refund| refund.refund_key.as_deref() == Some(key))
}

fn describe(refund: &Refund) -> String {
    format!("{} from {} (key {})", format_rupiah(refund.amount), format_wib(refund.requested_at), refund.key)
}
