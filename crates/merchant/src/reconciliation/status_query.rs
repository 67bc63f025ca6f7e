//! What is asked, by which ids, and what is there already of the answer.

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout};
use wire::midtrans::Notification;

use super::apply::Answers;
use super::{MORE, Reconcile, read};
use crate::clock;
use crate::confirm::contradiction;
use crate::error::ApiError;
use crate::midtrans::MidtransError;
use crate::store::{Attempt, Holding};

type Answer = Result<Option<Notification>, MidtransError>;

/// A question about one payment order that is under way or answered.
pub(crate) struct Question<'a> {
    payment_order_id: &'a str,
    /// By which it was asked too, where the gateway does not know the first.
    transaction_id: Option<&'a str>,
    asking: Option<BoxFuture<'a, Answer>>,
    answer: Option<Box<Answer>>,
}

impl Question<'_> {
    /// Dropped before it was answered, it can be waited for again.
    async fn wait(&mut self) {
        if let Some(asking) = &mut self.asking {
            self.answer = Some(Box::new(asking.await));
            self.asking = None;
        }
    }

    async fn answered(mut self) -> Answer {
        self.wait().await;
        // It is there: nothing but `wait` ends the asking.
        self.answer.map_or(Ok(None), |answer| *answer)
    }

    /// The status, when it is there and bears out what was told. Where it does not, it may also be an end that is not
    /// to be believed yet.
    pub(super) fn bearing_out(&self, told: &Notification, held: &Holding<'_>) -> Option<&Notification> {
        let said = self.answer.as_deref()?.as_ref().ok()?.as_ref()?;
        contradiction(told, said, held.order().payer.as_ref()).is_none().then_some(said)
    }
}

impl Reconcile {
    /// Asks, and waits a short time for the answer.
    pub(super) async fn question<'a>(&'a self, told: &'a Notification) -> Question<'a> {
        let timeouts = self.gateway.timeouts();
        let deadline = Instant::now() + timeouts.status;
        let transaction_id = told.transaction_id.as_deref();
        let asking = self.gateway.status(&told.order_id, transaction_id, deadline);
        let asking: Option<BoxFuture<'_, _>> = Some(Box::pin(asking));
        let mut question = Question { payment_order_id: &told.order_id, transaction_id, asking, answer: None };
        // What is not answered by then is still being asked.
        timeout(timeouts.fast_path, question.wait()).await.ok();
        question
    }

    /// Asks about every payment order of an order; `begun` was asked before.
    pub(super) async fn ask_all(&self, order_id: &str, mut begun: Option<Question<'_>>) -> Result<Answers, ApiError> {
        let deadline = Instant::now() + self.gateway.timeouts().status;
        let attempts = self.store.attempts(order_id).await?;
        let waiting = self.store.waiting(order_id).await?;
        let told = read(&waiting);
        let mut answers = Answers { told: waiting.into_iter().zip(told).collect(), ..Answers::default() };
        for attempt in &attempts {
            let told = answers.told.iter().filter_map(|(_, told)| told.as_ref());
            let ids = transactions(attempt, told);
            let begun = begun.take_if(|begun| begun.payment_order_id == attempt.payment_order_id);
            match self.status(&attempt.payment_order_id, &ids, deadline, begun).await {
                Ok(Some(answer)) => answers.said.push((attempt.payment_order_id.clone(), answer)),
                Ok(None) => {}
                // What is known of the others counts all the same.
                Err(error) => drop(answers.failed.get_or_insert(error)),
            }
        }
        // Whatever waits may be about money.
        if answers.said.is_empty() && answers.failed.is_none() && answers.judged(None, clock::now()).waits.is_none() {
            answers.ended = self.end_page(order_id, attempts.first(), deadline).await?;
        }
        Ok(answers)
    }

    /// Some methods are found by their transaction's id only. `begun` was asked by one of them before.
    async fn status(
        &self,
        payment_order_id: &str,
        ids: &[&str],
        deadline: Instant,
        begun: Option<Question<'_>>,
    ) -> Answer {
        let (asked, answer) = match begun {
            Some(begun) => (begun.transaction_id, begun.answered().await),
            None => {
                let first = ids.first().copied();
                (first, self.gateway.status(payment_order_id, first, deadline).await)
            }
        };
        if let Some(found) = answer? {
            return Ok(Some(found));
        }
        for id in ids.iter().filter(|id| asked != Some(**id)) {
            if let Some(found) = self.gateway.status(payment_order_id, Some(id), deadline).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The ids under which the gateway may know a payment: the one it said itself, then those it is told to have.
fn transactions<'a>(attempt: &'a Attempt, told: impl Iterator<Item = &'a Notification>) -> Vec<&'a str> {
    let told = told.filter(|told| told.order_id == attempt.payment_order_id);
    let mut ids: Vec<&str> = attempt.transaction_id.as_deref().into_iter().collect();
    for id in told.filter_map(|told| told.transaction_id.as_deref()) {
        if !ids.contains(&id) && ids.len() < MORE {
            ids.push(id);
        }
    }
    ids
}
