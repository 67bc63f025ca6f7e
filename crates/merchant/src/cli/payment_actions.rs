//! Cancel, expire, approve, deny: the gateway does it, its status tells, and the history says who asked.

use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, Notification, TransactionStatus as T};

use super::args::Act;
use super::context::Hands;
use super::error::Refusal;
use super::refund::only_one;
use super::{Told, format, output};
use crate::clock;
use crate::midtrans::{Action, Answered, MidtransError};
use crate::news::is_end;
use crate::settle::is_payable;
use crate::store::{Attempt, Change, Said, StoredOrder};

pub(super) async fn act(hands: &Hands, args: &Act, action: &Action<'_>, by: &str) -> Result<Told, Refusal> {
    hands.order(&args.id).await?;
    let prepared = prepare(hands, args, action).await;
    let (order, target, said) = hands.begun(&args.id, (action.word(), by), prepared).await?;
    let word = action.word();
    if is_so(action, &order, said.as_ref()) {
        hands.remark(&order.order_id, &format!("{word} asked for by {by}: it was so already")).await?;
        return report(hands, &order, &target, format!("nothing to do: it is so already ({word})"), None).await;
    }
    let page = is_page(action, &order, said.as_ref());
    format::confirm(&question(hands, action, &order, &target, said.as_ref(), page), args.how.yes)?;
    hands
        .remark(&order.order_id, &format!("{word} asked for by {by}: payment order {}", target.payment_order_id))
        .await?;
    let done = if page {
        close_page(hands, &order, &target, action).await
    } else {
        at_the_gateway(hands, &target, action).await
    };
    let line = match &done {
        Ok(how) => format!("{word} done: {how}"),
        Err(refusal) => format!("{word} not done: {} [{}]", refusal.sentence, refusal.code),
    };
    let noted = hands.remark(&order.order_id, &line).await;
    let how = done?;
    let mut notes = Vec::new();
    if noted.is_err() {
        notes.push("it was done, but the order's history could not be written".to_owned());
    }
    if !page {
        if *action == Action::Cancel && is_payable(&order.status) {
            notes.extend(withdraw(hands, &target).await);
        }
        let seen = |said: Option<&Notification>| reached(action, said);
        notes.extend(hands.catch_up(&target, &order.order_id, seen).await?);
    }
    let note = (!notes.is_empty()).then(|| notes.join("\nnote: "));
    report(hands, &order, &target, format!("{word} done: {how}"), note).await
}

/// How the order stands now, by the gateway's word, and which of its payment orders is meant.
async fn prepare(
    hands: &Hands,
    args: &Act,
    action: &Action<'_>,
) -> Result<(StoredOrder, Attempt, Option<Notification>), Refusal> {
    hands.ask(&args.id).await?;
    let order = hands.order(&args.id).await?;
    if *action == Action::Cancel && args.payment.is_none() && order.payer.is_some() {
        only_one(&order, &hands.standings(&order.order_id).await?)?;
    }
    let target = hands.target(&order, args.payment.as_deref()).await?;
    let said = hands.says(&target).await?;
    Ok((order, target, said))
}

/// Whether it is so already.
fn is_so(action: &Action<'_>, order: &StoredOrder, said: Option<&Notification>) -> bool {
    match action {
        Action::Cancel => order.status == OrderStatus::Cancelled,
        Action::Expire => order.status == OrderStatus::Expired,
        Action::Approve | Action::Deny => reached(action, said),
        Action::Refund { .. } => false,
    }
}

/// Whether the gateway shows what was wanted.
fn reached(action: &Action<'_>, said: Option<&Notification>) -> bool {
    let Some(said) = said else { return false };
    let accepted = said.fraud_status == Some(FraudStatus::Accept);
    match action {
        Action::Cancel => said.transaction_status == T::Cancel,
        Action::Expire => said.transaction_status == T::Expire,
        Action::Approve => accepted && matches!(said.transaction_status, T::Capture | T::Settlement),
        Action::Deny => said.transaction_status == T::Deny,
        Action::Refund { .. } => false,
    }
}

/// Whether it is about the payment page alone: no method was chosen yet, or the last one came to nothing.
fn is_page(action: &Action<'_>, order: &StoredOrder, said: Option<&Notification>) -> bool {
    matches!(action, Action::Cancel | Action::Expire) && is_payable(&order.status) && said.is_none_or(is_end)
}

fn question(
    hands: &Hands,
    action: &Action<'_>,
    order: &StoredOrder,
    target: &Attempt,
    said: Option<&Notification>,
    page: bool,
) -> String {
    let how = said.and_then(|said| said.payment_type.as_ref()).map_or("payment", |how| how.as_str());
    let will = match action {
        Action::Cancel | Action::Expire if page => "its payment page is closed; nobody can pay it any more".to_owned(),
        Action::Cancel => format!("its {how} is cancelled; what was taken from a card goes back"),
        Action::Expire => format!("its pending {how} ends; it cannot be paid any more"),
        Action::Approve => format!("its {how} is accepted and the money is taken"),
        Action::Deny => format!("its {how} is refused and the customer keeps the money"),
        Action::Refund { .. } => String::new(),
    };
    format!(
        "{} order {} ({}, {}), payment order {}, at Midtrans ({}): {will}.",
        action.word(),
        order.order_id,
        order.status,
        format::money(order.gross_amount),
        target.payment_order_id,
        hands.environment
    )
}

