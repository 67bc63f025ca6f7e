//! Webhooks: incoming notifications from the gateway, and outgoing events for the shop's own systems.

pub mod incoming;
pub mod outgoing;
pub mod signature;
