//! Midtrans Snap checkout for the web, as a [Yew] component.
//!
//! Start at [`SnapCheckout`]. It loads `snap.js`, requests a token from the merchant's backend, opens the popup and waits
//! for the backend's status. It never sets a price and never decides that an order is paid.
//! The rules are in the crate `flow`, the JSON types in the crate `wire`, and the calls of JavaScript in [`effects`].
//!
//! ```
//! use snap_checkout::{Environment, SnapCheckout};
//! use yew::prelude::*;
//!
//! #[component]
//! fn Page() -> Html {
//!     html! {
//!         <SnapCheckout
//!             client_key="SB-Mid-client-…"
//!             environment={Environment::Sandbox}
//!             token_url="/api/orders"
//!             order={r#"{"items":[{"id":"kopi-gayo-250g","quantity":1}]}"#}
//!         />
//!     }
//! }
//! ```
//!
//! [Yew]: https://yew.rs
#![warn(missing_docs)]

pub mod effects;
pub mod element_builder;
pub mod i18n;

mod component;
mod config;
mod controller;
mod hook;
mod input;
mod mode;
mod props;
mod snap_options;
mod view;

pub use component::SnapCheckout;
pub use config::{CheckoutConfig, Credentials, Environment, Theme};
pub use flow;
pub use flow::{CheckoutAction, Failure, Outcome, Phase};
pub use hook::{Snap, use_snap};
pub use input::Command;
pub use mode::{FrameContext, Mode, suitable};
pub use props::{CheckoutHandle, SnapCheckoutProps};
pub use snap_options::{SnapOptions, UiMode};
pub use view::name as phase_name;
pub use wire;

#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/theming.md")]
    struct Looks;
    #[doc = include_str!("../docs/embed/yew.md")]
    struct EmbedYew;
}
