//! Who waits for which order, so that a page hears of a change at once. On PostgreSQL changes are heard of
//! between processes too; what is lost on the way is found by the next look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::Store;

/// The channel of PostgreSQL's `NOTIFY`; its payload is the order's id.
pub(super) const CHANNEL: &str = "order_changed";

/// How long to rest before a lost server is tried again.
const REST: Duration = Duration::from_secs(1);

/// The waiting room.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    rooms: Arc<Mutex<HashMap<String, watch::Sender<()>>>>,
    listener: Option<AbortHandle>,
}

impl Changes {
    pub(super) fn between_processes(url: &str) -> Self {
        let mut this = Self::default();
        let (room, url) = (this.clone(), url.to_owned());
        this.listener = Some(tokio::spawn(async move { room.listen(&url).await }).abort_handle());
        this
    }

    pub(super) fn stop(&self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }

    /// Tells who waits in this process.
    pub(super) fn tell(&self, order_id: &str) {
        if let Some(room) = self.rooms().get(order_id) {
            room.send_replace(());
        }
    }

    fn tell_all(&self) {
        for room in self.rooms().values() {
            room.send_replace(());
        }
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        // Nothing that holds the lock can leave the map half changed.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listen(&self, url: &str) {
        loop {
            if let Err(error) = self.listen_once(url).await {
                tracing::warn!(cause = %error, "changes of other processes are not heard");
            }
            tokio::time::sleep(REST).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        // Whatever happened meanwhile was not heard.
        self.tell_all();
        while let Some(heard) = listener.try_recv().await? {
            self.tell(heard.payload());
        }
        Ok(())
    }
}

/// A place in the waiting room, given up when dropped.
#[derive(Debug)]
pub struct Subscription {
    changes: Changes,
    order_id: String,
    news: watch::Receiver<()>,
}

impl Subscription {
    /// Until the order may have changed.
    pub async fn changed(&mut self) {
        if self.news.changed().await.is_err() {
            // The room is gone, which only happens at the end: nothing will come any more.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut rooms = self.changes.rooms();
        // Left under the lock: two that leave at once would each see the other one there.
        drop(std::mem::replace(&mut self.news, watch::channel(()).1));
        if rooms.get(&self.order_id).is_some_and(|room| room.receiver_count() == 0) {
            rooms.remove(&self.order_id);
        }
    }
}

impl Store {
    /// How many in this process wait for changes of an order.
    #[must_use]
    pub fn listeners(&self, order_id: &str) -> usize {
        self.changes.rooms().get(order_id).map_or(0, watch::Sender::receiver_count)
    }

    /// A place to wait for changes of an order. Take it before looking, so that nothing falls in between.
    #[must_use]
    pub fn subscribe(&self, order_id: &str) -> Subscription {
        let news = self.changes.rooms().entry(order_id.to_owned()).or_default().subscribe();
        Subscription { changes: self.changes.clone(), order_id: order_id.to_owned(), news }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rooms_go_with_the_last_who_waits() {
        let changes = Changes::default();
        let place = |id: &str| {
            let news = changes.rooms().entry(id.to_owned()).or_default().subscribe();
            Subscription { changes: changes.clone(), order_id: id.to_owned(), news }
        };
        let (mut one, two, other) = (place("a"), place("a"), place("b"));
        changes.tell("a");
        one.changed().await;
        drop(one);
        assert_eq!(changes.rooms().len(), 2);
        drop((two, other));
        assert_eq!(changes.rooms().len(), 0);
    }
}
