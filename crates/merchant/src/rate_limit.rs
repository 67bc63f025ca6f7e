//! Rate limiting: a token bucket for each client, in bounded memory. The caller passes the time in.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// A token bucket for each client. A bucket holds one minute's tokens and refills evenly.
#[derive(Debug)]
pub struct TokenBuckets<K> {
    /// Tokens in a full bucket, and tokens that a bucket regains in a minute.
    capacity: f64,
    max_clients: usize,
    buckets: HashMap<K, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    updated_at: Instant,
}

impl<K: Copy + Eq + Hash> TokenBuckets<K> {
    /// Creates buckets of `per_minute` tokens for at most `max_clients` clients.
    #[must_use]
    pub fn new(per_minute: u32, max_clients: usize) -> Self {
        Self { capacity: f64::from(per_minute.max(1)), max_clients: max_clients.max(1), buckets: HashMap::new() }
    }

    /// Takes one token of a client.
    ///
    /// # Errors
    /// The time until the next token.
    pub fn take(&mut self, client: K, now: Instant) -> Result<(), Duration> {
        if !self.buckets.contains_key(&client) && self.buckets.len() >= self.max_clients {
            self.evict(now);
        }
        let capacity = self.capacity;
        let bucket = self.buckets.entry(client).or_insert(Bucket { tokens: capacity, updated_at: now });
        *bucket = Bucket { tokens: bucket.refilled(capacity, now), updated_at: now };
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - bucket.tokens) * 60.0 / capacity))
        }
    }

    /// The number of clients in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether no client is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Evicts full buckets, which are like new ones; then the fullest ones, until an eighth is free. So the busiest clients
    /// stay in memory.
    fn evict(&mut self, now: Instant) {
        let capacity = self.capacity;
        self.buckets.retain(|_, bucket| bucket.refilled(capacity, now) < capacity);
        let room = (self.max_clients / 8).max(1);
        let excess = (self.buckets.len() + room).checked_sub(self.max_clients).filter(|excess| *excess > 0);
        let Some(excess) = excess else { return };
        let mut levels: Vec<(f64, K)> =
            self.buckets.iter().map(|(client, bucket)| (bucket.refilled(capacity, now), *client)).collect();
        levels.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        for (_, client) in levels.into_iter().take(excess) {
            self.buckets.remove(&client);
        }
    }
}

impl Bucket {
    /// The tokens at a later time.
    fn refilled(self, capacity: f64, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(self.updated_at).as_secs_f64();
        (self.tokens + elapsed * capacity / 60.0).min(capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_burst_and_then_an_even_rate() {
        let mut buckets = TokenBuckets::new(60, 100);
        let start = Instant::now();
        let taken = (0..100).filter(|_| buckets.take("a", start).is_ok()).count();
        assert_eq!(taken, 60, "one minute's tokens at once");
        assert_eq!(buckets.take("a", start), Err(Duration::from_secs(1)));
        assert_eq!(buckets.take("b", start), Ok(()), "another client has its own bucket");
        let later = start + Duration::from_millis(2500);
        let taken = (0..10).filter(|_| buckets.take("a", later).is_ok()).count();
        assert_eq!(taken, 2, "one token a second is refilled");
        let wait = buckets.take("a", later).unwrap_err();
        assert!(buckets.take("a", later + wait).is_ok(), "the reported wait is long enough");
        let hours = later + Duration::from_secs(7200);
        assert_eq!(
            (0..100).filter(|_| buckets.take("a", hours).is_ok()).count(),
            60,
            "a bucket never exceeds one minute's tokens"
        );
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_clients_are_kept() {
        let mut buckets = TokenBuckets::new(10, 800);
        let start = Instant::now();
        assert_eq!((0..100).filter(|_| buckets.take(0, start).is_ok()).count(), 10);
        for client in 1..100_000_u32 {
            assert!(buckets.take(client, start).is_ok());
            assert!(buckets.len() <= 800);
        }
        assert!(buckets.take(0, start).is_err(), "a flood of new clients does not free the old one");
        let later = start + Duration::from_secs(61);
        for client in 200_000..201_000_u32 {
            assert!(buckets.take(client, later).is_ok());
        }
        assert!(buckets.take(0, later).is_ok());
    }
}
