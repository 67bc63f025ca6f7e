//! Middleware and guards: the steps before and after a handler.

pub mod access_log;
pub mod client_ip;
pub mod cors;
pub mod csrf;
pub mod load_shed;
pub mod order_guard;
pub mod pipeline;
pub mod security_headers;
pub mod timeout;
