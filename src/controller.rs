//! The controller of one checkout: it owns the state machine and the effect runner, and calls the merchant's handlers.
//!
//! The rules are in `flow`. [`SnapCheckout`](crate::SnapCheckout) shows the controller's phase;
//! [`use_snap`](crate::use_snap) gives it to a component with its own view.

use std::rc::Rc;

use flow::saved_checkout::SavedKeys;
use flow::{
    CheckoutAction, CheckoutMachine, ConfirmReason, Effect, Event, KeyNumber, OrderIdentity, Outcome, Phase, RequestId,
};
use wire::digits;
use wire::merchant::{Checkout, Order};
use yew::{Callback, NodeRef};

use crate::config::{CheckoutConfig, check_client_key};
use crate::effects::snap::SnapCallback;
use crate::effects::{EffectRunner, environment, loader, saved_checkout};
use crate::input::{Command, Input};
use crate::mode::Mode;
use crate::props::SnapCheckoutProps;

pub(crate) struct CheckoutController {
    machine: CheckoutMachine,
    runner: EffectRunner,
    send: Callback<Input>,
    /// The config of the current order. The props may already be those of the next order.
    config: Rc<CheckoutConfig>,
    /// The checkout in the props that was resumed last.
    given: Option<Checkout>,
    /// The last token, and when it was first used. An expired token is not opened again.
    token: Option<(String, f64)>,
    /// The random part of the idempotency keys, once one was needed. The browser may forbid storage, and a second key
    /// for one order would be a second order.
    nonce: Option<String>,
}

impl CheckoutController {
    /// Starts a controller that receives its inputs through `send`, and resumes a saved checkout.
    pub(crate) fn start(props: &SnapCheckoutProps, root: &NodeRef, send: Callback<Input>) -> Self {
        let mut this = Self {
            machine: CheckoutMachine::new(),
            runner: EffectRunner::inside(root.clone()),
            send,
            config: Rc::new(config(props)),
            given: None,
            token: None,
            nonce: None,
        };
        environment::ensure_viewport();
        let send = this.events();
        this.runner.watch_page(send);
        this.resume(props);
        this
    }

    pub(crate) fn phase(&self) -> &Phase {
        self.machine.phase()
    }

    /// Handles an input. Returns whether the phase changed.
    pub(crate) fn handle(&mut self, props: &SnapCheckoutProps, input: Input) -> bool {
        match input {
            Input::Event(event) => self.apply(props, event),
            Input::Action(action) => self.act(props, action),
            Input::Snap(request_id, callback) => {
                let event = snap_event(props, request_id, callback);
                self.apply(props, event)
            }
            Input::Near => self.near(props),
            Input::Command(Command::Prepare) => self.apply(props, Event::PrefetchRequested { mode: mode(props) }),
            Input::Command(Command::Pay) => self.act(props, CheckoutAction::Pay),
            Input::Command(Command::Reset) => self.reset(props),
        }
    }

    fn act(&mut self, props: &SnapCheckoutProps, action: CheckoutAction) -> bool {
        match (action, self.phase()) {
            (CheckoutAction::Hosted, _) => self.apply(props, Event::HostedPressed),
            (CheckoutAction::Pay, Phase::Settled(Outcome::NotPaid(_))) => self.reset(props),
            (CheckoutAction::Pay, Phase::Idle) if props.disabled => false,
            (CheckoutAction::Pay, _) => self.apply(props, Event::PayPressed { mode: mode(props) }),
            (CheckoutAction::Check, _) => self.apply(props, Event::CheckPressed),
            (CheckoutAction::Close, _) => self.apply(props, Event::ClosePressed),
        }
    }

    fn reset(&mut self, props: &SnapCheckoutProps) -> bool {
        // Clearing the storage of a finished order needs its token and its key, so they are dropped afterwards.
        let finished = matches!(self.phase(), Phase::Settled(_));
        if !finished {
            self.token = None;
        }
        let changed = self.apply(props, Event::Restarted);
        if finished {
            self.nonce = None;
        }
        changed
    }

    /// Updates the countdown inside the root while a payment is pending.
    pub(crate) fn count_down(&mut self) {
        let pending = matches!(self.phase(), Phase::Pending { .. });
        let send = self.events();
        self.runner.count_down(pending, send);
    }

    fn events(&self) -> Callback<Event> {
        let send = self.send.clone();
        Callback::from(move |event| send.emit(Input::Event(event)))
    }

    fn apply(&mut self, props: &SnapCheckoutProps, event: Event) -> bool {
        self.follow(props);
        let before = self.phase().clone();
        if let Event::PayPressed { .. } | Event::PrefetchRequested { .. } = event {
            self.update_config(props);
            if self.token.as_ref().is_some_and(|(_, since)| saved_checkout::is_old(*since)) {
                self.perform(Event::TokenExpired);
            }
        }
        if matches!((&event, &before), (Event::PageShown, Phase::Idle)) {
            // Another tab may have started to pay for the order.
            self.resume(props);
        }
        self.perform(event);
        self.follow(props);
        let phase = self.machine.phase();
        if *phase == before {
            return false;
        }
        if let Some(checkout) = phase.checkout()
            && self.token.as_ref().is_none_or(|(token, _)| *token != checkout.token)
        {
            self.token = Some((checkout.token.clone(), saved_checkout::now()));
        }
        props.on_phase.emit(phase.clone());
        if let Phase::Settled(Outcome::Paid(order)) = phase {
            props.on_paid.emit(Order::clone(order));
        }
        true
    }

