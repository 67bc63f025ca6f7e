//! Work that is done where it is waited for, and goes on in a task of its own when nobody waits any more.
//!
//! A task from the start would do too, but costs a wake-up of another thread each time; hardly anybody leaves.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Work that is not given up. Where the runtime ends, so does the work.
pub(crate) struct Detached<T: Send + 'static> {
    /// Nothing while it is at work, once it is done, and after a panic.
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
}

impl<T: Send + 'static> Detached<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self { work: Some(Box::pin(work)) }
    }
}

impl<T: Send + 'static> Future for Detached<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(mut work) = self.work.take() else { return Poll::Pending };
        let done = work.as_mut().poll(context);
        if done.is_pending() {
            self.work = Some(work);
        }
        done
    }
}

impl<T: Send + 'static> Drop for Detached<T> {
    fn drop(&mut self) {
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            runtime.spawn(async move { drop(work.await) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn who_leaves_takes_nothing_along() {
        for patience in 0..3 {
            let (go, wait) = oneshot::channel::<()>();
            let (done, was_done) = oneshot::channel();
            let mut work = Box::pin(Detached::new(async move {
                tokio::task::yield_now().await;
                wait.await.unwrap();
                done.send(7).unwrap();
            }));
            for _ in 0..patience {
                assert_eq!((&mut work).now_or_never(), None);
            }
            drop(work);
            go.send(()).unwrap();
            assert_eq!(was_done.await, Ok(7), "after {patience} looks");
        }
    }

    #[tokio::test]
    async fn who_waits_gets_it() {
        assert_eq!(Detached::new(async { 7 }).await, 7);
    }
}
