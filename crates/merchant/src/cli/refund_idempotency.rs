//! Which key a refund gets: the rule that keeps a repeated command from giving back twice. Pure.
//!
//! The key is on disk before the gateway hears of it. The same command again, while what became of the first
//! one is unknown, uses the same key; after it was done, it is refused unless the operator names a new key.

use wire::Rupiah;

use super::error::Refusal;
use super::format::{money, wib};
use crate::clock::Millis;
use crate::store::{Outcome, Plan, Refund};

/// What the operator asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) payment_order_id: &'a str,
    pub(super) amount: Option<Rupiah>,
    pub(super) reason: &'a str,
    pub(super) key: Option<&'a str>,
    /// What the gateway says is left to give back.
    pub(super) left: Rupiah,
    pub(super) at: Millis,
}

/// Why there is nothing to ask the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// This very key was used for it, and it was done.
    Was(Refund),
    /// It must not be.
    No(Refusal),
}

pub(super) fn plan(known: &[Refund], asked: &Asked<'_>) -> Result<Plan, Halt> {
    if let Some(refund) = asked.key.and_then(|key| known.iter().find(|refund| refund.key == key)) {
        return by_its_key(refund, asked);
    }
    if asked.key.is_none() {
        let same = |refund: &&Refund| is_same(refund, asked);
        let open = || known.iter().filter(|refund| refund.outcome.is_none());
        if let Some(refund) = open().find(same) {
            return Ok(Plan::Again(refund.clone()));
        }
        if let Some(refund) = open().next() {
            return Err(Halt::No(is_open(refund)));
        }
        if let Some(refund) = known.iter().filter(|refund| refund.outcome == Some(Outcome::Done)).find(same) {
            return Err(Halt::No(repeated(refund)));
        }
    }
    let amount = asked.amount.unwrap_or(asked.left);
    if asked.left.0 <= 0 {
        let next = format!("merchant order find {}", asked.payment_order_id);
        return Err(Halt::No(Refusal::new("nothing_left", "everything was given back already", next)));
    }
    if amount > asked.left {
        let sentence = format!("{} is more than the {} that are left", money(amount), money(asked.left));
        return Err(Halt::No(Refusal::new(
            "refund_amount",
            sentence,
            "give a smaller --amount, or none for all that is left",
        )));
    }
    let key = match asked.key {
        Some(key) => key.to_owned(),
        None => fresh(known, asked.payment_order_id),
    };
    let reason = asked.reason.to_owned();
    Ok(Plan::New(Refund { key, asked: asked.amount, amount, reason, asked_at: asked.at, outcome: None }))
}

/// Whether it is what was asked for then.
pub(super) fn is_same(refund: &Refund, asked: &Asked<'_>) -> bool {
    refund.asked == asked.amount && refund.reason == asked.reason
}

fn by_its_key(refund: &Refund, asked: &Asked<'_>) -> Result<Plan, Halt> {
    if refund.asked != asked.amount {
        let sentence = format!("the key {} belongs to a refund of {}", refund.key, money(refund.amount));
        return Err(Halt::No(Refusal::new(
            "refund_key_used",
            sentence,
            "give another --key, or the amount it was used with",
        )));
    }
    match refund.outcome {
        Some(Outcome::Done) => Err(Halt::Was(refund.clone())),
        Some(Outcome::Refused) | None => Ok(Plan::Again(refund.clone())),
    }
}

/// A key that people recognise, and that no refund of this payment order has.
fn fresh(known: &[Refund], payment_order_id: &str) -> String {
    let mut number = known.len() + 1;
    loop {
        let key = format!("{payment_order_id}-r{number}");
        if known.iter().all(|refund| refund.key != key) {
            return key;
        }
        number += 1;
    }
}

fn is_open(refund: &Refund) -> Refusal {
    let amount = refund.asked.map_or(String::new(), |amount| format!(" --amount {amount}"));
    Refusal::new(
        "refund_open",
        format!(
            "it is not known what became of the refund of {} from {} (key {})",
            money(refund.amount),
            wib(refund.asked_at),
            refund.key
        ),
        format!(
            "find out first, by the same command as then: merchant order refund ID{amount} --reason '{}'; or insist with a new --key",
            refund.reason
        ),
    )
}

