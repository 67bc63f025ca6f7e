//! How much one client may ask for: a token bucket each, in bounded memory. The time is passed in.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Buckets that hold one minute's allowance and fill evenly.
#[derive(Debug)]
pub struct Buckets<K> {
    /// Tokens; also how many come back in a minute.
    size: f64,
    most: usize,
    buckets: HashMap<K, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// So many tokens a minute and client, for at most so many clients at a time.
    #[must_use]
    pub fn new(a_minute: u32, most: usize) -> Self {
        Self { size: f64::from(a_minute.max(1)), most: most.max(1), buckets: HashMap::new() }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How long until there is one again.
    pub fn take(&mut self, client: K, now: Instant) -> Result<(), Duration> {
        if !self.buckets.contains_key(&client) && self.buckets.len() >= self.most {
            self.make_room(now);
        }
        let size = self.size;
        let bucket = self.buckets.entry(client).or_insert(Bucket { left: size, at: now });
        *bucket = Bucket { left: bucket.filled(size, now), at: now };
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - bucket.left) * 60.0 / size))
        }
    }

    /// How many clients are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// A full bucket says nothing, so it is forgotten first; then those that are nearly full, an eighth at a
    /// time: who asks most is remembered longest.
    fn make_room(&mut self, now: Instant) {
        let size = self.size;
        self.buckets.retain(|_, bucket| bucket.filled(size, now) < size);
        let room = (self.most / 8).max(1);
        let Some(over) = (self.buckets.len() + room).checked_sub(self.most).filter(|over| *over > 0) else { return };
        let mut levels: Vec<(f64, K)> = self.buckets.iter().map(|(k, bucket)| (bucket.filled(size, now), *k)).collect();
        levels.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        for (_, client) in levels.into_iter().take(over) {
            self.buckets.remove(&client);
        }
    }
}

impl Bucket {
    fn filled(self, size: f64, now: Instant) -> f64 {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + since * size / 60.0).min(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_an_even_flow_each_for_himself() {
        let mut buckets = Buckets::new(60, 100);
        let start = Instant::now();
        let taken = (0..100).filter(|_| buckets.take("a", start).is_ok()).count();
        assert_eq!(taken, 60, "a minute's allowance at once");
        assert_eq!(buckets.take("a", start), Err(Duration::from_secs(1)));
        assert_eq!(buckets.take("b", start), Ok(()), "another client has a bucket of its own");
        let later = start + Duration::from_millis(2500);
        let taken = (0..10).filter(|_| buckets.take("a", later).is_ok()).count();
        assert_eq!(taken, 2, "one a second comes back");
        let wait = buckets.take("a", later).unwrap_err();
        assert!(buckets.take("a", later + wait).is_ok(), "what was said to wait is enough");
        let hours = later + Duration::from_secs(7200);
        assert_eq!((0..100).filter(|_| buckets.take("a", hours).is_ok()).count(), 60, "never more than a minute's");
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_are_remembered() {
        let mut buckets = Buckets::new(10, 800);
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
