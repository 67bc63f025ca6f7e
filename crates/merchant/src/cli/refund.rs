//! Giving money back: all or a part, of the payment that has it, never twice by mistake.

use wire::Rupiah;
use wire::midtrans::Notification;

use super::args::RefundArgs;
use super::context::{Hands, Standing};
use super::error::Refusal;
use super::payment_actions::{lost, refused, report};
use super::refund_idempotency::{Asked, Halt, is_same, plan};
use super::review_resolution::{Held, held, left};
use super::{Told, format};
use crate::clock;
use crate::midtrans::{Action, Answered, MidtransError};
use crate::news::went_back;
use crate::store::{Attempt, Outcome, Plan, Refund, StoredOrder, Wish};

pub(super) async fn refund(hands: &Hands, args: &RefundArgs, by: &str) -> Result<Told, Refusal> {
    hands.order(&args.id).await?;
    let prepared = prepare(hands, args).await;
    let (order, target, said, learnt) = hands.begun(&args.id, ("refund", by), prepared).await?;
    let asked = Asked {
        payment_order_id: &target.payment_order_id,
        amount: args.amount,
        reason: &args.reason,
        key: args.key.as_deref(),
        left: left(&said).ok_or_else(|| {
            Refusal::new(
                "gateway_invalid_response",
                "the gateway names no amount for this payment",
                "look at it in Midtrans' dashboard",
            )
        })?,
        at: clock::now(),
    };
    let id = &target.payment_order_id;
    // The same command again, to find out: it was done.
    let named = |refund: &Refund| args.key.as_ref().is_none_or(|key| *key == refund.key);
    if let Some(refund) = learnt.into_iter().find(|refund| named(refund) && is_same(refund, &asked)) {
        return halted(hands, &order, &target, Halt::Was(refund), by).await;
    }
    let known = hands.store.refunds(id).await?;
    let planned = match plan(&known, &asked) {
        Err(halt) => return halted(hands, &order, &target, halt, by).await,
        Ok(planned) => planned,
    };
    format::confirm(&question(hands, &order, &target, planned.refund()), args.how.yes)?;
    // Once more inside the transaction: somebody else may have been quicker.
    let wish = Wish { order_id: &order.order_id, payment_order_id: id, by, at: clock::now() };
    let planned = match hands.store.plan_refund(wish, |known| plan(known, &asked)).await? {
        Err(halt) => return halted(hands, &order, &target, halt, by).await,
        Ok(planned) => planned,
    };
    let done = give_back(hands, &target, &planned).await;
    let Refund { key, amount, .. } = planned.refund();
    let (line, outcome) = match &done {
        Ok(how) => (format!("refund done: {how}, key {key}"), Some(Outcome::Done)),
        Err((refusal, outcome)) => {
            (format!("refund not done: {} [{}], key {key}", refusal.sentence, refusal.code), *outcome)
        }
    };
    let noted = match outcome {
        Some(outcome) => hands.store.refund_ended(id, key, outcome).await.map_err(Refusal::from),
        None => Ok(()),
    };
    let noted = noted.and(hands.remark(&order.order_id, &line).await);
    let how = done.map_err(|(refusal, _)| refusal)?;
    let mut notes = Vec::new();
    if noted.is_err() {
        notes.push("it was done, but the order's history could not be written".to_owned());
    }
    let seen = |said: Option<&Notification>| said.is_some_and(|said| lists(said, key) || left(said) < Some(asked.left));
    notes.extend(hands.catch_up(&target, &order.order_id, seen).await?);
    let note = (!notes.is_empty()).then(|| notes.join("\nnote: "));
    report(hands, &order, &target, format!("{} given back: {how} (key {key})", format::money(*amount)), note).await
}

/// How the order and the payment stand now, and which refunds of it were done without an answer.
async fn prepare(
    hands: &Hands,
    args: &RefundArgs,
) -> Result<(StoredOrder, Attempt, Notification, Vec<Refund>), Refusal> {
    hands.ask(&args.id).await?;
    let order = hands.order(&args.id).await?;
    let (target, said) = whose(hands, &order, args.payment.as_deref()).await?;
    let learnt = learn(hands, &order, &target, &said).await?;
    Ok((order, target, said, learnt))
}

/// The payment order whose money is to go back, and how it stands.
async fn whose(hands: &Hands, order: &StoredOrder, named: Option<&str>) -> Result<(Attempt, Notification), Refusal> {
    let standings = hands.standings(&order.order_id).await?;
    let named = match named {
        Some(named) => Some(hands.target(order, Some(named)).await?.payment_order_id),
        None => None,
    };
    if named.is_none() {
        only_one(order, &standings)?;
    }
    let wanted = named
        .or_else(|| standings.iter().find(holds).map(|(attempt, _)| attempt.payment_order_id.clone()))
        .or_else(|| order.payer.as_ref().map(|payer| payer.payment_order_id.clone()));
    let found = standings.into_iter().find(|(attempt, _)| Some(&attempt.payment_order_id) == wanted.as_ref());
    match found {
        // All of it may have gone back by a refund whose answer was lost.
        Some((attempt, Some(said))) if held(Some(&said)) != Held::Nothing || left(&said) == Some(Rupiah(0)) => {
            Ok((attempt, said))
        }
        _ => Err(Refusal::new(
            "nothing_paid",
            format!("nothing was paid for order {} that could go back ({})", order.order_id, order.status),
            format!("merchant order show {}; what is pending is cancelled: merchant order cancel", order.order_id),
        )),
    }
}

