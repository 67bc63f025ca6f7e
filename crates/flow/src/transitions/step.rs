//! The parts of a transition that all phases share.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::effect::Effect;
use crate::phase::{ConfirmReason, Phase, Polling};

/// The next phase and the effects.
pub(super) type Step = (Phase, Vec<Effect>);

pub(super) fn stay(phase: Phase) -> Step {
    (phase, Vec::new())
}

/// Hides the popup before the other effects.
pub(super) fn hide_first((phase, mut effects): Step) -> Step {
    effects.insert(0, Effect::HidePopup);
    (phase, effects)
}

/// The data of [`Phase::Pending`] without its polling.
pub(super) struct PendingState {
    pub(super) checkout: Rc<Checkout>,
    pub(super) payment: Option<Rc<PaymentInstruction>>,
    pub(super) order: Option<Rc<Order>>,
}

impl PendingState {
    pub(super) fn phase(self, polling: Polling) -> Phase {
        let Self { checkout, mut payment, order } = self;
        if let Some(from_backend) = order.as_ref().and_then(|order| order.payment.as_ref()) {
            // The backend knows more, but only the callback has the PDF.
            let mut both = from_backend.clone();
            both.pdf_url = both.pdf_url.or_else(|| payment?.pdf_url.clone());
            payment = Some(Rc::new(both));
        }
        Phase::Pending { checkout, payment, order, polling }
    }
}

pub(super) fn save(checkout: &Rc<Checkout>, reason: ConfirmReason) -> Effect {
    Effect::SaveCheckout { checkout: checkout.clone(), reason }
}

pub(super) fn redirect(checkout: Rc<Checkout>, url: String) -> Step {
    let effects = vec![save(&checkout, ConfirmReason::Returned), Effect::Redirect { url }];
    (Phase::Redirected { checkout }, effects)
}

pub(super) fn redirect_if_possible(checkout: Rc<Checkout>, otherwise: impl FnOnce(Rc<Checkout>) -> Phase) -> Step {
    match checkout.redirect_url.clone() {
        Some(url) => redirect(checkout, url),
        None => stay(otherwise(checkout)),
    }
}
