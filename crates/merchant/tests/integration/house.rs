//! One merchant with everything around it, gone when dropped.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use fake_midtrans::FakeMidtrans;
use merchant::catalog::Catalog;
use merchant::config::{Config, Timeouts};
use merchant::http::app_state::AppState;
use merchant::http::routes::{operator_router, router};
use merchant::server::ServerLimits;
use merchant::store::Store;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};
use sqlx::AnyPool;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use contract::CONTRACT;

#[path = "contract.rs"]
pub mod contract;

pub const SERVER_KEY: &str = "SB-Mid-server-VERY-SECRET";
pub const CLIENT_KEY: &str = "SB-Mid-client-public";

/// A merchant whose router is called in the process, and which also listens, for the gateway's notifications.
pub struct House {
    pub url: String,
    pub router: Router,
    pub shop: AppState,
    pub store: Store,
    pub dir: Folder,
    pub database: String,
    /// `POST /api/orders 422 invalid_text`, one for each kind of answer.
    pub seen: Mutex<BTreeSet<String>>,
    gateway: String,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl House {
    /// With a faithful gateway that knows where to send notifications.
    pub async fn with_fake() -> (Self, FakeMidtrans) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fake = FakeMidtrans::spawn(fake_midtrans::Config {
            addr: ([127, 0, 0, 1], 0).into(),
            server_key: SERVER_KEY.into(),
            client_key: CLIENT_KEY.into(),
            notification_url: Some(format!("{url}/api/midtrans/notifications")),
            ..fake_midtrans::Config::default()
        })
        .await
        .unwrap();
        (Self::open(listener, fake.base_url(), SERVER_KEY).await, fake)
    }

    /// With any gateway.
    pub async fn at(gateway: &str) -> Self {
        Self::with_key(gateway, SERVER_KEY).await
    }

    pub async fn with_key(gateway: &str, server_key: &str) -> Self {
        Self::open(TcpListener::bind("127.0.0.1:0").await.unwrap(), gateway, server_key).await
    }

    /// With other settings than usual.
    pub async fn set(gateway: &str, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::furnish(listener, gateway, SERVER_KEY, Catalog::load(None).unwrap(), change).await
    }

    /// With another catalogue, and a gateway that nobody can reach.
    pub async fn selling(catalog: &str) -> Self {
        let folder = Folder::new();
        let file = folder.path().join("catalog.json");
        std::fs::write(&file, catalog).unwrap();
        let catalog = Catalog::load(Some(&file)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::furnish(listener, "http://127.0.0.1:9", SERVER_KEY, catalog, |_| {}).await
    }

    async fn open(listener: TcpListener, gateway: &str, server_key: &str) -> Self {
        Self::furnish(listener, gateway, server_key, Catalog::load(None).unwrap(), |_| {}).await
    }

    async fn furnish(
        listener: TcpListener,
        gateway: &str,
        server_key: &str,
        catalog: Catalog,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let dir = Folder::new();
        let database = database(dir.path()).await;
        let mut config = config(&url, gateway, server_key, &database, dir.path());
        change(&mut config);
        let store = Store::open(config.database_url.as_str()).await.unwrap().with_webhooks();
        let shop = AppState::new(&config, catalog, store.clone()).unwrap();
        let router = router(shop.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(merchant::server::serve(
            listener,
            router.clone(),
            ServerLimits::new(&config.limits),
            async move {
                stopped.await.ok();
            },
        ));
        Self {
            url,
            router,
            shop,
            store,
            dir,
            database,
            seen: Mutex::default(),
            gateway: gateway.to_owned(),
            http: reqwest::Client::new(),
            stop,
            server,
        }
    }

    /// Asks, and holds the answer to the contract.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let reply = Self::read(self.router.clone().oneshot(request).await.unwrap()).await;
        self.saw(CONTRACT.hold(&method, &path, &reply));
        reply
    }

    /// Keeps what was seen of the contract.
    pub fn saw(&self, what: String) {
        self.seen.lock().unwrap().insert(what);
    }

    pub async fn read(response: axum::response::Response) -> Reply {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(post(path, "application/json", body.to_string())).await
    }

    /// An order for two kinds of things under a key.
    pub async fn order(&self, key: &str) -> Reply {
        let mut request = post("/api/orders", "application/json", cart().to_string());
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        self.send(request).await
    }

    /// Places an order and names it.
    pub async fn ordered(&self) -> (String, String) {
        let reply = self.post("/api/orders", &cart()).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let text = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
        (text("order_id"), text("token"))
    }

    /// What is on disk, seen by somebody else.
    pub async fn rows(&self, query: &'static str) -> Vec<String> {
        let pool = pool(&self.database).await;
        let rows = sqlx::query_scalar(query).fetch_all(&pool).await.unwrap();
        pool.close().await;
        rows
    }

    /// Stops the server, waits until it has ended, and leaves the files and the gateway.
    pub async fn stop(self) -> (Folder, String) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap();
        (self.dir, self.gateway)
    }

    pub async fn status(&self, order_id: &str) -> String {
        self.get(&format!("/api/orders/{order_id}")).await.json()["status"].as_str().unwrap_or("?").to_owned()
    }