fn holds(standing: &&Standing) -> bool {
    matches!(held(standing.1.as_ref()), Held::Whole | Held::Part)
}

/// Where more than one payment has money, the operator has to say which one is meant.
pub(super) fn only_one(order: &StoredOrder, standings: &[Standing]) -> Result<(), Refusal> {
    let holders: Vec<String> =
        standings.iter().filter(holds).map(|(attempt, said)| holder(order, attempt, said.as_ref())).collect();
    if holders.len() <= 1 {
        return Ok(());
    }
    Err(Refusal::new(
        "which_payment",
        format!("order {} was paid more than once: {}", order.order_id, holders.join("; ")),
        "say which one goes back with --payment PAYMENT_ORDER_ID",
    ))
}

fn holder(order: &StoredOrder, attempt: &Attempt, said: Option<&Notification>) -> String {
    let first = order.payer.as_ref().is_some_and(|payer| payer.payment_order_id == attempt.payment_order_id);
    let how = said.and_then(|said| said.payment_type.as_ref()).map_or("payment", |how| how.as_str());
    let amount = said.and_then(left).map(format::money).unwrap_or_default();
    format!("{} ({how}, {amount}{})", attempt.payment_order_id, if first { ", paid first" } else { "" })
}

fn lists(said: &Notification, key: &str) -> bool {
    said.refunds.iter().flatten().any(|refund| refund.refund_key.as_deref() == Some(key))
}

/// Refunds whose answer was lost, and which the gateway lists by now.
async fn learn(
    hands: &Hands,
    order: &StoredOrder,
    target: &Attempt,
    said: &Notification,
) -> Result<Vec<Refund>, Refusal> {
    let mut learnt = Vec::new();
    for refund in hands.store.refunds(&target.payment_order_id).await? {
        if refund.outcome.is_none() && lists(said, &refund.key) {
            hands.store.refund_ended(&target.payment_order_id, &refund.key, Outcome::Done).await?;
            hands.remark(&order.order_id, &format!("refund done: the gateway lists it, key {}", refund.key)).await?;
            learnt.push(refund);
        }
    }
    Ok(learnt)
}

/// A plan that needs no gateway. It leaves a line too.
async fn halted(hands: &Hands, order: &StoredOrder, target: &Attempt, halt: Halt, by: &str) -> Result<Told, Refusal> {
    match halt {
        Halt::Was(refund) => {
            let what = format!("{} was given back already (key {})", format::money(refund.amount), refund.key);
            hands.remark(&order.order_id, &format!("refund asked for by {by}: {what}")).await?;
            report(hands, order, target, format!("nothing to do: {what}"), None).await
        }
        Halt::No(refusal) => hands.begun(&order.order_id, ("refund", by), Err(refusal)).await,
    }
}

fn question(hands: &Hands, order: &StoredOrder, target: &Attempt, refund: &Refund) -> String {
    format!(
        "refund {} of order {} ({}, {}), payment order {}, at Midtrans ({}): the customer gets {} back; this cannot be \
         undone. Key {}, reason: {}.",
        format::money(refund.amount),
        order.order_id,
        order.status,
        format::money(order.gross_amount),
        target.payment_order_id,
        hands.environment,
        format::money(refund.amount),
        refund.key,
        refund.reason
    )
}

/// What became of it; nothing where that is not known.
async fn give_back(
    hands: &Hands,
    target: &Attempt,
    planned: &Plan,
) -> Result<&'static str, (Refusal, Option<Outcome>)> {
    let refund = planned.refund();
    let action = Action::Refund { key: &refund.key, amount: refund.amount, reason: &refund.reason };
    let (id, transaction) = (&target.payment_order_id, target.transaction_id.as_deref());
    let acted = hands.gateway.act(id, transaction, &action, hands.deadline()).await;
    if acted.answer == Ok(Answered::Done) {
        return Ok("the gateway did it");
    }
    let said = hands.says(target).await;
    // Something went back, and the gateway does not say by which keys.
    let unclear = |said: Result<Option<Notification>, Refusal>| {
        said.map_or(true, |said| said.is_some_and(|said| said.refunds.is_none() && went_back(&said).0 > 0))
    };
    if said.as_ref().is_ok_and(|said| said.as_ref().is_some_and(|said| lists(said, &refund.key))) {
        return Ok("the gateway lists it, though its answer was lost");
    }
    // Whether an earlier try under this key may have done it.
    let earlier = acted.tries > 1 || matches!(planned, Plan::Again(_));
    match acted.answer {
        Ok(Answered::KeyUsed) if earlier => Ok("the gateway did it before, under this key"),
        Ok(answered) if earlier && unclear(said) => Err((refused(&answered, &action, id), None)),
        Ok(answered) => Err((refused(&answered, &action, id), Some(Outcome::Refused))),
        Err(error) => {
            let outcome = (error == MidtransError::Refused && !earlier).then_some(Outcome::Refused);
            let next = "repeat the very same command: it uses the same key, so nothing is given back twice";
            Err((lost(error, next), outcome))
        }
    }
}
