//! The ways to the payment page as stories, and beginning anew.

use wire::merchant::Checkout;

use crate::tests::{PAY, POPUP, Story, checkout};
use crate::*;

const EMBED: Mode = Mode::OnPage(Frame::Embed);

#[test]
fn the_hosted_page_needs_no_script_and_takes_no_second_press() {
    let pressed = || Story::begin().then(|_| Event::PayPressed { mode: Mode::Redirect });
    let token = |checkout: Checkout| move |request_id| Event::TokenReceived { request_id, checkout: checkout.into() };
    pressed()
        .does(&["RequestToken", "StartTimer"])
        .then(token(checkout()))
        .does(&["SaveCheckout", "Redirect { url: \"https://hosted\""])
        .leads_to("Redirected")
        .then(|_| Event::PageShown)
        .said("created")
        .then(|request_id| Event::TimerFired { request_id })
        .said("created")
        .then(|request_id| Event::TimerFired { request_id })
        .said("created")
        .leads_to("Closed")
        .then(|_| Event::PayPressed { mode: Mode::Redirect })
        .does(&["SaveCheckout", "Redirect"]);
    // A merchant that names no hosted page: the popup is what is left.
    pressed()
        .then(token(Checkout { redirect_url: None, ..checkout() }))
        .does(&["LoadScript"])
        .then(|request_id| Event::ScriptLoaded { request_id })
        .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(2), token: \"token\", frame: Popup"]);
}

#[test]
fn what_was_prepared_for_the_hosted_page_is_a_link() {
    let ready = || {
        Story::begin()
            .then(|_| Event::PrefetchRequested { mode: Mode::Redirect })
            .does(&["RequestToken", "StartTimer"])
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
            .leads_to("Ready")
    };
    assert_eq!(ready().flow.phase().available_actions(), [CheckoutAction::Hosted]);
    ready().then(|_| Event::HostedPressed).does(&["SaveCheckout", "Redirect"]).leads_to("Redirected");
    // The mode is another one now: what that needs is fetched.
    ready().then(|_| PAY).does(&["LoadScript", "StartTimer"]);
}

#[test]
fn an_embed_without_room_is_a_popup_or_the_hosted_page() {
    let embedding = |hosted: Option<&str>| {
        let checkout = Checkout { redirect_url: hosted.map(str::to_owned), ..checkout() };
        Story::begin()
            .then(|_| Event::PayPressed { mode: EMBED })
            .then(|request_id| Event::ScriptLoaded { request_id })
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout.into() })
            .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(2), token: \"token\", frame: Embed"])
    };
    let no_room = |instead| move |request_id| Event::EmbedTooSmall { request_id, instead };
    let popup = &["SaveCheckout", "OpenPopup { request_id: RequestId(3), token: \"token\", frame: Popup"];
    embedding(Some("https://hosted")).then(no_room(POPUP)).does(popup).leads_to("Opening");
    embedding(Some("https://hosted"))
        .then(no_room(Mode::Redirect))
        .does(&["SaveCheckout", "Redirect"])
        .leads_to("Redirected");
    embedding(None).then(no_room(Mode::Redirect)).does(popup);
    let open = embedding(None).then(|request_id| Event::PopupOpened { request_id });
    // Another mode counts from the next press on.
    open.then(|_| PAY).does(&[]).leads_to("Open {").then(|_| Event::ClosePressed).does(&["HidePopup", "FetchStatus"]);
}

#[test]
fn beginning_anew_hides_the_popup_and_keeps_an_unfinished_order() {
    Story::opened(checkout()).then(|_| Event::Restarted).does(&["HidePopup"]).leads_to("Idle").then(|_| PAY).does(&[
        "LoadScript",
        "RequestToken { request_id: RequestId(3), key: KeyNumber(0)",
        "StartTimer",
    ]);
    let paid = Story::opened(checkout()).then(|request_id| Event::SnapSucceeded { request_id }).said("paid");
    paid.then(|_| Event::Restarted).does(&["ClearCheckout"]).leads_to("Idle");
}
