//! Subscriptions to updates of one order. On PostgreSQL, updates of other processes arrive through `LISTEN`; a lost
//! notification is made up for by the subscriber's next poll.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::Store;

/// The channel of PostgreSQL's `NOTIFY`; its payload is the order's id.
pub(super) const CHANNEL: &str = "order_changed";

/// The delay before a lost connection is opened again.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// One channel for each order with subscribers.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderEvents {
    channels: Arc<Mutex<HashMap<String, watch::Sender<()>>>>,
    listener: Option<AbortHandle>,
}

impl OrderEvents {
    pub(super) fn across_processes(url: &str) -> Self {
        let mut this = Self::default();
        let (channel, url) = (this.clone(), url.to_owned());
        this.listener = Some(tokio::spawn(async move { channel.listen(&url).await }).abort_handle());
        this
    }

    pub(super) fn stop(&self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }

    /// Notifies the subscribers in this process.
    pub(super) fn notify(&self, order_id: &str) {
        if let Some(channel) = self.channels().get(order_id) {
            channel.send_replace(());
        }
    }

    fn notify_all(&self) {
        for channel in self.channels().values() {
            channel.send_replace(());
        }
    }

    fn channels(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        // Nothing that holds the lock can leave the map half changed.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listen(&self, url: &str) {
        loop {
            if let Err(error) = self.listen_once(url).await {
                tracing::warn!(cause = %error, "updates of other processes do not arrive");
            }
            tokio::time::sleep(RECONNECT_DELAY).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        // Updates before this point did not arrive.
        self.notify_all();
        while let Some(notification) = listener.try_recv().await? {
            self.notify(notification.payload());
        }
        Ok(())
    }
}

/// A subscription to the updates of one order. Dropping it ends it.
#[derive(Debug)]
pub struct Subscription {
    events: OrderEvents,
    order_id: String,
    receiver: watch::Receiver<()>,
}

impl Subscription {
    /// Waits until the order may have changed.
    pub async fn changed(&mut self) {
        if self.receiver.changed().await.is_err() {
            // The channel is gone, which happens only when the store closes.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut channels = self.events.channels();
        // Under the lock: two subscribers that end at once would each see the other.
        drop(std::mem::replace(&mut self.receiver, watch::channel(()).1));
        if channels.get(&self.order_id).is_some_and(|channel| channel.receiver_count() == 0) {
            channels.remove(&self.order_id);
        }
    }
}

impl Store {
    /// The number of subscribers of an order in this process.
    #[must_use]
    pub fn subscriber_count(&self, order_id: &str) -> usize {
        self.events.channels().get(order_id).map_or(0, watch::Sender::receiver_count)
    }

    /// Subscribes to updates of an order. Subscribe before reading the order, so that no update is missed.
    #[must_use]
    pub fn subscribe(&self, order_id: &str) -> Subscription {
        let receiver = self.events.channels().entry(order_id.to_owned()).or_default().subscribe();
        Subscription { events: self.events.clone(), order_id: order_id.to_owned(), receiver }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_channel_ends_with_its_last_subscriber() {
        let events = OrderEvents::default();
        let place = |id: &str| {
            let receiver = events.channels().entry(id.to_owned()).or_default().subscribe();
            Subscription { events: events.clone(), order_id: id.to_owned(), receiver }
        };
        let (mut one, two, other) = (place("a"), place("a"), place("b"));
        events.notify("a");
        one.changed().await;
        drop(one);
        assert_eq!(events.channels().len(), 2);
        drop((two, other));
        assert_eq!(events.channels().len(), 0);
    }
}