fn repeated(refund: &Refund) -> Refusal {
    Refusal::new(
        "refund_repeated",
        format!(
            "{} was given back for this reason already, on {} (key {})",
            money(refund.amount),
            wib(refund.asked_at),
            refund.key
        ),
        "if it is meant a second time, give it a new --key",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `k1 400 open reason`: key, amount as typed (or all), outcome, reason.
    fn refund(words: &str) -> Refund {
        let mut words = words.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (key, asked, outcome, reason) = (word(), word(), word(), word());
        let asked = asked.parse().ok().map(Rupiah);
        let outcome = match outcome {
            "done" => Some(Outcome::Done),
            "refused" => Some(Outcome::Refused),
            _ => None,
        };
        let (key, reason) = (key.to_owned(), reason.to_owned());
        Refund { key, asked, amount: asked.unwrap_or(Rupiah(1000)), reason, asked_at: 0, outcome }
    }

    #[test]
    fn the_same_command_gives_nothing_back_twice() {
        let all = "all";
        // what is known, amount, reason, key, what is left, what is done
        type Row<'a> = (&'a [&'a str], &'a str, &'a str, Option<&'a str>, i64, &'a str);
        #[rustfmt::skip]
        let cases: &[Row] = &[
            (&[], "400", "x", None, 1000, "new p-r1 400"),
            (&[], all, "x", None, 1000, "new p-r1 1000"),
            (&[], "400", "x", Some("mine"), 1000, "new mine 400"),
            (&[], "1001", "x", None, 1000, "refund_amount"),
            (&[], all, "x", None, 0, "nothing_left"),
            (&["p-r1 400 open x"], "400", "x", None, 600, "again p-r1 400"),
            (&["p-r1 400 open x"], "400", "x", None, 0, "again p-r1 400"),
            (&["p-r1 all open x"], all, "x", None, 0, "again p-r1 1000"),
            (&["p-r1 400 open x"], "400", "y", None, 1000, "refund_open"),
            (&["p-r1 400 open x"], "500", "x", None, 1000, "refund_open"),
            (&["p-r1 400 open x"], all, "x", None, 1000, "refund_open"),
            (&["p-r1 400 open x"], "500", "x", Some("mine"), 1000, "new mine 500"),
            (&["p-r1 400 done x"], "400", "x", None, 600, "refund_repeated"),
            (&["p-r1 400 done x"], "400", "y", None, 600, "new p-r2 400"),
            (&["p-r1 400 done x"], "400", "x", Some("second"), 600, "new second 400"),
            (&["p-r1 400 done x"], all, "x", None, 600, "new p-r2 600"),
            (&["p-r1 all done x"], all, "x", None, 0, "refund_repeated"),
            (&["p-r1 400 refused x"], "400", "x", None, 1000, "new p-r2 400"),
            (&["mine 400 done x"], "400", "x", Some("mine"), 600, "was mine"),
            (&["mine 400 refused x"], "400", "x", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 open x"], "400", "other", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 done x"], "500", "x", Some("mine"), 600, "refund_key_used"),
            (&["p-r2 400 done x"], "500", "x", None, 600, "new p-r3 500"),
        ];
        for (known, amount, reason, key, left, expected) in cases {
            let known: Vec<Refund> = known.iter().map(|words| refund(words)).collect();
            let amount = amount.parse().ok().map(Rupiah);
            let asked = Asked { payment_order_id: "p", amount, reason, key: *key, left: Rupiah(*left), at: 0 };
            let got = match plan(&known, &asked) {
                Ok(Plan::New(refund)) => format!("new {} {}", refund.key, refund.amount),
                Ok(Plan::Again(refund)) => format!("again {} {}", refund.key, refund.amount),
                Err(Halt::Was(refund)) => format!("was {}", refund.key),
                Err(Halt::No(refusal)) => refusal.code.to_owned(),
            };
            assert_eq!(got, *expected, "{known:?} {asked:?}");
        }
    }
}
