//! Where a checkout is shown, or none.

use snap_checkout::{SnapCheckout, SnapCheckoutProps};
use yew::prelude::*;

/// What is shown; another `round` is another checkout.
#[derive(Clone, PartialEq, Default, Properties)]
pub(crate) struct PlaceProps {
    pub(crate) round: usize,
    pub(crate) checkout: Option<SnapCheckoutProps>,
}

pub(crate) struct Place;

impl Component for Place {
    type Message = ();
    type Properties = PlaceProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let PlaceProps { round, checkout } = ctx.props();
        match checkout {
            Some(props) => html! { <SnapCheckout key={*round} ..props.clone() /> },
            None => Html::default(),
        }
    }
}
