//! Mounts a checkout in the page, sets up the responses of its backend, and acts as the customer.

use snap_checkout::{Environment, SnapCheckout, SnapCheckoutProps};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};
use yew::{AppHandle, Renderer};

use crate::harness::{clock, fake_snap, network, requests, reset_page};

pub const SCRIPT_URL: &str = "http://gateway.test/snap/snap.js";
pub const HOSTED: &str = "http://gateway.test/snap/v4/redirection/tok-1";
/// The link to the hosted page, with the customer's language.
pub const HOSTED_LINK: &str = "http://gateway.test/snap/v4/redirection/tok-1?language=id";
pub const TOKEN: &str = r#"{"body":"{\"token\":\"tok-1\",\"redirect_url\":\"http://gateway.test/snap/v4/redirection/tok-1\",\"order_id\":\"o-1\",\"gross_amount\":85000,\"status_url\":\"/api/orders/o-1\"}"}"#;
/// A token response with only Midtrans' own fields.
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

/// A mounted checkout in its own container.
pub struct MountedCheckout {
    container: Element,
    pub app: Option<AppHandle<SnapCheckout>>,
}

impl MountedCheckout {
    pub async fn with(props: SnapCheckoutProps) -> Self {
        Self::inside(Self::container(), props).await
    }

    pub async fn inside(container: Element, props: SnapCheckoutProps) -> Self {
        let mounted = Self::mount(container, props);
        clock::idle().await;
        mounted
    }

    /// Mounts a checkout and returns after its first render, before the page does anything else.
    pub async fn before_effects() -> Self {
        let mounted = Self::mount(Self::container(), props());
        clock::flush_microtasks().await;
        mounted
    }

    fn mount(container: Element, props: SnapCheckoutProps) -> Self {
        let app = Renderer::<SnapCheckout>::with_root_and_props(container.clone(), props).render();
        Self { container, app: Some(app) }
    }

    fn container() -> Element {
        let container = document().create_element("div").expect("an element");
        container.set_class_name("mounted");
        document().body().expect("a body").append_child(&container).expect("the container in the body");
        container
    }

    pub async fn new() -> Self {
        Self::with(props()).await
    }

    pub fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.container.query_selector(selector).expect("a valid selector").map(JsCast::unchecked_into)
    }

    pub fn attribute(&self, selector: &str, name: &str) -> String {
        self.find(selector).and_then(|element| element.get_attribute(name)).unwrap_or_default()
    }

    pub fn phase(&self) -> String {
        self.attribute(".snap-checkout", "data-phase")
    }

    pub fn text(&self, selector: &str) -> String {
        self.find(selector).and_then(|element| element.text_content()).unwrap_or_default()
    }

    /// The code of the failure in the alert, or an empty string.
    pub fn alert_code(&self) -> String {
        if self.text("[role=alert]").is_empty() { String::new() } else { self.attribute("[role=alert]", "data-code") }
    }

    /// Clicks an action without waiting for its effects.
    pub fn click(&self, action: &str) {
        self.find(&format!("[data-way={action}]"))
            .unwrap_or_else(|| panic!("no action {action} in {}", self.phase()))
            .click();
    }

    /// Clicks an action and waits until the page is idle.
    pub async fn press(&self, action: &str) {
        self.click(action);
        clock::idle().await;
    }

    pub async fn unmount(&mut self) {
        self.app.take().expect("a mounted checkout").destroy();
        clock::idle().await;
    }
}

impl Drop for MountedCheckout {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        self.container.remove();
    }
}

/// Resets the page, and sets the outcomes of the script tags and the responses to POST and GET requests.
pub async fn set_up(scripts: &str, post: &str, get: &str) {
    reset_page().await;
    network::set_script_outcomes(scripts);
    network::respond("POST", &format!("[{post}]"));
    network::respond("GET", &format!("[{get}]"));
}

/// Mounts a checkout and opens its popup.
pub async fn open_popup() -> MountedCheckout {
    let mounted = MountedCheckout::new().await;
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "open");
    mounted
}

/// Calls a callback of the popup and waits until the page is idle.
pub async fn call_back(callback: &str, json: Option<&str>) {
    fake_snap::call_back(callback, json);
    clock::idle().await;
}

pub fn post_count() -> usize {
    requests().iter().filter(|request| request.method == "POST").count()
}

pub fn pay_calls() -> Vec<String> {
    fake_snap::calls().into_iter().filter(|call| call.starts_with("pay")).collect()
}
