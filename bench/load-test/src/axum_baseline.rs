//! The floor under the figures: the same HTTP server, the same client, one row in a commit that is shared, and
//! nothing else. No merchant built of these parts gets below it on the same machine.

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

/// A row, and who waits until it is on disk.
type Row = (String, oneshot::Sender<()>);

struct Floor {
    http: reqwest::Client,
    gateway: String,
    rows: Sender<Row>,
}

/// Serves at `PORT`, asks `GATEWAY`, writes into `DATABASE`; until it is killed.
pub async fn serve() -> Result<bool, String> {
    let env = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let (rows, queue) = channel();
    let database = env("DATABASE")?;
    std::thread::spawn(move || {
        if let Err(error) = write(&database, &queue) {
            eprintln!("floor: {error}");
        }
    });
    let http = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let state = Arc::new(Floor { http, gateway: format!("{}/snap/v1/transactions", env("GATEWAY")?), rows });
    let router = Router::new().route("/readyz", get(|| async {})).route("/api/orders", post(order)).with_state(state);
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env("PORT")?)).await.map_err(|error| error.to_string())?;
    axum::serve(listener, router).await.map_err(|error| error.to_string())?;
    Ok(true)
}

async fn order(State(floor): State<Arc<Floor>>, Json(wanted): Json<Value>) -> impl IntoResponse {
    let asked = floor.http.post(&floor.gateway).header(CONTENT_TYPE, "application/json").body(wanted.to_string());
    let Ok(answer) = asked.send().await else { return (StatusCode::BAD_GATEWAY, Json(Value::Null)) };
    let Ok(token) = answer.json::<Value>().await else { return (StatusCode::BAD_GATEWAY, Json(Value::Null)) };
    let (done, written) = oneshot::channel();
    let kept = floor.rows.send((token.to_string(), done)).is_ok() && written.await.is_ok();
    (if kept { StatusCode::CREATED } else { StatusCode::SERVICE_UNAVAILABLE }, Json(token))
}

/// Whatever is there goes to disk together.
fn write(database: &str, queue: &Receiver<Row>) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS floor (body TEXT NOT NULL)",
    )?;
    while let Ok(first) = queue.recv() {
        let rows: Vec<Row> = std::iter::once(first).chain(queue.try_iter()).collect();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for (body, _) in &rows {
            connection.prepare_cached("INSERT INTO floor VALUES (?1)")?.execute([body])?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for (_, done) in rows {
            // Whoever left does not wait any more.
            done.send(()).ok();
        }
    }
    Ok(())
}
