//! Places for connections, in all and of one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::middleware::client_ip::{Client, Proxies};

/// How many there are, and who has them.
pub(super) struct Places {
    all: Arc<Semaphore>,
    of_one: usize,
    proxies: Proxies,
    taken: Arc<Mutex<HashMap<Client, usize>>>,
}

/// A place of somebody; it is free again when this is dropped.
pub(super) struct Seat {
    _place: Option<OwnedSemaphorePermit>,
    client: Option<Client>,
    taken: Arc<Mutex<HashMap<Client, usize>>>,
}

impl Places {
    pub(super) fn new(many: usize, of_one: usize, proxies: Proxies) -> Self {
        Self { all: Arc::new(Semaphore::new(many)), of_one, proxies, taken: Arc::default() }
    }

    /// Waits until a place is free. Nobody closes the places, so there always is one in the end.
    pub(super) async fn free(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// Gives it to this address, unless it has its share already. Our proxies bring many.
    pub(super) fn seat(&self, place: Option<OwnedSemaphorePermit>, peer: IpAddr) -> Option<Seat> {
        let client = (!self.proxies.trusts(peer)).then(|| Client::of(peer));
        if let Some(client) = client {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = taken.entry(client).or_default();
            if *mine >= self.of_one {
                return None;
            }
            *mine += 1;
        }
        Some(Seat { _place: place, client, taken: self.taken.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = taken.get_mut(&client) {
            *mine -= 1;
            if *mine == 0 {
                taken.remove(&client);
            }
        }
    }
}
