//! The store: orders, payment attempts, notifications, refunds and outgoing events, in SQLite or PostgreSQL.
//!
//! This is the only module with SQL. SQLite runs in WAL mode with `synchronous=FULL`. One text of SQL serves both
//! databases (`query.rs`, `connection.rs`). The store applies rules of the crate `orders` and has none of its own.

mod admin_queries;
mod connect;
mod connection;
mod error;
mod group_commit;
mod handle;
mod history;
mod notification_writes;
mod notifications;
mod order_tx;
mod orders;
mod outbox;
mod payment_attempts;
mod poll_leases;
mod pubsub;
mod query;
mod refunds;
mod rows;
mod status_lists;
mod subscription;
mod write_tx;

pub use admin_queries::{NotificationRecord, OrderSummary, OutboxFilter};
pub use error::StoreError;
pub use handle::Store;
pub use history::HistoryEntry;
pub use notification_writes::Closing;
pub use notifications::{
    ConcurrencyStamp, DedupState, InsertOutcome, NewNotification, NotificationLookup, PendingNotification,
};
pub use order_tx::OrderTx;
pub use orders::{NewOrder, OrderInsertion};
pub use outbox::{Delivery, OutboxStats};
pub use poll_leases::{NextPoll, PollLease};
pub use refunds::RefundRequest;
pub use subscription::Subscription;
