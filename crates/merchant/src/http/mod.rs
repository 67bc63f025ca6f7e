//! Everything between a request's bytes and the shop's rules.

pub mod answer;
pub mod api;
pub mod client;
pub mod contract;
pub mod door;
pub mod edge;
pub mod events;
pub mod extract;
pub mod form;
pub mod headers;
pub mod html;
pub mod origin;
pub mod page;
mod paper;
pub mod places;
