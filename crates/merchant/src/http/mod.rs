//! The HTTP server: routes, middleware and handlers. Rules are elsewhere.

pub mod api;
pub mod error_response;
pub mod extract;
pub mod middleware;
pub mod openapi;
pub mod order_events;
pub mod router;
pub mod web;
