//! Midtrans Snap checkout for the web, as a [Yew] component.
//!
//! Start at [`SnapCheckout`]. It loads `snap.js`, asks the merchant's backend for a token, opens the popup and
//! waits for the merchant's word; it never decides a price and never calls an order paid by itself.
//! What it decides is in the crate `flow`, what it says on the wire in the crate `wire`, and everything that
//! touches JavaScript in [`browser`].
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

pub mod browser;
pub mod tag;
pub mod text;

mod component;
mod hook;
mod mode;
mod options;
mod props;
mod session;
mod settings;
mod view;

pub use component::SnapCheckout;
pub use flow;
pub use flow::{CheckoutAction, Failure, Outcome, Phase};
pub use hook::{Snap, use_snap};
pub use mode::{Mode, Window, suitable};
pub use options::{SnapOptions, UiMode};
pub use props::{Remote, SnapCheckoutProps};
pub use session::Command;
pub use settings::{Credentials, Environment, Settings, Theme};
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
