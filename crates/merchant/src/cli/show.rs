//! Looking: one order with all that is known of it, lists, and the way from the gateway's numbers.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wire::merchant::{OrderStatus, PaymentInstruction};
use wire::midtrans::Notification;

use super::args::{Find, List, Show};
use super::error::{Refusal, plain};
use super::format::{money, wib};
use super::{Told, outbox, output};
use crate::clock;
use crate::settle::is_payable;
use crate::store::{Attempt, Delivery, Heard, Line, Listed, Outcome, Refund, Store, StoredOrder};

/// All about one order.
struct File {
    order: StoredOrder,
    attempts: Vec<(Attempt, Vec<Refund>)>,
    history: Vec<Line>,
    heard: Vec<Heard>,
    messages: Vec<Delivery>,
}

pub(super) async fn show(store: &Store, args: &Show) -> Result<Told, Refusal> {
    let id = args.id.as_str();
    let order = store.order(id).await?.ok_or_else(|| Refusal::no_order(id))?;
    let mut attempts = Vec::new();
    for attempt in store.attempts(id).await? {
        let refunds = store.refunds(&attempt.payment_order_id).await?;
        attempts.push((attempt, refunds));
    }
    let file = File {
        order,
        attempts,
        history: store.history(id).await?,
        heard: store.heard(id).await?,
        messages: store.outbox_of(id).await?,
    };
    Ok(Told { text: file.text(args.customer), json: file.json(args.customer), failed: false })
}

impl File {
    fn text(&self, customer: bool) -> String {
        let order = &self.order;
        let mut text = format!("order {}\n  {}, {}", order.order_id, order.status, money(order.gross_amount));
        if order.refunded_amount.0 > 0 {
            put(&mut text, format_args!(", {} given back", money(order.refunded_amount)));
        }
        put(&mut text, format_args!(", ordered {}\n", wib(order.created_at)));
        if customer {
            let known = [&order.customer.name, &order.customer.email, &order.customer.phone];
            let known: Vec<String> = known.into_iter().flatten().map(|text| plain(text)).collect();
            put(
                &mut text,
                format_args!("  customer: {}\n", if known.is_empty() { "unknown".into() } else { known.join(", ") }),
            );
        }
        text += "items\n";
        for item in &order.items {
            put(&mut text, format_args!("  {} × {} at {}\n", item.quantity, plain(&item.name), money(item.price)));
        }
        if let Some(payment) = order.payment.as_ref().filter(|_| is_payable(&order.status)) {
            put(&mut text, format_args!("to pay\n  {}\n", to_pay(payment)));
        }
        text += "payment orders at the gateway\n";
        for (attempt, refunds) in &self.attempts {
            put(&mut text, format_args!("  {}\n", self.attempt(attempt)));
            for refund in refunds {
                put(&mut text, format_args!("    refund {}\n", refund_line(refund)));
            }
        }
        section(&mut text, "history", self.history.iter().map(history_line));
        section(&mut text, "notifications", self.heard.iter().map(heard_line));
        section(&mut text, "messages to the shop", self.messages.iter().map(outbox::line));
        put(&mut text, format_args!("next: {}\n", self.next()));
        text
    }

    fn attempt(&self, attempt: &Attempt) -> String {
        let payer = self.order.payer.as_ref();
        let paid = payer.is_some_and(|payer| payer.payment_order_id == attempt.payment_order_id);
        let transaction = attempt
            .transaction_id
            .as_deref()
            .map_or("no method chosen".into(), |id| format!("transaction {}", plain(id)));
        let token = attempt.token_at.map_or("no token yet".into(), |at| format!("token of {}", wib(at)));
        format!("{}: {transaction}, {token}{}", attempt.payment_order_id, if paid { ", paid" } else { "" })
    }

    fn next(&self) -> String {
        let id = &self.order.order_id;
        if let Some(dead) = self.messages.iter().find(|message| outbox::state(message) == "dead") {
            return format!("merchant outbox retry {}", dead.event_id);
        }
        let open = self.attempts.iter().flat_map(|(_, refunds)| refunds).any(|refund| refund.outcome.is_none());
        if open {
            return format!("a refund's outcome is unknown: repeat its command, or merchant order reconcile {id}");
        }
        match &self.order.status {
            OrderStatus::Review if self.order.payer.is_some() => {
                format!("compare what came with what it costs; merchant order refund {id} gives back what is too much")
            }
            OrderStatus::Review => format!("merchant order approve {id}, or merchant order deny {id}"),
            OrderStatus::Paid | OrderStatus::PartiallyRefunded => {
                format!("merchant order refund {id} gives money back")
            }
            _ => format!("merchant order reconcile {id} asks the gateway how it stands now"),
        }
    }