    fn perform(&mut self, event: Event) {
        let effects = self.machine.apply(event);
        if effects.iter().any(|effect| matches!(effect, Effect::RequestToken { .. })) {
            self.nonce.get_or_insert_with(|| saved_checkout::order_nonce(&self.config.storage_key()));
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let key = |number: KeyNumber| [nonce, "-", &digits(number.0.into())].concat();
        let own =
            SavedKeys { token: self.token.as_ref().map(|(token, _)| token.as_str()), nonce: self.nonce.as_deref() };
        for effect in effects {
            self.runner.run(effect, &self.config, key, own, &self.send);
        }
    }

    /// Follows the props. Another order replaces the prepared one as soon as the state machine allows it. Other details of
    /// the customer do not make another order: an existing token stays valid.
    pub(crate) fn follow(&mut self, props: &SnapCheckoutProps) {
        let current = &*self.config;
        let wanted = OrderIdentity { order: &props.order, order_key: props.order_key.as_deref() };
        let same_order = current.order_identity().is_same_order(&wanted);
        let same_shop = current.client_key == props.client_key
            && current.environment == props.environment
            && current.token_url == props.token_url;
        if same_order && self.given == props.checkout && (same_shop || self.phase().busy()) {
            if same_shop && self.phase().checkout().is_none() {
                self.config = Rc::new(config(props));
            }
            return;
        }
        self.perform(Event::OrderChanged);
        if *self.phase() == Phase::Idle {
            self.config = Rc::new(config(props));
            self.nonce = None;
            self.token = None;
            self.resume(props);
        }
    }

    /// A press uses the current props, except for the order and the shop, which stay those of the payment.
    fn update_config(&mut self, props: &SnapCheckoutProps) {
        let current = &*self.config;
        self.config = Rc::new(CheckoutConfig {
            client_key: current.client_key.clone(),
            environment: current.environment.clone(),
            token_url: current.token_url.clone(),
            order: current.order.clone(),
            order_key: current.order_key.clone(),
            ..config(props)
        });
    }

    /// Resumes the checkout in the props, or the saved checkout of the order.
    fn resume(&mut self, props: &SnapCheckoutProps) {
        self.given.clone_from(&props.checkout);
        let (checkout, reason) = match &self.given {
            Some(checkout) => (checkout.clone(), ConfirmReason::Returned),
            None => {
                let Some(saved) = saved_checkout::load(&self.config.storage_key()) else { return };
                self.token = Some((saved.checkout.token.clone(), saved.since));
                (saved.checkout, saved.reason)
            }
        };
        self.send.emit(Input::Event(Event::Resumed { checkout: Rc::new(checkout), reason }));
    }

    fn near(&mut self, props: &SnapCheckoutProps) -> bool {
        if props.disabled || *self.phase() != Phase::Idle {
            return false;
        }
        let mode = mode(props);
        if props.prepare_on_intent {
            return self.apply(props, Event::PrefetchRequested { mode });
        }
        let script = self.config.script();
        if mode != flow::ResolvedMode::Redirect && check_client_key(&script.client_key).is_ok() {
            // A failure shows when the customer presses, because the press loads the script again.
            environment::spawn(async move {
                let _ = loader::load(&script).await;
            });
        }
        false
    }
}

/// Calls the merchant's handler with the whole result, then returns the event. It uses the handlers of the current props,
/// not those of the press.
fn snap_event(props: &SnapCheckoutProps, request_id: RequestId, callback: SnapCallback) -> Event {
    match callback {
        SnapCallback::Success(result) => {
            props.on_success.emit(result);
            Event::SnapSucceeded { request_id }
        }
        SnapCallback::Pending(result) => {
            let payment = Rc::new(result.instruction());
            props.on_pending.emit(result);
            Event::SnapPending { request_id, payment }
        }
        SnapCallback::Error(result) => {
            let code = result.code();
            props.on_error.emit(result);
            Event::SnapFailed { request_id, code }
        }
        SnapCallback::Close => {
            props.on_close.emit(());
            Event::SnapClosed { request_id }
        }
    }
}

fn mode(props: &SnapCheckoutProps) -> flow::ResolvedMode {
    match props.mode {
        Mode::Auto => environment::recommended_mode(),
        Mode::Popup => flow::ResolvedMode::OnPage(flow::Frame::Popup),
        Mode::Embed => flow::ResolvedMode::OnPage(flow::Frame::Embed),
        Mode::Redirect => flow::ResolvedMode::Redirect,
    }
}

fn config(props: &SnapCheckoutProps) -> CheckoutConfig {
    CheckoutConfig {
        client_key: props.client_key.clone(),
        environment: props.environment.clone(),
        token_url: props.token_url.clone(),
        order: props.order.clone(),
        order_key: props.order_key.clone(),
        headers: props.headers.clone(),
        credentials: props.credentials,
        nonce: props.nonce.clone(),
        embed_id: props.embed_id.clone(),
        options: props.snap_options(),
    }
}
