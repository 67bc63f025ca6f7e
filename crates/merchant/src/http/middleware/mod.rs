//! What each request passes before a handler runs.

pub mod access_log;
pub mod client_ip;
pub mod load_shed;
pub mod order_guard;
pub mod origin;
pub mod security_headers;