    fn json(&self, customer: bool) -> Value {
        let mut value = output::order(&self.order);
        let attempts = self.attempts.iter().map(|(attempt, refunds)| output::attempt(attempt, refunds));
        value["attempts"] = attempts.collect();
        value["history"] = self.history.iter().map(output::line).collect();
        value["notifications"] = self
            .heard
            .iter()
            .map(|heard| {
                json!({
                    "payment_order_id": heard.payment_order_id,
                    "transaction_status": told(heard),
                    "outcome": heard.outcome,
                    "waits": heard.waits,
                    "received_at": clock::rfc3339(heard.received_at),
                })
            })
            .collect();
        value["outbox"] = self.messages.iter().map(output::message).collect();
        if customer {
            value["customer"] = json!(self.order.customer);
        }
        value
    }
}

fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    text.write_fmt(words).ok();
}

fn section(text: &mut String, head: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        put(text, format_args!("{head}\n"));
    }
    for line in lines {
        put(text, format_args!("  {line}\n"));
    }
}

fn to_pay(payment: &PaymentInstruction) -> String {
    let parts = [
        Some(payment.payment_type.clone()),
        payment.provider.clone(),
        payment.biller_code.as_ref().map(|code| format!("company {code}")),
        payment.code.clone(),
        payment.expires_at.as_ref().map(|until| format!("until {until}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().map(|part| plain(&part)).collect();
    parts.join(" · ")
}

fn refund_line(refund: &Refund) -> String {
    let outcome = refund.outcome.map_or("outcome unknown", Outcome::word);
    format!("{}: {}, {outcome}, {}, {}", refund.key, money(refund.amount), wib(refund.asked_at), plain(&refund.reason))
}

fn history_line(line: &Line) -> String {
    let moved = match &line.from {
        Some(from) if *from != line.to => format!("{from} → {}", line.to),
        _ => line.to.to_string(),
    };
    format!("{}  {moved}  {}", wib(line.at), plain_line(&line.cause))
}

/// A cause may hold a reason that is longer than what was typed elsewhere.
fn plain_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn told(heard: &Heard) -> Option<String> {
    let told: Notification = serde_json::from_str(&heard.body).ok()?;
    Some(plain(told.transaction_status.as_str()))
}

fn heard_line(heard: &Heard) -> String {
    let outcome = if heard.waits { "waits for the gateway to confirm it" } else { heard.outcome.as_str() };
    let word = told(heard).unwrap_or_else(|| "unreadable".into());
    format!("{}  {word}  {outcome}", wib(heard.received_at))
}

fn listed(orders: &[Listed]) -> String {
    let line = |order: &Listed| {
        let amount = money(order.gross_amount);
        format!("{}  {:<18} {amount:>16}  {}\n", order.order_id, order.status.to_string(), wib(order.created_at))
    };
    orders.iter().map(line).collect()
}

pub(super) async fn list(store: &Store, args: &List) -> Result<Told, Refusal> {
    let status = args.status.as_deref().map(OrderStatus::from);
    let since = args.since.unwrap_or(0);
    let orders = store.list_orders(status.as_ref(), since, args.limit.into()).await?;
    let full = orders.len() == usize::from(args.limit);
    let mut text = listed(&orders);
    put(&mut text, format_args!("{} orders{}\n", orders.len(), if full { ", more may be older: --limit" } else { "" }));
    text += match orders.is_empty() {
        true => "next: merchant order list without --status and --since shows more\n",
        false => "next: merchant order show ID\n",
    };
    let orders: Vec<Value> = orders.iter().map(output::listed).collect();
    Ok(Told { text, json: json!({"orders": orders}), failed: false })
}

pub(super) async fn find(store: &Store, args: &Find) -> Result<Told, Refusal> {
    let orders = store.find_orders(args.number.trim()).await?;
    let Some(first) = orders.first() else {
        return Err(Refusal::new(
            "order_not_found",
            format!("no order has the number {}", plain(&args.number)),
            "is it this shop's? Numbers are taken whole: the payment order id or the transaction id of Midtrans' dashboard",
        ));
    };
    let text = format!("{}next: merchant order show {}\n", listed(&orders), first.order_id);
    let orders: Vec<Value> = orders.iter().map(output::listed).collect();
    Ok(Told { text, json: json!({"orders": orders}), failed: false })
}
