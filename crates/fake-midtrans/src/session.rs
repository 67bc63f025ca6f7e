//! A Snap session: what a token stands for.

use time::{Duration, OffsetDateTime};

use crate::request::TokenOrder;

/// Life of a token when the merchant set nothing.
pub const DEFAULT_LIFE: Duration = Duration::hours(24);

/// Declined attempts before the page gives up.
pub const MOST_DECLINES: u8 = 3;

/// What a token stands for.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the merchant asked for.
    pub order: TokenOrder,
    /// When the merchant asked.
    pub made_at: OffsetDateTime,
    /// When the page stops to be available.
    pub ends_at: OffsetDateTime,
    /// Whether the merchant took it back, and how.
    pub state: SessionState,
    /// Declined card attempts so far.
    pub declines: u8,
    /// Transactions made here, oldest first: their ids.
    pub transactions: Vec<String>,
    /// Where this order's notifications go.
    pub notify: NotifyUrls,
}

/// Whether a token can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Yes.
    Active,
    /// A newer token for the same order replaced it.
    Replaced,
    /// The merchant called the cancel endpoint.
    Canceled,
}

/// `X-Append-Notification` and `X-Override-Notification`.
#[derive(Debug, Clone, Default)]
pub struct NotifyUrls {
    /// In addition to the configured one.
    pub append: Vec<String>,
    /// Instead of it; wins over `append`.
    pub replace: Vec<String>,
}

impl NotifyUrls {
    /// Addresses for one notification.
    pub fn resolve(&self, configured: Option<&str>) -> Vec<String> {
        if !self.replace.is_empty() {
            return self.replace.clone();
        }
        let mut urls: Vec<String> = configured.map(str::to_owned).into_iter().collect();
        for url in &self.append {
            if !urls.contains(url) {
                urls.push(url.clone());
            }
        }
        urls
    }
}

impl Session {
    /// A fresh one.
    pub fn new(order: TokenOrder, notify: NotifyUrls, now: OffsetDateTime) -> Self {
        // Priority: page_expiry, expiry, the default.
        let from_expiry = match order.expiry {
            Some(crate::request::RequestedExpiry::At(at)) => Some(at),
            Some(crate::request::RequestedExpiry::After(life)) => now.checked_add(life.max(Duration::minutes(5))),
            None => None,
        };
        let from_page = order.page_life.and_then(|life| now.checked_add(life));
        let ends_at = from_page.or(from_expiry).unwrap_or_else(|| now.saturating_add(DEFAULT_LIFE));
        Self {
            order,
            made_at: now,
            ends_at,
            state: SessionState::Active,
            declines: 0,
            transactions: Vec::new(),
            notify,
        }
    }

    /// Whether a customer may still start a payment here.
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        self.state == SessionState::Active && now < self.ends_at
    }
}
