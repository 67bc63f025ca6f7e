//! Lists of order statuses for SQL, generated from the facts about a status.

use std::sync::LazyLock;

use wire::merchant::OrderStatus;

/// `'a', 'b'`: the payable statuses.
pub(super) static PAYABLE: LazyLock<String> = LazyLock::new(|| list(OrderStatus::is_payable));

/// `'a', 'b'`: the open statuses.
pub(super) static OPEN: LazyLock<String> = LazyLock::new(|| list(OrderStatus::is_open));

fn list(belongs: fn(&OrderStatus) -> bool) -> String {
    let statuses = OrderStatus::ALL.iter().filter(|status| belongs(status));
    statuses.map(|status| format!("'{status}'")).collect::<Vec<_>>().join(", ")
}
