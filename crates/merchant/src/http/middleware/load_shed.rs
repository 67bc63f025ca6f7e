//! Load shedding: limits on concurrent requests and event streams. Above a limit the response is 503 at once.
//!
//! A request takes its permit after its body has arrived. So a slow upload holds a connection, but no permit.
//! Notifications have their own permits, so that many customers cannot delay the confirmation of a payment.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ErrorCode};

/// Open event streams in one process. Each needs a connection; above the limit a page polls.
pub const MAX_STREAMS: usize = 2048;

/// The permits of one process.
#[derive(Debug, Clone)]
pub struct RequestPermits {
    customers: Arc<Semaphore>,
    notifications: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// One permit. It is returned when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl RequestPermits {
    /// Creates `max_requests` permits for customers and as many for notifications.
    #[must_use]
    pub fn new(max_requests: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self {
            customers: semaphore(max_requests),
            notifications: semaphore(max_requests),
            streams: semaphore(MAX_STREAMS),
        }
    }

    /// Takes a permit for a customer's request.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub fn customer(&self) -> Result<Permit, ApiError> {
        take(&self.customers)
    }

    /// Takes a permit for a notification.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`]. Midtrans then sends the notification again.
    pub fn notification(&self) -> Result<Permit, ApiError> {
        take(&self.notifications)
    }

    /// Takes a permit for an event stream.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub fn event_stream(&self) -> Result<Permit, ApiError> {
        take(&self.streams)
    }

    /// The number of open event streams.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        MAX_STREAMS.saturating_sub(self.streams.available_permits())
    }
}

fn take(semaphore: &Arc<Semaphore>) -> Result<Permit, ApiError> {
    match semaphore.clone().try_acquire_owned() {
        Ok(permit) => Ok(Permit { _permit: permit }),
        Err(_) => Err(ErrorCode::Busy.into()),
    }
}
