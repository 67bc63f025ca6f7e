//! What can be asked, and what every handler shares.

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::catalog::Catalog;
use crate::checkout_service::CheckoutService;
use crate::config::Config;
use crate::error::{ApiError, ErrorCode};
use crate::http::middleware::access_log;
use crate::http::middleware::load_shed::Places;
use crate::http::middleware::order_guard::Door;
use crate::http::middleware::security_headers::SecurityHeaders;
use crate::http::web::index_page::Page;
use crate::http::web::{checkout_form, index_page};
use crate::http::{api, openapi, order_events};
use crate::metrics::Metrics;
use crate::midtrans::{MidtransClient, MidtransError};
use crate::reconciliation::{Reconcile, Swept};
use crate::secret::ServerKey;
use crate::store::{Store, StoreError};
use crate::webhooks::incoming::Notifications;
use wire::merchant::Environment;

/// What every handler shares; cheap to clone, as each request does several times. Nothing in it changes.
#[derive(Debug, Clone)]
pub struct Shop(Arc<Parts>);

/// The parts of a [`Shop`].
#[derive(Debug)]
pub struct Parts {
    pub(crate) store: Store,
    pub(crate) orders: CheckoutService,
    pub(crate) notifications: Notifications,
    pub(crate) reconcile: Reconcile,
    gateway: Arc<MidtransClient>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) public: Arc<wire::merchant::StorefrontConfig>,
    pub(crate) page: Page,
    pub(crate) door: Door,
    pub(crate) places: Places,
    pub(crate) security: Arc<SecurityHeaders>,
    pub(crate) server_key: ServerKey,
    pub(crate) metrics: Metrics,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) ending: watch::Sender<bool>,
}

impl std::ops::Deref for Shop {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Shop {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`MidtransError`] when its client cannot be built.
    pub fn new(config: &Config, catalog: Catalog, store: Store) -> Result<Self, MidtransError> {
        let metrics = Metrics::default();
        let gateway = Arc::new(MidtransClient::new(config.gateway.clone(), metrics.clone())?);
        let reconcile = Reconcile::new(store.clone(), gateway.clone());
        let local = config.gateway.environment == Environment::Local;
        let public = wire::merchant::StorefrontConfig {
            environment: config.gateway.environment.clone(),
            client_key: config.gateway.client_key.clone(),
            gateway_origin: local.then(|| config.gateway.snap.origin().ascii_serialization()),
            items: catalog.items().to_vec(),
        };
        Ok(Self(Arc::new(Parts {
            orders: CheckoutService::new(store.clone(), gateway.clone(), reconcile.clone(), config.public_origin()),
            notifications: Notifications::new(reconcile.clone()),
            reconcile,
            gateway,
            store,
            catalog: Arc::new(catalog),
            public: Arc::new(public),
            page: Page::new(config.dist.clone()),
            door: Door::new(config),
            places: Places::new(config.limits.requests),
            security: Arc::new(SecurityHeaders::new(config)),
            server_key: config.gateway.server_key.clone(),
            metrics,
            streams: Arc::new(Semaphore::new(order_events::MAX_STREAMS)),
            ending: watch::Sender::new(false),
        })))
    }

    /// Asks the gateway about orders that are due, and keeps the way there open, for as long as it is polled.
    pub async fn keep_up(&self) {
        tokio::join!(self.reconcile.run(), self.gateway.keep_warm());
    }

    /// The counters, for whoever counts into them too.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Ends what would otherwise go on for ever: pages that listen come again, to the next process.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// One turn of [`Self::keep_up`], at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        self.reconcile.sweep().await
    }

    /// What is missing for the page to be served, as a sentence for the operator.
    ///
    /// # Errors
    /// The sentence.
    pub fn check_page(&self) -> Result<(), String> {
        self.page.check()
    }
}

/// Every address of the shop.
pub fn router(shop: Shop) -> Router {
    let page = Router::new()
        .route("/", get(index_page::index))
        .route("/index.html", get(index_page::index))
        .route("/order", get(index_page::index))
        .route("/order/", get(index_page::index))
        .route("/order/{id}", get(index_page::order))
        .fallback(index_page::file)
        // Files have precompressed twins; this is for the page itself. Answers of the API stay as they are.
        .layer(CompressionLayer::new());
    Router::new()
        .route("/api/shop", get(api::shop))
        .route("/api/openapi.json", get(openapi::openapi).layer(CompressionLayer::new()))
        .route("/api/orders", post(api::create))
        .route("/api/orders/{id}", get(api::status))
        .route("/api/orders/{id}/events", get(order_events::events))
        .route("/api/orders/{id}/token", post(api::token))
        .route("/api/midtrans/notifications", post(api::notify))
        .route("/checkout", post(checkout_form::checkout))
        .route("/healthz", get(api::health))
        .route("/readyz", get(api::ready))
        .merge(page)
        .method_not_allowed_fallback(|| async { ApiError::from(ErrorCode::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(access_log::panicked))
        .layer(middleware::from_fn_with_state(shop.clone(), access_log::edge))
        .with_state(shop)
}

/// What only the operator asks, at an address of its own.
pub fn operator_router(shop: Shop) -> Router {
    Router::new()
        .route("/metrics", get(api::metrics))
        .route("/healthz", get(api::health))
        .route("/readyz", get(api::ready))
        .layer(middleware::map_response_with_state(shop.clone(), access_log::dress))
        .with_state(shop)
}
