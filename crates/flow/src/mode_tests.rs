//! Scenarios of the modes, and of starting over.

use wire::merchant::Checkout;

use crate::tests::{PAY, POPUP, Scenario, checkout};
use crate::*;

const EMBED: ResolvedMode = ResolvedMode::OnPage(Frame::Embed);

#[test]
fn the_hosted_page_needs_no_script_and_opens_with_one_press() {
    let pressed = || Scenario::new().then(|_| Event::PayPressed { mode: ResolvedMode::Redirect });
    let token = |checkout: Checkout| move |request_id| Event::TokenReceived { request_id, checkout: checkout.into() };
    pressed()
        .does(&["RequestToken", "StartTimer"])
        .then(token(checkout()))
        .does(&["SaveCheckout", "Redirect { url: \"https://hosted\""])
        .leads_to("Redirected")
        .then(|_| Event::PageShown)
        .status("created")
        .then(|request_id| Event::TimerFired { request_id })
        .status("created")
        .then(|request_id| Event::TimerFired { request_id })
        .status("created")
        .leads_to("Closed")
        .then(|_| Event::PayPressed { mode: ResolvedMode::Redirect })
        .does(&["SaveCheckout", "Redirect"]);
    // A backend without a hosted page: the popup is the only way.
    pressed()
        .then(token(Checkout { redirect_url: None, ..checkout() }))
        .does(&["LoadScript"])
        .then(|request_id| Event::ScriptLoaded { request_id })
        .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(2), token: \"token\", frame: Popup"]);
}

#[test]
fn a_prefetched_hosted_page_is_offered_as_a_link() {
    let ready = || {
        Scenario::new()
            .then(|_| Event::PrefetchRequested { mode: ResolvedMode::Redirect })
            .does(&["RequestToken", "StartTimer"])
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
            .leads_to("Ready")
    };
    assert_eq!(ready().machine.phase().available_actions(), [CheckoutAction::Hosted]);
    ready().then(|_| Event::HostedPressed).does(&["SaveCheckout", "Redirect"]).leads_to("Redirected");
    // The press has another mode, so the page requests what that mode needs.
    ready().then(|_| PAY).does(&["LoadScript", "StartTimer"]);
}

#[test]
fn an_embed_without_room_becomes_a_popup_or_the_hosted_page() {
    let embedding = |hosted: Option<&str>| {
        let checkout = Checkout { redirect_url: hosted.map(str::to_owned), ..checkout() };
        Scenario::new()
            .then(|_| Event::PayPressed { mode: EMBED })
            .then(|request_id| Event::ScriptLoaded { request_id })
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout.into() })
            .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(2), token: \"token\", frame: Embed"])
    };
    let no_room = |instead| move |request_id| Event::EmbedTooSmall { request_id, instead };
    let popup = &["SaveCheckout", "OpenPopup { request_id: RequestId(3), token: \"token\", frame: Popup"];
    embedding(Some("https://hosted")).then(no_room(POPUP)).does(popup).leads_to("Opening");
    embedding(Some("https://hosted"))
        .then(no_room(ResolvedMode::Redirect))
        .does(&["SaveCheckout", "Redirect"])
        .leads_to("Redirected");
    embedding(None).then(no_room(ResolvedMode::Redirect)).does(popup);
    let open = embedding(None).then(|request_id| Event::PopupOpened { request_id });
    // A press with another mode does not change the open payment page.
    open.then(|_| PAY).does(&[]).leads_to("Open {").then(|_| Event::ClosePressed).does(&["HidePopup", "FetchStatus"]);
}

#[test]
fn starting_over_hides_the_popup_and_keeps_the_key_of_an_unfinished_order() {
    Scenario::opened(checkout())
        .then(|_| Event::Restarted)
        .does(&["HidePopup"])
        .leads_to("Idle")
        .then(|_| PAY)
        .does(&["LoadScript", "RequestToken { request_id: RequestId(3), key: KeyNumber(0)", "StartTimer"]);
    let paid = Scenario::opened(checkout()).then(|request_id| Event::SnapSucceeded { request_id }).status("paid");
    paid.then(|_| Event::Restarted).does(&["ClearCheckout"]).leads_to("Idle");
}