    /// What the customer does in the popup.
    pub async fn choose(&self, token: &str, method: &str) {
        let url = format!("{}/snap/v4/api/sessions/{token}/charge", self.gateway);
        self.gateway_post(&url, &json!({"method": method})).await;
    }

    /// The gateway's control API; answers once its notifications were answered.
    pub async fn control(&self, what: &str, body: Value) {
        self.gateway_post(&format!("{}/control/{what}", self.gateway), &body).await;
    }

    pub async fn clear_faults(&self) {
        self.http.delete(format!("{}/control/faults", self.gateway)).send().await.unwrap();
    }

    pub async fn control_list(&self, what: &str) -> Vec<Value> {
        let url = format!("{}/control/{what}", self.gateway);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn gateway_post(&self, url: &str, body: &Value) {
        let answer = self.http.post(url).json(body).send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{url} {body}: {status} {}", answer.text().await.unwrap());
    }

    /// Waits, bounded, until the order stands so: notifications come by themselves.
    pub async fn until(&self, order_id: &str, expected: &str) {
        let mut last = String::new();
        for _ in 0..200 {
            last = self.status(order_id).await;
            if last == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{order_id} is {last}, not {expected}");
    }

    /// What the operator's monitoring reads.
    pub async fn metrics(&self) -> String {
        self.operator("/metrics").await.text()
    }

    /// What the operator's own address answers.
    pub async fn operator(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let reply = Self::read(operator_router(self.shop.clone()).oneshot(request).await.unwrap()).await;
        self.saw(CONTRACT.hold("GET", path, &reply));
        reply
    }

    /// The headers of an answer that has no end.
    pub async fn stream_head(&self, request: Request<Body>) -> HeaderMap {
        self.router.clone().oneshot(request).await.unwrap().headers().clone()
    }

    pub async fn notify(&self, body: impl Into<String>) -> Reply {
        self.send(post("/api/midtrans/notifications", "application/json", body.into())).await
    }
}

/// A coffee and two teas.
pub fn cart() -> Value {
    json!({
        "items": [{"id": "kopi-gayo-250g", "quantity": 1}, {"id": "teh-melati-100g", "quantity": 2}],
        "customer": {"name": "Siti Rahayu", "email": "siti@example.com", "phone": "+62 812 3456 789"},
    })
}

/// What [`cart`] costs, as the gateway writes it.
pub const CART: &str = "125000.00";

/// A notification with a signature that holds.
pub fn signed(order_id: &str, code: &str, amount: &str, more: Value) -> Value {
    let text = format!("{order_id}{code}{amount}{SERVER_KEY}");
    let signature: String = Sha512::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut body = json!({
        "order_id": order_id, "status_code": code, "gross_amount": amount, "signature_key": signature,
        "transaction_id": "9aed5972-5b6a-401e-894b-a32c91ed1a3a",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub fn post(path: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, content_type).body(body.into()).unwrap()
}

async fn pool(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    AnyPool::connect(url).await.unwrap()
}

/// An empty database: a file, or with `TEST_DATABASE=postgres` one in the cluster of `TEST_POSTGRES_URL`.
async fn database(dir: &Path) -> String {
    match std::env::var("TEST_DATABASE").as_deref() {
        Ok("postgres") => {
            let cluster =
                std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL says where; scripts/test native sets it");
            let name = format!("shop_{}", merchant::id::random().unwrap());
            let pool = pool(&cluster).await;
            let create = format!("CREATE DATABASE {name}");
            sqlx::query(sqlx::AssertSqlSafe(create)).execute(&pool).await.unwrap();
            pool.close().await;
            let mut url = reqwest::Url::parse(&cluster).unwrap();
            url.set_path(&name);
            url.into()
        }
        _ => format!("sqlite://{}", dir.join("shop.sqlite").display()),
    }
}

/// Settings with little patience: budgets are part of what is tested.
pub fn config(url: &str, gateway: &str, server_key: &str, database: &str, dir: &Path) -> Config {
    let dist = dir.join("dist").display().to_string();
    let (mut config, _) = Config::read(|name| {
        let value = match name {
            "MERCHANT_PUBLIC_URL" => url,
            "MERCHANT_PAGE_DIR" => &dist,
            "DATABASE_URL" => database,
            "MIDTRANS_ENVIRONMENT" => "local",
            "MIDTRANS_LOCAL_URL" => gateway,
            "MIDTRANS_SERVER_KEY" => server_key,
            "MIDTRANS_CLIENT_KEY" => CLIENT_KEY,
            _ => return None,
        };
        Some(value.to_owned())
    })
    .unwrap();
    config.gateway.timeouts = Timeouts {
        token: Duration::from_millis(800),
        status: Duration::from_millis(500),
        fast_path: Duration::from_millis(250),
        attempt: Duration::from_millis(200),
        min_poll_interval: Duration::from_secs(5),
        initial_backoff: Duration::from_millis(10),
    };
    config
}

/// A folder of its own that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("merchant-{}", merchant::id::random().unwrap()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever is left in the temporary folder is the system's to clean.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
