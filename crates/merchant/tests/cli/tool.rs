//! The program as an operator starts it.

use std::process::{Command, Stdio};

use orders::refund_idempotency::{Refund, RefundOutcome};
use serde_json::{Value, json};

use crate::house::{House, SERVER_KEY};

/// One operator at one shop.
#[derive(Clone)]
pub struct Tool {
    variables: Vec<(&'static str, String)>,
}

/// How it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The code of what went wrong, from what people read.
    #[track_caller]
    pub fn refused(&self) -> &str {
        assert_eq!(self.code, 1, "{self:?}");
        assert!(self.err.contains("\n  next: "), "no way on: {self:?}");
        self.err.split(['[', ']']).nth(1).unwrap_or_else(|| panic!("no code: {self:?}"))
    }
}

impl Tool {
    pub fn of(house: &House, gateway: &str) -> Self {
        let variables = vec![
            ("DATABASE_URL", house.database.clone()),
            ("MIDTRANS_ENVIRONMENT", "local".into()),
            ("MIDTRANS_LOCAL_URL", gateway.into()),
            ("MIDTRANS_SERVER_KEY", SERVER_KEY.into()),
            ("USER", "anna".into()),
        ];
        Self { variables }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
        self
    }

    /// `order show ID`, split at the blanks; further arguments as they are.
    pub async fn run(&self, words: &str, more: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_merchant"));
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.args(words.split(' ')).args(more).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The causes in an order's history, the oldest first.
pub async fn history(house: &House, order_id: &str) -> Vec<String> {
    house.store.history(order_id).await.unwrap().into_iter().map(|line| line.cause).collect()
}

/// `p-r1 25000 done`, of the first payment order.
pub async fn refunds(house: &House, payment_order_id: &str) -> Vec<String> {
    let refunds = house.store.refunds(payment_order_id).await.unwrap();
    let one = |refund: &Refund| {
        let key = refund.key.trim_start_matches(payment_order_id);
        format!("{key} {} {}", refund.amount, refund.outcome.map_or("unknown", RefundOutcome::as_str))
    };
    refunds.iter().map(one).collect()
}

/// An order whose customer chose a method; cards by their number.
pub async fn chosen(house: &House, method: &str) -> String {
    let (order_id, _) = house.ordered().await;
    let choice = match method.parse::<u64>() {
        Ok(_) => json!({"order_id": order_id, "method": "credit_card", "number": method}),
        Err(_) => json!({"order_id": order_id, "method": method}),
    };
    house.control("choose", choice).await;
    order_id
}
