//! News in one transaction: the gateway is asked while the notification is still in memory only, and then the
//! notification, what became of it and what that makes of the order go to disk together.
//!
//! Nobody was told that the notification arrived before that: a process that dies while it asks leaves nothing
//! behind, and Midtrans sends again. So the question has a short time. Whatever is not the plain case (a gateway that
//! is slow, fails, knows nothing or does not bear it out; somebody who asks already, others that wait, several payment
//! orders) keeps the notification first and goes on under the order's lease, with the same question.
//!
//! **Two may ask at once here**, in different processes: no lease is taken, that would be a transaction more. What
//! must not happen is that the older of two answers is written down after the newer one: "settled" after "the bank
//! took it back". So an answer counts only if the order's [`Marks`] are, in the transaction that writes it, what they
//! were before the question. Whoever takes the lease leaves another `asked_at` and `lease_until`; whoever keeps a
//! notification, this way too, one more in `wakes`; whatever changes the order, or puts a line into its history,
//! another `version`. Of several who asked side by side the first one writes, and everybody else asks again, or finds
//! that somebody is asking. So answers are written in the order in which they were asked for, as with a lease, and
//! the state machine (`settle.rs`), which only moves forwards, never sees one go back in time.
//!
//! What is told here is not seen by those who look for notifications that wait ([`Reconcile::doubts`]): in this
//! process they see that its order is taken; another process may believe an end for as long as one question takes,
//! as it may while a notification is on its way to us. Then this one's marks differ, and money outranks the end.
//!
//! [`Marks`]: crate::store::Marks

use tokio::time::timeout;
use wire::midtrans::Notification;

use super::status_query::Question;
use super::{Reconcile, due_at, is_news, standing};
use crate::clock;
use crate::error::{ApiError, ErrorCode};
use crate::news::{change_by, report};
use crate::store::{Holding, Kept, Known, Lease, Next, Received, Seen, StoreError};

/// What became of a notification. It is on disk.
pub(crate) enum TakenIn<'a> {
    /// It was known and confirmed.
    Duplicate,
    /// It is new and done.
    Done(String),
    /// It waits; the order is the caller's to ask about, and what was asked already may still be answered.
    New(Lease, Option<Question<'a>>),
    /// It waits since an earlier time.
    Waits,
    /// It waits; whoever is asking sees that there is more.
    Busy,
}

impl Reconcile {
    /// Takes a notification in. When this answers `Ok`, it is on disk.
    ///
    /// # Errors
    /// [`ApiError`]; it was not kept then.
    pub(crate) async fn take_in<'a>(
        &'a self,
        told: &'a Notification,
        received: &Received<'_>,
    ) -> Result<(String, TakenIn<'a>), ApiError> {
        let turn = timeout(self.gateway.timeouts().fast_path, self.turns.take(&told.order_id)).await.ok().flatten();
        let seen = self.store.look(&told.order_id, received.fingerprint).await?.ok_or(ErrorCode::OrderNotFound)?;
        let order_id = seen.order_id.clone();
        if seen.known == Known::Done {
            return Ok((order_id, TakenIn::Duplicate));
        }
        let quiet = seen.known == Known::New && seen.marks.is_some_and(|marks| marks.are_quiet(clock::now()));
        let question = if turn.is_some() && quiet { Some(self.question(told).await) } else { None };
        match self.keep(told, received, &seen, question).await {
            Ok(taken) => Ok((order_id, taken)),
            Err(problem) => Err(problem.with_order_id(&order_id)),
        }
    }

    /// Writes down what came of the question, or keeps the notification so that it waits.
    async fn keep<'a>(
        &'a self,
        told: &Notification,
        received: &Received<'_>,
        seen: &Seen,
        question: Option<Question<'a>>,
    ) -> Result<TakenIn<'a>, ApiError> {
        let mut held = self.store.hold_for(&seen.order_id, received.fingerprint).await?;
        // Somebody else asked, was told or changed something meanwhile: this answer may be older than theirs.
        let mut question = question.filter(|_| Some(held.marks()) == seen.marks);
        let said = question.as_ref().and_then(|question| question.bearing_out(told, &held));
        // Where it was replaced, its successor is asked about too.
        if let Some(said) = said.filter(|said| held.newest().payment_order_id == said.order_id) {
            match write(held, said, received).await {
                Ok(what) => return Ok(TakenIn::Done(what)),
                // What cannot be made of it does not lose the notification.
                Err(error) => tracing::warn!(seen.order_id, cause = %error, "kept without what came of it"),
            }
            question = None;
            held = self.store.hold_for(&seen.order_id, received.fingerprint).await?;
        }
        let now = clock::now();
        let kept = held.keep(received, now + self.term(), now).await?;
        if kept == Kept::Full {
            return Err(ErrorCode::TooManyNotifications.into());
        }
        // Also where nothing was written: what was found may be about to be written by somebody else.
        held.commit().await?;
        Ok(match kept {
            Kept::Done | Kept::Full => TakenIn::Duplicate,
            Kept::Waits => TakenIn::Waits,
            Kept::New(None) => TakenIn::Busy,
            Kept::New(Some(lease)) => TakenIn::New(lease, question),
        })
    }
}

/// Writes down a notification together with what the gateway said about it.
async fn write(mut held: Holding<'_>, said: &Notification, received: &Received<'_>) -> Result<String, StoreError> {
    let now = clock::now();
    let change = held.change(now, change_by(said)).await?;
    let asks = i64::from(!is_news(&change));
    let next = Next { due_at: due_at(standing(&held, asks, now), now), asks };
    held.keep_done(received, &change.outcome, next, now).await?;
    let order_id = held.order().order_id.clone();
    held.commit().await?;
    report(&order_id, &change);
    Ok(change.outcome)
}
