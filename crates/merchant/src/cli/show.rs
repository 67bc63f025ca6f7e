//! `merchant order show`, `list` and `find`: commands that only read the database.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wire::merchant::{OrderStatus, PaymentInstruction};
use wire::midtrans::Notification;

use super::args::{FindArgs, ListArgs, ShowArgs};
use super::error::{CliError, replace_control, sanitize};
use super::format::format_wib;
use super::outbox;
use super::output::{self, CommandOutput};
use crate::clock;
use crate::error::ErrorCode;
use crate::rupiah::format_rupiah;
use crate::store::{Delivery, HistoryEntry, NotificationRecord, OrderSummary, Store};
use orders::refund_idempotency::{Refund, RefundOutcome};
use orders::{NotificationOutcome, OrderRecord, PaymentAttempt};

/// An order with everything that the database has about it.
struct OrderDetails {
    order: OrderRecord,
    attempts: Vec<(PaymentAttempt, Vec<Refund>)>,
    history: Vec<HistoryEntry>,
    notifications: Vec<NotificationRecord>,
    events: Vec<Delivery>,
}

/// `merchant order show`.
pub(super) async fn show(store: &Store, args: &ShowArgs) -> Result<CommandOutput, CliError> {
    let id = args.id.as_str();
    let order = store.order(id).await?.ok_or_else(|| CliError::order_not_found(id))?;
    let mut attempts = Vec::new();
    for attempt in store.attempts(id).await? {
        let refunds = store.refunds(&attempt.attempt_id).await?;
        attempts.push((attempt, refunds));
    }
    let details = OrderDetails {
        order,
        attempts,
        history: store.history(id).await?,
        notifications: store.notifications(id).await?,
        events: store.outbox_events_of(id).await?,
    };
    Ok(CommandOutput::new(details.text(args.customer), details.json(args.customer)))
}

impl OrderDetails {
    fn text(&self, with_customer: bool) -> String {
        let order = &self.order;
        let amount = format_rupiah(order.gross_amount);
        let mut text = format!("order {}\n  {}, {amount}", order.order_id, order.status);
        if order.refunded_amount.0 > 0 {
            write(&mut text, format_args!(", {} refunded", format_rupiah(order.refunded_amount)));
        }
        write(&mut text, format_args!(", created {}\n", format_wib(order.created_at)));
        if with_customer {
            let fields = [&order.customer.name, &order.customer.email, &order.customer.phone];
            let fields: Vec<String> = fields.into_iter().flatten().map(|text| sanitize(text)).collect();
            let customer = if fields.is_empty() { "unknown".into() } else { fields.join(", ") };
            write(&mut text, format_args!("  customer: {customer}\n"));
        }
        text += "items\n";
        for item in &order.items {
            let price = format_rupiah(item.price);
            write(&mut text, format_args!("  {} × {} at {price}\n", item.quantity, sanitize(&item.name)));
        }
        if let Some(payment) = order.payment.as_ref().filter(|_| order.status.is_payable()) {
            write(&mut text, format_args!("payment instructions\n  {}\n", instruction_line(payment)));
        }
        text += "payment attempts\n";
        for (attempt, refunds) in &self.attempts {
            write(&mut text, format_args!("  {}\n", self.attempt_line(attempt)));
            for refund in refunds {
                write(&mut text, format_args!("    refund {}\n", refund_line(refund)));
            }
        }
        write_section(&mut text, "history", self.history.iter().map(history_line));
        write_section(&mut text, "notifications", self.notifications.iter().map(notification_line));
        write_section(&mut text, "events for the shop", self.events.iter().map(outbox::event_line));
        write(&mut text, format_args!("next: {}\n", self.next_step()));
        text
    }

    fn attempt_line(&self, attempt: &PaymentAttempt) -> String {
        let payer = self.order.payer.as_ref();
        let paid = payer.is_some_and(|payer| payer.attempt_id == attempt.attempt_id);
        let transaction = attempt.transaction_id.as_deref();
        let transaction = transaction.map_or("no method chosen".into(), |id| format!("transaction {}", sanitize(id)));
        let token = attempt.token_at.map_or("no token".into(), |at| format!("token from {}", format_wib(at)));
        format!("{}: {transaction}, {token}{}", attempt.attempt_id, if paid { ", paid" } else { "" })
    }

    fn next_step(&self) -> String {
        let id = &self.order.order_id;
        if let Some(dead) = self.events.iter().find(|event| output::event_state(event) == "dead") {
            return format!("merchant outbox retry {}", dead.event_id);
        }
        let unknown = self.attempts.iter().flat_map(|(_, refunds)| refunds).any(|refund| refund.outcome.is_none());
        if unknown {
            return format!("the outcome of a refund is unknown: repeat its command, or merchant order reconcile {id}");
        }
        match &self.order.status {
            OrderStatus::Review if self.order.payer.is_some() => {
                format!("compare the payments with the amount, then refund the surplus: merchant order refund {id}")
            }
            OrderStatus::Review => format!("merchant order approve {id}, or merchant order deny {id}"),
            OrderStatus::Paid | OrderStatus::PartiallyRefunded => format!("to refund: merchant order refund {id}"),
            _ => format!("to fetch the status from the gateway: merchant order reconcile {id}"),
        }
    }

