//! A checkout mounted in the page, its shop, and what a customer does with it.

use snap_checkout::{Environment, SnapCheckout, SnapCheckoutProps};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};
use yew::{AppHandle, Renderer};

use crate::harness::{asked, clock, fake_snap, fresh, network};

pub const FILE: &str = "http://gateway.test/snap/snap.js";
pub const HOSTED: &str = "http://gateway.test/snap/v4/redirection/tok-1";
/// The link to it, in the customer's language.
pub const HOSTED_LINK: &str = "http://gateway.test/snap/v4/redirection/tok-1?language=id";
pub const TOKEN: &str = r#"{"body":"{\"token\":\"tok-1\",\"redirect_url\":\"http://gateway.test/snap/v4/redirection/tok-1\",\"order_id\":\"o-1\",\"gross_amount\":85000,\"status_url\":\"/api/orders/o-1\"}"}"#;
/// Midtrans' own answer, without anything of ours.
pub const BARE_TOKEN: &str =
    r#"{"body":"{\"token\":\"tok-1\",\"redirect_url\":\"http://gateway.test/snap/v4/redirection/tok-1\"}"}"#;
pub const RESULT: &str = r#"{"status_code":"200","transaction_status":"settlement","order_id":"o-1"}"#;
pub const PENDING: &str = r#"{"payment_type":"bank_transfer","transaction_status":"pending","status_code":"201","bca_va_number":"49112893603","finish_redirect_url":"http://example.com?order_id=o-1"}"#;

pub fn status(status: &str) -> String {
    let body = format!(r#"{{"order_id":"o-1","status":"{status}","gross_amount":85000}}"#);
    format!(r#"{{"body":{}}}"#, snap_checkout::effects::json::written(&body))
}

pub fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a page")
}

pub fn props() -> SnapCheckoutProps {
    yew::props!(SnapCheckoutProps {
        client_key: "SB-Mid-client-abc",
        environment: Environment::Local("http://gateway.test".into()),
        token_url: "/api/orders",
        order: r#"{"items":[]}"#,
    })
}

/// A checkout in a place of its own.
pub struct Shown {
    place: Element,
    pub app: Option<AppHandle<SnapCheckout>>,
}

impl Shown {
    pub async fn with(props: SnapCheckoutProps) -> Self {
        Self::inside(Self::place(), props).await
    }

    pub async fn inside(place: Element, props: SnapCheckoutProps) -> Self {
        let shown = Self::begin(place, props);
        clock::idle().await;
        shown
    }

    /// As soon as there is something to see, before the page does anything else.
    pub async fn at_first() -> Self {
        let place = Self::place();
        let shown = Self::begin(place, props());
        clock::moment().await;
        shown
    }

    fn begin(place: Element, props: SnapCheckoutProps) -> Self {
        let app = Renderer::<SnapCheckout>::with_root_and_props(place.clone(), props).render();
        Self { place, app: Some(app) }
    }

    fn place() -> Element {
        let place = document().create_element("div").expect("an element");
        place.set_class_name("mounted");
        document().body().expect("a body").append_child(&place).expect("room");
        place
    }

    pub async fn new() -> Self {
        Self::with(props()).await
    }

    pub fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.place.query_selector(selector).expect("a selector").map(JsCast::unchecked_into)
    }

    pub fn attribute(&self, selector: &str, name: &str) -> String {
        self.find(selector).and_then(|found| found.get_attribute(name)).unwrap_or_default()
    }

    pub fn phase(&self) -> String {
        self.attribute(".snap-checkout", "data-phase")
    }

    pub fn text(&self, selector: &str) -> String {
        self.find(selector).and_then(|found| found.text_content()).unwrap_or_default()
    }

    /// The code of the failure that is announced, or nothing.
    pub fn alert(&self) -> String {
        if self.text("[role=alert]").is_empty() { String::new() } else { self.attribute("[role=alert]", "data-code") }
    }

    pub fn press_without_waiting(&self, way: &str) {
        self.find(&format!("[data-way={way}]")).unwrap_or_else(|| panic!("no way {way} in {}", self.phase())).click();
    }

    pub async fn press(&self, way: &str) {
        self.press_without_waiting(way);
        clock::idle().await;
    }

    pub async fn close(&mut self) {
        self.app.take().expect("it is mounted").destroy();
        clock::idle().await;
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        self.place.remove();
    }
}

pub async fn shop(tags: &str, post: &str, get: &str) {
    fresh().await;
    network::tags_end(tags);
    network::answers("POST", &format!("[{post}]"));
    network::answers("GET", &format!("[{get}]"));
}

pub async fn open() -> Shown {
    let shown = Shown::new().await;
    shown.press("pay").await;
    assert_eq!(shown.phase(), "open");
    shown
}

pub async fn says(callback: &str, json: Option<&str>) {
    fake_snap::says(callback, json);
    clock::idle().await;
}

pub fn posts() -> usize {
    asked().iter().filter(|one| one.method == "POST").count()
}

pub fn pays() -> Vec<String> {
    fake_snap::calls().into_iter().filter(|call| call.starts_with("pay")).collect()
}
