//! The Axum baseline: the backend's HTTP server, HTTP client and database with one row per order, and no other logic.
//! No backend built from these parts can be faster on the same machine.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A row, and the sender that reports when it is on disk.
type Row = (String, oneshot::Sender<()>);

struct Baseline {
    http: reqwest::Client,
    gateway: String,
    rows: Sender<Row>,
}

/// Serves on `PORT`, requests tokens from `GATEWAY` and writes to `DATABASE`, until it is killed.
pub async fn serve() -> Result<bool, String> {
    let env = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let (rows, queue) = channel();
    let database = env("DATABASE")?;
    std::thread::spawn(move || {
        if let Err(error) = write(&database, &queue) {
            eprintln!("axum-baseline: {error}");
        }
    });
    let http = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let state = Arc::new(Baseline { http, gateway: format!("{}/snap/v1/transactions", env("GATEWAY")?), rows });
    let router = Router::new().route("/readyz", get(|| async {})).route("/api/orders", post(order)).with_state(state);
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env("PORT")?)).await.map_err(|error| error.to_string())?;
    axum::serve(listener, router).await.map_err(|error| error.to_string())?;
    Ok(true)
}

async fn order(State(baseline): State<Arc<Baseline>>, Json(order): Json<Value>) -> impl IntoResponse {
    let request =
        baseline.http.post(&baseline.gateway).header(CONTENT_TYPE, "application/json").body(order.to_string());
    let Ok(response) = request.send().await else { return (StatusCode::BAD_GATEWAY, Json(Value::Null)) };
    let Ok(token) = response.json::<Value>().await else { return (StatusCode::BAD_GATEWAY, Json(Value::Null)) };
    let (done, written) = oneshot::channel();
    let stored = baseline.rows.send((token.to_string(), done)).is_ok() && written.await.is_ok();
    (if stored { StatusCode::CREATED } else { StatusCode::SERVICE_UNAVAILABLE }, Json(token))
}

/// Writes all queued rows in one transaction.
fn write(database: &str, queue: &Receiver<Row>) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS orders (body TEXT NOT NULL)",
    )?;
    while let Ok(first) = queue.recv() {
        let rows: Vec<Row> = std::iter::once(first).chain(queue.try_iter()).collect();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for (body, _) in &rows {
            connection.prepare_cached("INSERT INTO orders VALUES (?1)")?.execute([body])?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for (_, done) in rows {
            // The request may have ended already.
            done.send(()).ok();
        }
    }
    Ok(())
}