async fn at_the_gateway(hands: &Hands, target: &Attempt, action: &Action<'_>) -> Result<&'static str, Refusal> {
    let (id, transaction) = (&target.payment_order_id, target.transaction_id.as_deref());
    let acted = hands.gateway.act(id, transaction, action, hands.deadline()).await;
    if acted.answer == Ok(Answered::Done) {
        return Ok("the gateway did it");
    }
    // An answer that was lost, or a refusal after one: how the payment stands tells more than what was said.
    if hands.says(target).await.is_ok_and(|said| reached(action, said.as_ref())) {
        return Ok("the gateway shows it, though its answer was lost");
    }
    match acted.answer {
        Ok(answered) => Err(refused(&answered, action, id)),
        Err(error) => Err(lost(error, "it may have been done all the same; repeat the command, which finds out")),
    }
}

/// What an answer means to the operator.
pub(super) fn refused(answered: &Answered, action: &Action<'_>, payment_order_id: &str) -> Refusal {
    let look = format!("merchant order find {payment_order_id}");
    match answered {
        Answered::NotFound => Refusal::new(
            "payment_not_found",
            format!("the gateway knows no payment {payment_order_id}"),
            "no method was chosen yet, or MIDTRANS_ENVIRONMENT is another one than the order's",
        ),
        Answered::NotModifiable => Refusal::new(
            "not_modifiable",
            format!(
                "the payment can no longer be changed at the gateway: {} is not possible as it stands",
                action.word()
            ),
            match action {
                Action::Cancel => "what has settled is refunded: merchant order refund",
                Action::Refund { .. } => {
                    "a card payment that has not settled is cancelled: merchant order cancel; transfers and counters \
                     cannot be refunded at the gateway: pay the customer by transfer"
                }
                Action::Expire => "only what is pending expires; see merchant order cancel",
                Action::Approve | Action::Deny => "only a card payment in question is approved or denied",
            },
        ),
        Answered::KeyUsed => Refusal::new(
            "refund_key_used",
            "the gateway knows this refund key from another refund; nothing was given back now",
            "repeat the command with a --key of your own",
        ),
        Answered::AmountRefused(words) => Refusal::new(
            "refund_amount",
            format!("the gateway refuses the amount: {}", words.join("; ")),
            format!("see what is left ({look}) and whether your balance at Midtrans is large enough"),
        ),
        Answered::Rejected(code, words) => Refusal::new(
            "gateway_rejected",
            format!("the gateway refuses with {code}: {}", words.join("; ")),
            "look at the payment in Midtrans' dashboard",
        ),
        Answered::Done => Refusal::new("internal", "what was done was taken for refused", look),
    }
}

/// No answer, or one that makes no sense.
pub(super) fn lost(error: MidtransError, next: &str) -> Refusal {
    let known = error == MidtransError::Refused;
    let refusal = Refusal::from(error);
    if known { refusal } else { Refusal { next: next.to_owned(), ..refusal } }
}

/// Withdraws the token and closes the order, unless somebody is paying right now.
async fn close_page(
    hands: &Hands,
    order: &StoredOrder,
    target: &Attempt,
    action: &Action<'_>,
) -> Result<&'static str, Refusal> {
    let busy = |why: &str| {
        let next = format!("merchant order reconcile {}, then repeat the command", order.order_id);
        Refusal::new("payment_under_way", format!("the page cannot be closed: {why}"), next)
    };
    match &target.token {
        Some(token) if !hands.gateway.cancel_token(&token.token, hands.deadline()).await? => {
            return Err(busy("the customer is paying on it"));
        }
        None if target.claimed_until > clock::now() => return Err(busy("it is being made")),
        Some(_) | None => {}
    }
    let to = if *action == Action::Expire { OrderStatus::Expired } else { OrderStatus::Cancelled };
    let said = Said { payment_order_id: target.payment_order_id.clone(), transaction_id: None };
    let close = move |order: &StoredOrder, attempt: &Attempt| {
        let closes = is_payable(&order.status) && attempt.payment_order_id == said.payment_order_id;
        Change {
            status: closes.then_some(to),
            payment: None,
            refunded: None,
            outcome: "the payment page was closed".into(),
            said,
            pays: false,
            twice: false,
        }
    };
    match hands.store.change(&order.order_id, clock::now(), close).await?.status {
        Some(_) => Ok("the payment page was closed"),
        None => Err(busy("the order changed meanwhile")),
    }
}

/// So that the customer cannot choose another method on the same page.
async fn withdraw(hands: &Hands, target: &Attempt) -> Option<String> {
    let token = target.token.as_ref()?;
    match hands.gateway.cancel_token(&token.token, hands.deadline()).await {
        Ok(true) => None,
        Ok(false) | Err(_) => Some("the payment page could not be closed; it ends by itself within a day".into()),
    }
}

/// The order before and after.
pub(super) async fn report(
    hands: &Hands,
    before: &StoredOrder,
    target: &Attempt,
    what: String,
    note: Option<String>,
) -> Result<Told, Refusal> {
    let after = hands.order(&before.order_id).await?;
    let moved = if before.status == after.status {
        format!("{} is {}", after.order_id, after.status)
    } else {
        format!("{}: {} → {}", after.order_id, before.status, after.status)
    };
    let mut text = format!("{what}\norder {moved}\n");
    if after.refunded_amount.0 > 0 {
        text += &format!("given back so far: {}\n", format::money(after.refunded_amount));
    }
    if let Some(note) = &note {
        text += &format!("note: {note}\n");
    }
    text += &format!("next: merchant order show {}\n", after.order_id);
    let json = output::acted(before, &after, target, &what, note.as_deref());
    Ok(Told { text, json, failed: false })
}
