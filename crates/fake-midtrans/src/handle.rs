//! What tests do with a running gateway without HTTP; the control API does the same.

use serde_json::Value;
use time::Duration;

use crate::app::Gateway;
use crate::charge::{self, Choice};
use crate::charge_error::ChargeError;
use crate::event::ControlEvent;
use crate::fault::{Fault, Planned, Target};
use crate::order_report::OrderReport;
use crate::server::FakeMidtrans;
use crate::shape;
use crate::state::Refusal;

impl Gateway {
    /// The customer chooses a method with the order's newest token; of a card, only the number is needed. Returns when
    /// the notifications were answered, with the status as the status API has it.
    ///
    /// # Errors
    /// When the order has no usable token, or the choice is none.
    pub async fn choose(&self, order_id: &str, mut choice: Choice) -> Result<Value, ChargeError> {
        for (field, usual) in
            [(&mut choice.expiry, "12/49"), (&mut choice.cvv, "123"), (&mut choice.phone, "081200000000")]
        {
            if field.is_empty() {
                usual.clone_into(field);
            }
        }
        let body = self.with(|state, config, now| {
            let token = state.active_token(order_id).ok_or(ChargeError::SessionGone)?;
            let id = charge::charge(state, &token, &choice, config, now)?;
            state.find(&id).map(|transaction| shape::status_body(transaction, config)).ok_or(ChargeError::SessionGone)
        })?;
        self.settle_down().await;
        Ok(body)
    }

    /// Something befalls the payment that `id` names, an order id or a transaction id. Returns when the notifications
    /// were answered, with the status as the status API has it.
    ///
    /// # Errors
    /// When there is no such payment, or it stands so that this cannot happen.
    pub async fn happen(&self, id: &str, event: ControlEvent) -> Result<Value, Refusal> {
        let body = self.with(|state, config, now| {
            event.happen(state, id, config, now)?;
            state.find(id).map(|transaction| shape::status_body(transaction, config)).ok_or(Refusal::NotFound)
        })?;
        self.settle_down().await;
        Ok(body)
    }
}

impl FakeMidtrans {
    /// Moves the clock, does what is due on the way, and waits for the merchant's answers.
    pub async fn advance(&self, by: Duration) {
        self.app().advance(by).await;
    }

    /// The customer chooses `method` (`bca_va`, `gopay`, …). See [`Gateway::choose`].
    ///
    /// # Errors
    /// When the order has no usable token, or the method is not on offer.
    pub async fn choose(&self, order_id: &str, method: &str) -> Result<Value, ChargeError> {
        self.app().choose(order_id, Choice { method: method.to_owned(), ..Choice::default() }).await
    }

    /// The customer pays with this card; the number says what comes of it. See [`Gateway::choose`].
    ///
    /// # Errors
    /// When the order has no usable token, or the number is none.
    pub async fn pay_by_card(&self, order_id: &str, number: &str) -> Result<Value, ChargeError> {
        let choice = Choice { method: "credit_card".to_owned(), number: number.to_owned(), ..Choice::default() };
        self.app().choose(order_id, choice).await
    }

    /// Something befalls a payment. See [`Gateway::happen`].
    ///
    /// # Errors
    /// When there is no such payment, or it stands so that this cannot happen.
    pub async fn happen(&self, id: &str, event: ControlEvent) -> Result<Value, Refusal> {
        self.app().happen(id, event).await
    }

    /// Something goes wrong there, once.
    ///
    /// # Panics
    /// When it cannot happen there.
    pub fn fault(&self, target: Target, fault: Fault) {
        self.plan(Planned::new(target, fault));
    }

    /// Something is to go wrong.
    ///
    /// # Panics
    /// When it cannot happen there.
    pub fn plan(&self, planned: Planned) {
        assert!(planned.fault.fits(planned.target), "{:?} cannot happen at {:?}", planned.fault, planned.target);
        self.app().with(|state, _, now| state.faults.plan(planned, now));
    }

    /// Takes all faults back and ends hanging answers.
    pub fn clear_faults(&self) {
        self.app().clear_faults();
    }

    /// All that is known of an order id: its tokens, attempts and moves of money.
    pub fn order(&self, order_id: &str) -> Option<OrderReport> {
        self.app().with(|state, config, now| state.report(order_id, config, now))
    }

    /// The same of every order id that begins with `prefix`.
    pub fn orders(&self, prefix: &str) -> Vec<OrderReport> {
        self.app().with(|state, config, now| state.reports(prefix, config, now))
    }
}
