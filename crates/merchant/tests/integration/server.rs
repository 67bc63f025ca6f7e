//! What a connection may do, and the end of a process: what runs is finished, what comes later is turned away.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use merchant::config::Limits;
use merchant::server::{ServerLimits, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::house::{House, cart};

#[tokio::test]
async fn a_stop_finishes_what_runs() {
    let (house, _fake) = House::with_fake().await;
    house.control("faults", json!({"target": "token", "fault": "delay", "ms": 150})).await;
    let url = format!("{}/api/orders", house.url);
    let running = tokio::spawn(reqwest::Client::new().post(&url).json(&cart()).send());
    while !house.control_list("faults").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let store = house.store.clone();
    let (_files, gateway) = house.stop().await;
    let log: Vec<serde_json::Value> =
        reqwest::get(format!("{gateway}/control/requests")).await.unwrap().json().await.unwrap();
    assert_eq!(log.len(), 1, "the stop waited for the gateway's answer");
    let answer = running.await.unwrap().unwrap();
    assert_eq!(answer.status(), 201);
    let order_id = answer.json::<serde_json::Value>().await.unwrap()["order_id"].as_str().unwrap().to_owned();
    let attempt = store.current_attempt(&order_id).await.unwrap().unwrap();
    assert!(attempt.token.is_some(), "the token is on disk");
    assert!(reqwest::get(&url).await.is_err(), "nobody listens any more");
}

/// A server with little patience, and few places.
async fn bounded(change: impl FnOnce(&mut ServerLimits)) -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let mut bounds = ServerLimits::new(&Limits::default());
    change(&mut bounds);
    let router = Router::new().route("/", get(|| async { "well" })).route("/echo", post(|body: String| async { body }));
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(serve(listener, router, bounds, async move { drop(stopped.await) }));
    (addr, stop)
}

/// What comes until the server hangs up, which it must.
async fn to_the_end(stream: &mut TcpStream) -> String {
    let mut got = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut got)).await.expect("the server hangs up");
    // A reset is a way to hang up too.
    drop(read);
    String::from_utf8_lossy(&got).into_owned()
}

async fn asks(addr: SocketAddr) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n").await.ok();
    to_the_end(&mut stream).await
}

#[tokio::test]
async fn who_never_finishes_a_head_is_left() {
    let (addr, _stop) = bounded(|bounds| bounds.header_timeout = Duration::from_millis(300)).await;
    let mut silent = TcpStream::connect(addr).await.unwrap();
    let mut half = TcpStream::connect(addr).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\nx-a: ").await.unwrap();
    let mut slow = TcpStream::connect(addr).await.unwrap();
    let (mut ear, mut mouth) = slow.split();
    let drips = async {
        // A byte now and then does not buy more time.
        while mouth.write_all(b"G").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut end = Vec::new();
    let hangs_up = async { drop(timeout(Duration::from_secs(20), ear.read_to_end(&mut end)).await.unwrap()) };
    tokio::select! { () = drips => {}, () = hangs_up => {} }
    assert_eq!(to_the_end(&mut half).await.find("HTTP/1.1 200"), None);
    assert_eq!(to_the_end(&mut silent).await, "");
    let mut idle = TcpStream::connect(addr).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
    assert!(to_the_end(&mut idle).await.ends_with("well"), "an idle connection ends after its answer");
    assert!(asks(addr).await.ends_with("well"));
}

#[tokio::test]
async fn heads_are_bounded() {
    let (addr, _stop) = bounded(|_| {}).await;
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: shop\r\nx-a: {}\r\n\r\n", "a".repeat(300_000));
    stream.write_all(head.as_bytes()).await.ok();
    let answer = to_the_end(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert!(asks(addr).await.ends_with("well"));
}

#[tokio::test]
async fn a_connection_does_not_live_for_ever() {
    let (addr, _stop) = bounded(|bounds| bounds.max_connection_age = Duration::from_millis(300)).await;
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(b"POST /echo HTTP/1.1\r\nhost: shop\r\ncontent-length: 9\r\n\r\nnot").await.unwrap();
    assert_eq!(to_the_end(&mut stream).await, "", "a body that never ends");
    assert!(asks(addr).await.ends_with("well"));
}

#[tokio::test]
async fn connections_are_counted_and_come_back() {
    let (addr, _stop) = bounded(|bounds| {
        bounds.header_timeout = Duration::from_millis(500);
        (bounds.max_connections, bounds.max_per_client) = (2, 2);
    })
    .await;
    let _taken = [TcpStream::connect(addr).await.unwrap(), TcpStream::connect(addr).await.unwrap()];
    assert!(asks(addr).await.ends_with("well"), "who waits is served when a place is free");
}

/// Other systems have no second loopback address.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_address_does_not_take_all_places() {
    let one = |from: [u8; 4], addr: SocketAddr| async move {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect(addr).await.unwrap()
    };
    for trusted in [false, true] {
        let (addr, _stop) = bounded(|bounds| {
            (bounds.max_connections, bounds.max_per_client) = (8, 4);
            bounds.trusted_proxies = if trusted { vec!["127.0.0.7/32".parse().unwrap()] } else { vec![] };
        })
        .await;
        let mut held = vec![];
        for _ in 0..4 {
            let mut stream = one([127, 0, 0, 7], addr).await;
            stream.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            held.push(stream);
        }
        let ask = |mut stream: TcpStream| async move {
            stream.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n").await.ok();
            to_the_end(&mut stream).await.ends_with("well")
        };
        assert_eq!(ask(one([127, 0, 0, 7], addr).await).await, trusted, "a proxy of ours brings many");
        assert!(ask(one([127, 0, 0, 8], addr).await).await, "others have places left");
        drop(held);
        let since = tokio::time::Instant::now();
        while !ask(one([127, 0, 0, 7], addr).await).await {
            assert!(since.elapsed() < Duration::from_secs(20), "places come back");
        }
    }
}
