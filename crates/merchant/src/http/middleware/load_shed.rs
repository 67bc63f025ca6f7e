//! How many requests are at work at once. Beyond that the answer is "busy", at once: a queue without an end
//! helps nobody, and whoever was turned away comes again.
//!
//! A place is taken when the body is there: who sends slowly holds a connection, and nothing else. Notifications
//! of the gateway have places of their own, so that a crowd in the shop keeps no money waiting.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ErrorCode};

/// The places of one process.
#[derive(Debug, Clone)]
pub struct Places {
    customers: Arc<Semaphore>,
    notifications: Arc<Semaphore>,
}

/// Held while a request is at work.
#[derive(Debug)]
#[must_use]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// So many for customers, and as many for the gateway.
    #[must_use]
    pub fn new(many: usize) -> Self {
        Self { customers: Arc::new(Semaphore::new(many)), notifications: Arc::new(Semaphore::new(many)) }
    }

    /// For a customer's request.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub fn customer(&self) -> Result<Place, ApiError> {
        take(&self.customers)
    }

    /// For a notification.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`]; Midtrans sends it again.
    pub fn notification(&self) -> Result<Place, ApiError> {
        take(&self.notifications)
    }
}

fn take(places: &Arc<Semaphore>) -> Result<Place, ApiError> {
    match places.clone().try_acquire_owned() {
        Ok(permit) => Ok(Place { _permit: permit }),
        Err(_) => Err(ErrorCode::Busy.into()),
    }
}
