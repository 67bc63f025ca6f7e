//! Everything around the merchant, and the merchant itself as processes that can be killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::cycle::{Payment, SERVER_KEY};
use crate::database::{Database, Kind};
use crate::gateway::GatewayStub;
use crate::receiver::Receiver;

pub struct Stage {
    pub chance: Chance,
    pub database: Database,
    pub gateway: GatewayStub,
    pub receiver: Receiver,
    pub http: reqwest::Client,
    folder: Folder,
}

impl Stage {
    pub async fn new(name: &str, kind: Kind) -> Self {
        let folder = Folder::new(name);
        let database = Database::new(kind, &folder.0, &folder.name()).await;
        Self::with(name, folder, database).await
    }

    /// On a PostgreSQL of the test's own.
    pub async fn at(name: &str, server: &str) -> Self {
        let folder = Folder::new(name);
        let database = Database::at(server, &folder.name()).await;
        Self::with(name, folder, database).await
    }

    async fn with(name: &str, folder: Folder, database: Database) -> Self {
        let chance = Chance::new(name);
        let receiver = Receiver::new(&chance).await;
        // Longer than the merchant may take for anything; the gateway itself waits 15 s.
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(15)).build().unwrap();
        Self { chance, database, gateway: GatewayStub::new().await, receiver, http, folder }
    }

    pub fn merchant(&self) -> Merchant {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_merchant"));
        command
            .env_clear()
            .env("MERCHANT_ADDR", format!("127.0.0.1:{port}"))
            .env("MERCHANT_PUBLIC_URL", &url)
            .env("MERCHANT_PAGE_DIR", self.folder.0.join("dist"))
            .env("DATABASE_URL", &self.database.url)
            .env("MIDTRANS_ENVIRONMENT", "local")
            .env("MIDTRANS_LOCAL_URL", &self.gateway.url)
            .env("MIDTRANS_SERVER_KEY", SERVER_KEY)
            .env("MIDTRANS_CLIENT_KEY", "SB-Mid-client-public")
            // Everything comes from one address here.
            .env("MERCHANT_ORDERS_PER_MINUTE", "0")
            .env("SHOP_WEBHOOK_URL", &self.receiver.url)
            .env("SHOP_WEBHOOK_SECRET", Receiver::secret());
        Merchant { url, command, log: self.folder.0.join(format!("{port}.log")), process: None }
    }

    /// So many orders, made side by side.
    pub async fn orders(&self, merchant: &Merchant, many: usize) -> Vec<Payment> {
        let mut all = Vec::new();
        while all.len() < many {
            let batch = (many - all.len()).min(16);
            let one = || {
                let request = self.http.post(format!("{}/api/orders", merchant.url)).json(&cart());
                let kind = self.chance.below(8);
                tokio::spawn(async move {
                    let answer = request.send().await.unwrap();
                    assert_eq!(answer.status(), StatusCode::CREATED);
                    let order: Value = answer.json().await.unwrap();
                    Payment { order_id: order["order_id"].as_str().unwrap().to_owned(), amount: 125_000, kind }
                })
            };
            for order in (0..batch).map(|_| one()).collect::<Vec<_>>() {
                all.push(order.await.unwrap());
            }
        }
        all
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}

/// A coffee and two teas, for 125 000.
fn cart() -> Value {
    json!({
        "items": [{"id": "kopi-gayo-250g", "quantity": 1}, {"id": "teh-melati-100g", "quantity": 2}],
        "customer": {"name": "Siti Rahayu", "email": "siti@example.com"},
    })
}

/// One process at one address, again and again.
pub struct Merchant {
    pub url: String,
    command: Command,
    log: PathBuf,
    process: Option<Child>,
}

impl Merchant {
    /// Starts it and waits until it is ready.
    pub async fn start(&mut self, http: &reqwest::Client) {
        let log = std::fs::File::options().create(true).append(true).open(&self.log).unwrap();
        let process = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        self.process = Some(process);
        let since = Instant::now();
        while self.answers(http, "readyz").await != Some(200) {
            assert!(!self.has_ended() && since.elapsed() < Duration::from_secs(30), "{}", self.last_words());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.as_mut().is_none_or(|process| process.try_wait().unwrap().is_some())
    }

    pub async fn answers(&self, http: &reqwest::Client, path: &str) -> Option<u16> {
        let answer = http.get(format!("{}/{path}", self.url)).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Merchant {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            eprintln!("the last words of {}:\n{}", self.url, self.last_words());
        }
    }
}

/// Below the ports that systems hand out by themselves: it must still be free when the merchant comes back.
pub fn free_port() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 8000) as u16;
    loop {
        let port = 10_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A folder of its own that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
        let id = merchant::id::random().unwrap().to_lowercase();
        let path = std::env::temp_dir().join(format!("storm_{name}_{id}"));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn name(&self) -> String {
        Path::file_name(&self.0).unwrap().to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever is left in the temporary folder is the system's to clean.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
