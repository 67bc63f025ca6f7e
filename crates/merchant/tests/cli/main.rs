//! The operator's commands: the built program beside a running merchant, on the same database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod actions;
mod ask;
#[expect(dead_code, reason = "the other tests of the house need the rest")]
#[path = "../integration/house.rs"]
mod house;
mod look;
mod refunds;
#[expect(dead_code, reason = "the other tests of the house need the rest")]
#[path = "../integration/stub.rs"]
mod stub;
mod tool;
mod twice;
