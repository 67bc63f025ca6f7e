//! Subscriptions to updates of one order. On PostgreSQL, updates of other processes arrive through `LISTEN`; a lost
//! notification is made up for by the subscriber's next poll.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

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

    pub(super) fn channels(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
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
