//! [`use_snap`]: a checkout for a component with its own view.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use flow::{CheckoutAction, Phase};
use yew::prelude::*;

use crate::controller::CheckoutController;
use crate::input::{Command, Input};
use crate::props::SnapCheckoutProps;

/// A checkout without a view: its phase and its actions.
#[derive(Clone)]
pub struct Snap {
    phase: Phase,
    send: Callback<Input>,
}

impl Snap {
    /// The phase. Each change renders the component again.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Starts the payment. Call it in the handler of the customer's press, so that the browser allows the popup.
    pub fn pay(&self) {
        self.command(Command::Pay);
    }

    /// Performs an action of [`Phase::available_actions`].
    pub fn act(&self, action: CheckoutAction) {
        self.send.emit(Input::Action(action));
    }

    /// Sends a command.
    pub fn command(&self, command: Command) {
        self.send.emit(Input::Command(command));
    }
}

/// A checkout without a view. It has the same props as [`SnapCheckout`](crate::SnapCheckout) and ignores texts, theme and
/// amount. [`Mode::Embed`](crate::Mode::Embed) needs `embed_id`.
///
/// ```
/// use snap_checkout::{Environment, Outcome, Phase, SnapCheckoutProps, CheckoutAction, use_snap};
/// use yew::prelude::*;
///
/// #[component]
/// fn Pay() -> Html {
///     let snap = use_snap(SnapCheckoutProps {
///         order: r#"{"items":[{"id":"kopi-gayo-250g","quantity":1}]}"#.into(),
///         ..SnapCheckoutProps::new("SB-Mid-client-…".into(), Environment::Sandbox)
///     });
///     let pay = {
///         let snap = snap.clone();
///         Callback::from(move |_| snap.pay())
///     };
///     match snap.phase() {
///         Phase::Settled(Outcome::Paid(order)) => html! { <p>{ format!("Thank you: {}", order.order_id) }</p> },
///         Phase::Failed { failure, .. } => html! { <p role="alert">{ failure.code() }</p> },
///         phase => html! { <button onclick={pay} disabled={!phase.available_actions().contains(&CheckoutAction::Pay)}>{ "Pay" }</button> },
///     }
/// }
/// ```
#[hook]
pub fn use_snap(props: SnapCheckoutProps) -> Snap {
    let update = use_force_update();
    let shared = use_memo((), |()| SharedController::start(props.clone(), update));
    shared.follow(props);
    Snap { phase: shared.phase(), send: shared.sender() }
}

/// A controller with a queue of inputs: performing an effect may cause an input at once.
struct SharedController {
    controller: RefCell<Option<CheckoutController>>,
    props: RefCell<SnapCheckoutProps>,
    inputs: RefCell<VecDeque<Input>>,
    update: UseForceUpdateHandle,
    /// Weak, because the controller holds a callback with it.
    weak: Weak<SharedController>,
}

impl SharedController {
    fn start(props: SnapCheckoutProps, update: UseForceUpdateHandle) -> Rc<Self> {
        let shared = Rc::new_cyclic(|weak| Self {
            controller: RefCell::default(),
            props: RefCell::new(props),
            inputs: RefCell::default(),
            update,
            weak: weak.clone(),
        });
        let controller = CheckoutController::start(&shared.props.borrow(), &NodeRef::default(), shared.sender());
        *shared.controller.borrow_mut() = Some(controller);
        shared
    }

    fn sender(&self) -> Callback<Input> {
        let weak = self.weak.clone();
        Callback::from(move |input| {
            if let Some(shared) = weak.upgrade() {
                shared.inputs.borrow_mut().push_back(input);
                if shared.handle_inputs() {
                    shared.update.force_update();
                }
            }
        })
    }

    fn phase(&self) -> Phase {
        self.controller.borrow().as_ref().map(|controller| controller.phase().clone()).unwrap_or_default()
    }

    /// Uses the props of this render, then handles the queued inputs.
    fn follow(&self, props: SnapCheckoutProps) {
        if let Ok(mut controller) = self.controller.try_borrow_mut()
            && let Some(controller) = controller.as_mut()
        {
            controller.follow(&props);
        }
        self.props.replace(props);
        self.handle_inputs();
    }

    /// Handles all queued inputs, unless a call further up does. Returns whether the phase changed.
    fn handle_inputs(&self) -> bool {
        let mut changed = false;
        if let Ok(mut controller) = self.controller.try_borrow_mut()
            && let Some(controller) = controller.as_mut()
        {
            while let Some(input) = { self.inputs.borrow_mut().pop_front() } {
                let props = self.props.borrow().clone();
                changed |= controller.handle(&props, input);
            }
        }
        changed
    }
}
