//! The merchant as processes, under violence: killed, cut off from its database, side by side with itself,
//! told everything twice and in disorder. What it acknowledged must be there afterwards, once.
//!
//! `scripts/test chaos` runs it. Sizes are chosen by `CHAOS_KILLS`, `CHAOS_ORDERS`, `CHAOS_WORDS` and
//! `CHAOS_OUTAGE` (seconds); `CHAOS_SEED` makes the same choices again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod asking;
mod chance;
mod cluster;
mod cycle;
mod database;
mod disorder;
mod gateway;
mod kills;
mod ledger;
mod load;
mod outage;
mod receiver;
mod stage;
mod three;

/// A size from the environment.
fn size(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}
