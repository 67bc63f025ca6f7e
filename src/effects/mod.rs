//! The only folder that calls JavaScript, besides `src/element`.
//!
//! `EffectRunner::run` performs one [`Effect`](flow::Effect) and reports its result as an event. Dropping the runner ends
//! everything that it started. The other modules are a typed API around `snap.js` that works without the component:
//! [`loader`], [`snap`], [`backend_api`].
//!
//! ```no_run
//! use snap_checkout::effects::{backend_api, loader, snap};
//! use snap_checkout::{CheckoutConfig, Environment};
//!
//! /// Opens the popup for an order. Dropping the popup hides it.
//! async fn pay(order: &str, key: &str) -> Option<snap::Popup> {
//!     let (client_key, token_url) = ("SB-Mid-client-…".into(), "/api/orders".into());
//!     let config = CheckoutConfig::new(client_key, Environment::Sandbox, token_url, order.to_owned().into());
//!     // Dropping the guard aborts the request.
//!     let (_guard, signal) = backend_api::CancelGuard::new();
//!     loader::load(&config.script()).await.ok()?;
//!     let checkout = backend_api::request_token(&config, key, &signal).await.ok()?;
//!     let handler = Box::new(|callback| match callback {
//!         // A hint: only the backend knows whether the order is paid.
//!         snap::SnapCallback::Success(_) | snap::SnapCallback::Pending(_) => {}
//!         snap::SnapCallback::Error(_) | snap::SnapCallback::Close => {}
//!     });
//!     snap::pay(&checkout.token, &config.options, handler).ok()
//! }
//! ```

pub mod backend_api;
pub mod environment;
pub mod format;
pub mod json;
pub mod loader;
pub mod log;
pub mod saved_checkout;
pub mod snap;

mod cancellation;
mod embed_container;
mod js_bindings;
mod js_error;
mod response_body;
mod runner;
pub mod subscriptions;

pub(crate) use runner::EffectRunner;
