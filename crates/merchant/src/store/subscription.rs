//! Subscriptions to updates of one order.

use tokio::sync::watch;

use super::Store;
use super::pubsub::OrderEvents;

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
