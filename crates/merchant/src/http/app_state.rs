//! The state that the HTTP handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio::sync::watch;
use wire::merchant::{Environment, StorefrontConfig};

use crate::catalog::Catalog;
use crate::checkout_service::CheckoutService;
use crate::config::Config;
use crate::http::middleware::load_shed::RequestPermits;
use crate::http::middleware::order_guard::OrderGuard;
use crate::http::middleware::security_headers::SecurityHeaders;
use crate::http::web::built_page::BuiltPage;
use crate::metrics::Metrics;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::reconciliation::{PollStats, Reconcile};
use crate::secret::ServerKey;
use crate::store::{Store, StoreError};
use crate::webhooks::incoming::Notifications;

/// The shared state. It is cheap to clone and does not change.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Services>);

/// The services and settings behind an [`AppState`].
#[derive(Debug)]
pub struct Services {
    pub(super) store: Store,
    pub(super) checkout: CheckoutService,
    pub(super) notifications: Notifications,
    pub(super) reconcile: Reconcile,
    gateway: Arc<MidtransClient>,
    pub(super) catalog: Catalog,
    pub(super) storefront: Arc<StorefrontConfig>,
    pub(super) page: BuiltPage,
    pub(super) order_guard: OrderGuard,
    pub(super) permits: RequestPermits,
    pub(super) security_headers: Arc<SecurityHeaders>,
    pub(super) server_key: ServerKey,
    pub(super) metrics: Metrics,
    pub(super) shutting_down: watch::Sender<bool>,
}

impl std::ops::Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl FromRef<AppState> for Arc<StorefrontConfig> {
    fn from_ref(state: &AppState) -> Self {
        state.storefront.clone()
    }
}

impl FromRef<AppState> for Arc<SecurityHeaders> {
    fn from_ref(state: &AppState) -> Self {
        state.security_headers.clone()
    }
}

impl AppState {
    /// Creates the services.
    ///
    /// # Errors
    /// [`MidtransError`] when the gateway's HTTP client cannot be built.
    pub fn new(config: &Config, catalog: Catalog, store: Store) -> Result<Self, MidtransError> {
        let metrics = Metrics::default();
        let gateway = Arc::new(MidtransClient::new(config.gateway.clone(), metrics.clone())?);
        let reconcile = Reconcile::new(store.clone(), gateway.clone());
        let local = config.gateway.environment == Environment::Local;
        let storefront = StorefrontConfig {
            environment: config.gateway.environment.clone(),
            client_key: config.gateway.client_key.clone(),
            gateway_origin: local.then(|| config.gateway.snap.origin().ascii_serialization()),
            items: catalog.items().to_vec(),
        };
        Ok(Self(Arc::new(Services {
            checkout: CheckoutService::new(store.clone(), gateway.clone(), reconcile.clone(), config.public_origin()),
            notifications: Notifications::new(reconcile.clone()),
            reconcile,
            gateway,
            store,
            catalog,
            storefront: Arc::new(storefront),
            page: BuiltPage::new(config.dist.clone()),
            order_guard: OrderGuard::new(config),
            permits: RequestPermits::new(config.limits.max_requests),
            security_headers: Arc::new(SecurityHeaders::new(config)),
            server_key: config.gateway.server_key.clone(),
            metrics,
            shutting_down: watch::Sender::new(false),
        })))
    }

    /// Polls orders that are due and keeps connections to the gateway open, until it is dropped.
    pub async fn run_background(&self) {
        tokio::join!(self.reconcile.run(), self.gateway.keep_warm());
    }

    /// The metrics, for other services that record into them.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Ends the event streams and fails the readiness check. Pages then reconnect to another process.
    pub fn begin_shutdown(&self) {
        self.shutting_down.send_replace(true);
    }

    /// Polls the orders that are due once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn poll_due_orders(&self) -> Result<PollStats, StoreError> {
        self.reconcile.poll_due().await
    }

    /// Checks that the built page can be served.
    ///
    /// # Errors
    /// A sentence for the operator: the fault and its remedy.
    pub fn check_page(&self) -> Result<(), String> {
        self.page.check()
    }
}
