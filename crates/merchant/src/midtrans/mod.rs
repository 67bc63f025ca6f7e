//! The client of Midtrans' APIs: it creates and cancels tokens, fetches statuses and performs actions.
//!
//! Each call retries until its deadline, with back-off and jitter. The size of each response is limited, and its content is
//! validated. The client stores nothing and has no rules about orders.

mod actions;
mod client;
mod error;
pub(crate) mod response;

pub use actions::{Action, ActionOutcome, ActionRejection, ActionResult};
pub use client::MidtransClient;
pub use error::MidtransError;
