//! The edge: the only folder that names JavaScript.
//!
//! `EffectRunner::run` performs one [`Effect`](flow::Effect) and answers through `send`; everything that must end with the component
//! is held by the guards and undone when they are dropped. The rest is the typed, lower-level API around `snap.js`,
//! usable without the component: [`loader`], [`snap`], [`backend_api`].
//!
//! ```no_run
//! use snap_checkout::effects::{backend_api, loader, snap};
//! use snap_checkout::{Environment, CheckoutConfig};
//!
//! /// Opens the popup for an order. Whoever drops the popup hides it.
//! async fn pay(order: &str, key: &str) -> Option<snap::Popup> {
//!     let token_url = "/api/orders".into();
//!     let settings = CheckoutConfig::new("SB-Mid-client-…".into(), Environment::Sandbox, token_url, order.to_owned().into());
//!     // Dropping the guard gives the request up.
//!     let (_guard, signal) = backend_api::CancelGuard::new();
//!     loader::load(&settings.script()).await.ok()?;
//!     let checkout = backend_api::request_token(&settings, key, &signal).await.ok()?;
//!     let heard = Box::new(|heard| match heard {
//!         // A hint: only the merchant's backend knows what was paid.
//!         snap::SnapCallback::Success(_) | snap::SnapCallback::Pending(_) => {}
//!         snap::SnapCallback::Error(_) | snap::SnapCallback::Close => {}
//!     });
//!     snap::pay(&checkout.token, &settings.options, heard).ok()
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
