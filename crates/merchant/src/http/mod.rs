//! The HTTP interface of the merchant: routes, middleware and handlers. Business rules are in other modules.

pub mod app_state;
mod error_response;
pub mod extract;
pub mod middleware;
mod monitoring;
mod notifications_api;
pub mod openapi;
pub mod order_events;
mod orders_api;
pub mod routes;
pub mod web;
