//! Reconciliation: fetches the status of an order's payment attempts from the gateway and applies the responses.
//!
//! A notification, a customer's request, the poll schedule and the operator all use it. The holder of an order's poll
//! lease polls; the lease is a row, so it holds across processes. Only the fast path for notifications works without a
//! lease. The poll schedule exists because notifications get lost, and because no notification reports that a token
//! expired.

mod apply;
mod fast_path;
mod log;
mod order_locks;
mod pending;
mod poller;
mod polling;
mod reconciler;
mod report;
mod schedule;
mod status_query;
mod token_expiry;

pub(crate) use fast_path::FastPathResult;
pub(crate) use log::alert_duplicate_payment;
pub use poller::PollStats;
pub use reconciler::Reconcile;
pub use report::ReconcileReport;
