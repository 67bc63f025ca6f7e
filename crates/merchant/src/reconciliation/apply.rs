//! What the gateway answered, beside what it had told; and what that makes of an order, in one transaction.

use std::collections::HashMap;

use wire::midtrans::Notification;

use super::{BELIEVABLE, LATE, Round, is_news, since};
use crate::clock::Millis;
use crate::confirm::{claims_money, contradiction};
use crate::midtrans::MidtransError;
use crate::news::{change_by, is_end};
use crate::store::{Change, Holding, Payer, StoreError, Waiting};

/// A notification that waits, and what it says where it can be read.
pub(super) type Told = (Waiting, Option<Notification>);

/// The gateway's answers to one round of questions.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The notifications that wait.
    pub(super) told: Vec<Told>,
    /// The status of each payment order that it knows.
    pub(super) said: Vec<(String, Notification)>,
    /// What kept some question from being answered.
    pub(super) failed: Option<MidtransError>,
    /// The change, when the payment page came to its end.
    pub(super) ended: Option<String>,
}

/// What becomes of the notifications that wait.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// By fingerprint.
    pub(super) done: Vec<(String, String)>,
    /// Why others still wait.
    pub(super) waits: Option<&'static str>,
}

impl Answers {
    /// Which of the waiting notifications are borne out by the answers so far.
    pub(super) fn judged(&self, payer: Option<&Payer>, now: Millis) -> Judged {
        self.judged_by(&HashMap::new(), payer, now)
    }

    fn judged_by(
        &self,
        outcomes: &HashMap<&str, (&Notification, String)>,
        payer: Option<&Payer>,
        now: Millis,
    ) -> Judged {
        let mut judged = Judged::default();
        for (waiting, told) in &self.told {
            let verdict = match told.as_ref().map(|told| (told, outcomes.get(told.order_id.as_str()))) {
                None => Ok("unreadable".to_owned()),
                Some((_, None)) => Err("the gateway does not know it"),
                Some((told, Some((answer, outcome)))) => match contradiction(told, answer, payer) {
                    None => Ok(outcome.clone()),
                    Some(why) => Err(why),
                },
            };
            match verdict {
                Ok(outcome) => judged.done.push((waiting.fingerprint.clone(), outcome)),
                // Silence proves nothing.
                Err(why) if self.failed.is_none() && since(waiting.received_at, now) >= BELIEVABLE => {
                    judged.done.push((waiting.fingerprint.clone(), format!("never confirmed: {why}")));
                }
                Err(why) => judged.waits = Some(why),
            }
        }
        judged
    }
}

/// Writes down what the gateway said, and which notifications that bears out.
pub(super) async fn write_down(
    held: &mut Holding<'_>,
    answers: Answers,
    now: Millis,
    changes: &mut Vec<Change>,
) -> Result<Round, StoreError> {
    let mut round = Round::default();
    let mut outcomes = HashMap::new();
    for (payment_order_id, answer) in &answers.said {
        if is_held(answer, &answers.told, held.order().payer.as_ref(), now) {
            round.waits = Some("the gateway contradicts itself");
            continue;
        }
        let change = held.change(now, change_by(answer)).await?;
        if is_news(&change) {
            round.changes.push(change.outcome.clone());
        }
        outcomes.insert(payment_order_id.as_str(), (answer, change.outcome.clone()));
        changes.push(change);
    }
    let judged = answers.judged_by(&outcomes, held.order().payer.as_ref(), now);
    for (fingerprint, outcome) in judged.done {
        held.done(&fingerprint, &outcome, now).await?;
        round.done.insert(fingerprint, outcome);
    }
    round.waits = judged.waits.or(round.waits);
    round.changes.extend(answers.ended);
    round.failed = answers.failed;
    Ok(round)
}

/// A notification of money came a moment ago, and the status tells of an end: one of them is late. An end
/// that is believed too soon makes the customer pay again.
pub(super) fn is_held(answer: &Notification, told: &[Told], payer: Option<&Payer>, now: Millis) -> bool {
    is_end(answer)
        && told.iter().any(|(waiting, told)| {
            told.as_ref().is_some_and(|told| {
                told.order_id == answer.order_id
                    && claims_money(told)
                    && contradiction(told, answer, payer).is_some()
                    && since(waiting.received_at, now) < LATE
            })
        })
}
