//! [`use_snap`]: a session for those who have looks of their own.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use flow::{CheckoutAction, Event, Phase};
use yew::prelude::*;

use crate::controller::{CheckoutController, Command, Input};
use crate::props::SnapCheckoutProps;

/// A checkout that shows nothing: where it stands, and what may be asked of it.
#[derive(Clone)]
pub struct Snap {
    phase: Phase,
    send: Callback<Input>,
}

impl Snap {
    /// Where it stands. The component that has the hook is rendered anew with every change.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Pays. Call it inside the customer's press, so that the browser lets the popup open.
    pub fn pay(&self) {
        self.command(Command::Pay);
    }

    /// Takes a way on that [`Phase::available_actions`] offers.
    pub fn take(&self, way: CheckoutAction) {
        let event = match way {
            CheckoutAction::Pay => return self.pay(),
            CheckoutAction::Hosted => Event::HostedPressed,
            CheckoutAction::Check => Event::CheckPressed,
            CheckoutAction::Close => Event::ClosePressed,
        };
        self.send.emit(Input::Flow(event));
    }

    /// Asks anything else of it.
    pub fn command(&self, command: Command) {
        self.send.emit(Input::Command(command));
    }
}

/// A checkout without looks, by the same properties as [`SnapCheckout`](crate::SnapCheckout). Texts, theme and
/// amount have no meaning here. For [`Mode::Embed`](crate::Mode::Embed) give `embed_id`.
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
    let inside = use_memo((), |()| SharedController::begin(props.clone(), update));
    inside.follow(props);
    Snap { phase: inside.phase(), send: inside.sender() }
}

/// A session, and what it is still to hear: performing an effect may tell it something at once.
struct SharedController {
    session: RefCell<Option<CheckoutController>>,
    props: RefCell<SnapCheckoutProps>,
    heard: RefCell<VecDeque<Input>>,
    update: UseForceUpdateHandle,
    /// What a session holds must not hold the session.
    me: Weak<SharedController>,
}

impl SharedController {
    fn begin(props: SnapCheckoutProps, update: UseForceUpdateHandle) -> Rc<Self> {
        let inside = Rc::new_cyclic(|me| Self {
            session: RefCell::default(),
            props: RefCell::new(props),
            heard: RefCell::default(),
            update,
            me: me.clone(),
        });
        let session = CheckoutController::begin(&inside.props.borrow(), &NodeRef::default(), inside.sender());
        *inside.session.borrow_mut() = Some(session);
        inside
    }

    fn sender(&self) -> Callback<Input> {
        let me = self.me.clone();
        Callback::from(move |input| {
            if let Some(inside) = me.upgrade() {
                inside.heard.borrow_mut().push_back(input);
                if inside.work() {
                    inside.update.force_update();
                }
            }
        })
    }

    fn phase(&self) -> Phase {
        self.session.borrow().as_ref().map(|session| session.phase().clone()).unwrap_or_default()
    }

    /// Takes the properties of this rendering, and what was heard before it.
    fn follow(&self, props: SnapCheckoutProps) {
        if let Ok(mut session) = self.session.try_borrow_mut()
            && let Some(session) = session.as_mut()
        {
            session.follow(&props);
        }
        self.props.replace(props);
        self.work();
    }

    /// Hears all there is to hear, unless somebody is at it; answers whether the phase changed.
    fn work(&self) -> bool {
        let mut changed = false;
        if let Ok(mut session) = self.session.try_borrow_mut()
            && let Some(session) = session.as_mut()
        {
            while let Some(input) = { self.heard.borrow_mut().pop_front() } {
                let props = self.props.borrow().clone();
                changed |= session.hear(&props, input);
            }
        }
        changed
    }
}
