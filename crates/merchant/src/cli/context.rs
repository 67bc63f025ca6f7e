//! What the acting commands share: the store, the gateway, and status checks.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wire::merchant::OrderStatus;
use wire::midtrans::StatusResponse;

use super::error::{CliError, sanitize};
use crate::clock;
use crate::config::CliConfig;
use crate::error::ErrorCode;
use crate::metrics::Metrics;
use crate::midtrans::MidtransClient;
use crate::reconciliation::{Reconcile, ReconcileReport};
use crate::store::Store;
use orders::review_resolution::{AttemptStatus, resolve_review};
use orders::{OrderRecord, PaymentAttempt};

/// How long a command waits for a lease that another process holds, and how often it tries.
const LEASE_WAIT: Duration = Duration::from_secs(12);
const LEASE_RETRY: Duration = Duration::from_millis(200);

/// The store, and the gateway with a time limit.
pub(super) struct CommandContext {
    pub(super) store: Store,
    pub(super) gateway: Arc<MidtransClient>,
    /// The gateway's environment, for messages.
    pub(super) environment: String,
    reconcile: Reconcile,
    timeout: Duration,
}

impl CommandContext {
    /// Connects to the gateway with a time limit in seconds.
    pub(super) fn new(config: &CliConfig, store: Store, timeout: u64) -> Result<Self, CliError> {
        let timeout = Duration::from_secs(timeout);
        let gateway = config.gateway(timeout)?;
        let environment = gateway.environment.to_string();
        let gateway = Arc::new(MidtransClient::new(gateway, Metrics::default())?);
        let reconcile = Reconcile::new(store.clone(), gateway.clone());
        Ok(Self { store, gateway, environment, reconcile, timeout })
    }

    /// The deadline of a request to the gateway that starts now.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// Loads an order.
    pub(super) async fn order(&self, id: &str) -> Result<OrderRecord, CliError> {
        self.store.order(id).await?.ok_or_else(|| CliError::order_not_found(id))
    }

    /// The payment attempt of a command: the one in its option, else the one that paid, else the current one.
    pub(super) async fn select_attempt(
        &self,
        order: &OrderRecord,
        option: Option<&str>,
    ) -> Result<PaymentAttempt, CliError> {
        let attempts = self.store.attempts(&order.order_id).await?;
        let id = option.or(order.payer.as_ref().map(|payer| payer.attempt_id.as_str()));
        let found = match id {
            Some(id) => attempts.iter().find(|attempt| attempt.attempt_id == id),
            None => attempts.first(),
        };
        found.cloned().ok_or_else(|| {
            let ids: Vec<&str> = attempts.iter().map(|attempt| attempt.attempt_id.as_str()).collect();
            let which = id.map_or("yet".to_owned(), sanitize);
            CliError::new(
                ErrorCode::PaymentNotFound,
                format!("order {} has no payment attempt {which}", order.order_id),
                format!("choose one of these with --attempt: {}", ids.join(", ")),
            )
        })
    }

    /// Fetches the status of a payment attempt from the gateway.
    pub(super) async fn gateway_status(&self, attempt: &PaymentAttempt) -> Result<Option<StatusResponse>, CliError> {
        let id = attempt.transaction_id.as_deref();
        Ok(self.gateway.status(&attempt.attempt_id, id, self.deadline()).await?)
    }

    /// Fetches the status of all payment attempts of an order.
    pub(super) async fn attempt_statuses(&self, order_id: &str) -> Result<Vec<AttemptStatus>, CliError> {
        let mut statuses = Vec::new();
        for attempt in self.store.attempts(order_id).await? {
            let status = self.gateway_status(&attempt).await?;
            statuses.push((attempt, status));
        }
        Ok(statuses)
    }

    /// Reconciles an order. It waits for a concurrent run, then resolves a review that has ended.
    pub(super) async fn reconcile(&self, order_id: &str) -> Result<ReconcileReport, CliError> {
        let give_up_at = Instant::now() + LEASE_WAIT;
        let mut report = loop {
            if let Some(report) = self.reconcile.reconcile_now(order_id).await? {
                break report.into_result()?;
            }
            if Instant::now() >= give_up_at {
                return Err(CliError::new(
                    ErrorCode::InProgress,
                    format!("another process is checking the status of order {order_id}"),
                    format!("wait a moment, then merchant order show {order_id}"),
                ));
            }
            tokio::time::sleep(LEASE_RETRY).await;
        };
        report.updates.extend(self.resolve_review(order_id).await?);
        Ok(report)
    }

    /// Resolves the review of an order if refunds have settled it. Returns the change.
    async fn resolve_review(&self, order_id: &str) -> Result<Option<String>, CliError> {
        let order = self.order(order_id).await?;
        let Some(payer) = order.payer.as_ref().filter(|_| order.status == OrderStatus::Review) else {
            return Ok(None);
        };
        let Some(resolved) = resolve_review(&order, &self.attempt_statuses(order_id).await?) else { return Ok(None) };
        let left = &resolved.payer;
        if left.attempt_id != payer.attempt_id && !self.store.reassign_payer(order_id, &payer.attempt_id, left).await? {
            return Ok(None);
        }
        let decide = |order: &OrderRecord, _: &PaymentAttempt| resolved.update(&order.status);
        let update = self.store.update_order(order_id, clock::now(), decide).await?;
        Ok(update.status.map(|_| update.outcome.to_string()))
    }

    /// Reconciles an order after an action at the gateway. `is_visible` says whether a status shows the action.
    ///
    /// If the order is not up to date, it returns a note for the operator instead of an error: the action succeeded.
    pub(super) async fn sync_after_action(
        &self,
        attempt: &PaymentAttempt,
        order_id: &str,
        is_visible: impl Fn(Option<&StatusResponse>) -> bool,
    ) -> Result<Option<String>, CliError> {
        let reconciled = self.reconcile(order_id).await;
        let visible = match &reconciled {
            Ok(_) => self.gateway_status(attempt).await.is_ok_and(|status| is_visible(status.as_ref())),
            Err(_) => false,
        };
        if visible {
            return Ok(None);
        }
        // The schedule rarely checks paid orders, but a change of this one is coming.
        self.store.schedule_poll_now(order_id, clock::now()).await?;
        let reason =
            reconciled.err().map_or_else(|| "the gateway's status does not show it yet".into(), |error| error.message);
        Ok(Some(format!("the order is not up to date yet ({reason}); a running server checks its status again")))
    }

    /// Adds a history entry when a check before an action failed, then returns the result of the check.
    pub(super) async fn record_failed_precheck<T>(
        &self,
        order_id: &str,
        (action, by): (&str, &str),
        result: Result<T, CliError>,
    ) -> Result<T, CliError> {
        if let Err(error) = &result {
            // The error of the check matters more than an error of the history.
            drop(self.add_note(order_id, &format!("{action} requested by {by}, not started: {error}")).await);
        }
        result
    }

    /// Adds an entry to the history of an order.
    pub(super) async fn add_note(&self, order_id: &str, text: &str) -> Result<(), CliError> {
        Ok(self.store.add_note(order_id, text, clock::now()).await?)
    }
}
