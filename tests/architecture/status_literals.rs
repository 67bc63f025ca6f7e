//! The values of an order's status are written out in one module.

use wire::merchant::OrderStatus;

use crate::sources::{CRATES, shipped_sources};

/// Where the values are defined.
const HOME: &str = "crates/wire/src/order_status.rs";

/// Values that also mean something else: the gateway's own statuses, and the phases of the page.
const AMBIGUOUS: [&str; 3] = ["pending", "paid", "expired"];

/// Status values in a line of code, as a whole string or inside SQL.
fn status_literals(line: &str) -> Vec<&'static str> {
    let values = OrderStatus::ALL.iter().map(|status| match status {
        OrderStatus::Created => "created",
        OrderStatus::Pending => "pending",
        OrderStatus::Review => "review",
        OrderStatus::Paid => "paid",
        OrderStatus::Denied => "denied",
        OrderStatus::Expired => "expired",
        OrderStatus::Cancelled => "cancelled",
        OrderStatus::PartiallyRefunded => "partially_refunded",
        OrderStatus::Refunded => "refunded",
        OrderStatus::ChargedBack => "charged_back",
        OrderStatus::Reversed => "reversed",
        OrderStatus::Unknown(_) => "",
    });
    let in_sql = |value: &str| line.contains(&format!("'{value}'"));
    let whole = |value: &str| !AMBIGUOUS.contains(&value) && line.contains(&format!("\"{value}\""));
    values.filter(|value| !value.is_empty() && (in_sql(value) || whole(value))).collect()
}

#[test]
fn a_status_is_written_out_in_one_module() {
    let mut found = vec![];
    // The stand-in writes its own JSON on purpose, so that an error in `wire` shows.
    for directory in CRATES.into_iter().filter(|directory| *directory != "crates/fake-midtrans/src") {
        for (file, code) in shipped_sources(directory).into_iter().filter(|(file, _)| file != HOME) {
            for line in code.lines() {
                if !status_literals(line).is_empty() {
                    found.push(format!("{file}: {}", line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "use OrderStatus of {HOME}:\n{}", found.join("\n"));
}

#[test]
fn a_status_in_sql_or_as_a_string_is_found() {
    assert_eq!(status_literals("WHERE status IN ('created', 'pending')"), ["created", "pending"]);
    assert_eq!(status_literals("status == \"partially_refunded\""), ["partially_refunded"]);
    assert_eq!(status_literals("transaction == \"pending\""), [""; 0]);
}