    fn json(&self, with_customer: bool) -> Value {
        let mut value = output::order(&self.order);
        let attempts = self.attempts.iter().map(|(attempt, refunds)| output::attempt(attempt, refunds));
        value["attempts"] = attempts.collect();
        value["history"] = self.history.iter().map(output::history_entry).collect();
        value["notifications"] = self
            .notifications
            .iter()
            .map(|notification| {
                json!({
                    "attempt_id": notification.attempt_id,
                    "transaction_status": reported_status(notification),
                    "outcome": notification.outcome.map(NotificationOutcome::as_str),
                    "detail": notification.detail,
                    "pending": notification.outcome.is_none(),
                    "received_at": clock::rfc3339(notification.received_at),
                })
            })
            .collect();
        value["outbox"] = self.events.iter().map(output::event).collect();
        if with_customer {
            value["customer"] = json!(self.order.customer);
        }
        value
    }
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing into a `String` cannot fail.
    text.write_fmt(arguments).ok();
}

fn write_section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        write(text, format_args!("{title}\n"));
    }
    for line in lines {
        write(text, format_args!("  {line}\n"));
    }
}

fn instruction_line(payment: &PaymentInstruction) -> String {
    let parts = [
        Some(payment.payment_type.clone()),
        payment.provider.clone(),
        payment.biller_code.as_ref().map(|code| format!("company {code}")),
        payment.code.clone(),
        payment.expires_at.as_ref().map(|until| format!("until {until}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().map(|part| sanitize(&part)).collect();
    parts.join(" · ")
}

fn refund_line(refund: &Refund) -> String {
    let outcome = refund.outcome.map_or("outcome unknown", RefundOutcome::as_str);
    let (amount, time) = (format_rupiah(refund.amount), format_wib(refund.requested_at));
    format!("{}: {amount}, {outcome}, {time}, {}", refund.key, sanitize(&refund.reason))
}

fn history_line(entry: &HistoryEntry) -> String {
    let status = match &entry.from {
        Some(from) if *from != entry.to => format!("{from} → {}", entry.to),
        _ => entry.to.to_string(),
    };
    format!("{}  {status}  {}", format_wib(entry.at), replace_control(&entry.cause))
}

/// The `transaction_status` of a stored notification.
fn reported_status(notification: &NotificationRecord) -> Option<String> {
    let body: Notification = serde_json::from_str(&notification.body).ok()?;
    Some(sanitize(body.transaction_status.as_str()))
}

fn notification_line(notification: &NotificationRecord) -> String {
    let outcome = match notification.outcome {
        None => "pending: not confirmed by the gateway",
        Some(outcome) => notification.detail.as_deref().unwrap_or(outcome.as_str()),
    };
    let status = reported_status(notification).unwrap_or_else(|| "unreadable".into());
    format!("{}  {status}  {outcome}", format_wib(notification.received_at))
}

fn order_lines(orders: &[OrderSummary]) -> String {
    let line = |order: &OrderSummary| {
        let amount = format_rupiah(order.gross_amount);
        format!("{}  {:<18} {amount:>16}  {}\n", order.order_id, order.status.to_string(), format_wib(order.created_at))
    };
    orders.iter().map(line).collect()
}

/// `merchant order list`.
pub(super) async fn list(store: &Store, args: &ListArgs) -> Result<CommandOutput, CliError> {
    let status = args.status.as_deref().map(OrderStatus::from);
    let since = args.since.unwrap_or(0);
    let orders = store.list_orders(status.as_ref(), since, args.limit.into()).await?;
    let mut text = order_lines(&orders);
    let truncated = if orders.len() == usize::from(args.limit) { "; --limit shows older ones" } else { "" };
    write(&mut text, format_args!("{} orders{truncated}\n", orders.len()));
    text += match orders.is_empty() {
        true => "next: merchant order list, without --status and --since\n",
        false => "next: merchant order show ID\n",
    };
    let orders: Vec<Value> = orders.iter().map(output::order_summary).collect();
    Ok(CommandOutput::new(text, json!({"orders": orders})))
}

/// `merchant order find`.
pub(super) async fn find(store: &Store, args: &FindArgs) -> Result<CommandOutput, CliError> {
    let orders = store.find_orders(args.number.trim()).await?;
    let Some(first) = orders.first() else {
        return Err(CliError::new(
            ErrorCode::OrderNotFound,
            format!("no order has the number {}", sanitize(&args.number)),
            "check that it is a complete payment attempt id or transaction id of this shop in the Midtrans dashboard",
        ));
    };
    let text = format!("{}next: merchant order show {}\n", order_lines(&orders), first.order_id);
    let orders: Vec<Value> = orders.iter().map(output::order_summary).collect();
    Ok(CommandOutput::new(text, json!({"orders": orders})))
}
