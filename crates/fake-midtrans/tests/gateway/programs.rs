//! Programs of the README and of this repository's documents, run as they stand there.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use crate::manual::README;
use crate::support::{Gateway, KEY, answer};

/// Programs of a document, by the name that stands behind the language of the fence.
fn programs(document: &str) -> Vec<(String, String)> {
    let fences = document.split("\n```").skip(1).step_by(2);
    let program = |fence: &str| {
        let (head, code) = fence.split_once('\n')?;
        Some((head.split_once(' ')?.1.to_owned(), code.to_owned()))
    };
    fences.filter_map(program).collect()
}

/// A folder with programs of a document in it, gone when dropped.
struct Written(PathBuf);

impl Written {
    fn new(document: &str) -> (Self, Vec<String>) {
        let folder = std::env::temp_dir().join(format!("fake-midtrans-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let all = programs(document);
        for (name, code) in &all {
            std::fs::write(folder.join(name), code).expect("written");
        }
        (Self(folder), all.into_iter().map(|(name, _)| name).collect())
    }

    /// What runs a program of this name. Node is part of this repository's tests; Python and PHP are tried where
    /// they are.
    fn command(&self, name: &str) -> Option<Command> {
        let program = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
            Some("mjs") => "node",
            Some("py") => "python3",
            _ => "php",
        };
        let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if program != "node" && there.is_err() {
            eprintln!("{program} is not on this machine: {name} was not tried");
            return None;
        }
        let mut command = Command::new(program);
        command.current_dir(&self.0).stdin(Stdio::null());
        Some(command)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // Whatever is left in the temporary folder is the system's to clean.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_of_the_manual_runs() {
    let gateway = Gateway::start().await;
    let (folder, names) = Written::new(README);
    assert_eq!(names, ["shop.test.mjs", "test_shop.py", "shop_test.php"]);
    for name in names {
        let Some(mut command) = folder.command(&name) else { continue };
        if name.ends_with("mjs") {
            command.arg("--test");
        }
        command.arg(&name).env("GATEWAY", gateway.running.base_url()).env("SERVER_KEY", KEY);
        let run = tokio::task::block_in_place(|| command.output()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{name}: {said}");
    }
    let (_, made) = answer(gateway.request(Method::GET, "/control/transactions")).await;
    assert!(made.as_array().is_some_and(|made| !made.is_empty()), "{made}");
}

/// A server of the documents, ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts a server of the documents: where it answers.
async fn serve(folder: &Written, name: &str, gateway: &Gateway) -> Option<(Running, String)> {
    let mut command = folder.command(name)?;
    let mut port = 0;
    if name.ends_with("php") {
        // PHP's own server cannot choose a port by itself.
        port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
        command.args(["-S", &format!("127.0.0.1:{port}")]);
    }
    command.arg(name).env("PORT", "0").env("MIDTRANS_URL", gateway.running.base_url()).env("MIDTRANS_SERVER_KEY", KEY);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let said = child.stdout.take().expect("its output");
    let running = Running(child);
    if port == 0 {
        let mut line = String::new();
        tokio::task::block_in_place(|| BufReader::new(said).read_line(&mut line)).expect("its first line");
        return Some((running, line.trim().to_owned()));
    }
    let url = format!("http://127.0.0.1:{port}/api/orders");
    for _ in 0..200 {
        if gateway.client.get(&url).send().await.is_ok() {
            return Some((running, url));
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{name} does not answer");
}

/// A document of this repository; none in a package of this crate alone. A document with another name is a failure.
fn document(name: &str) -> Option<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    docs.exists().then(|| std::fs::read_to_string(docs.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_url_of_the_documents_does_what_it_must() {
    let Some(text) = document("token-endpoint.md") else { return };
    let gateway = Gateway::start().await;
    let (folder, names) = Written::new(&text);
    assert_eq!(names, ["token.php", "token.mjs", "token.py"]);
    for name in names {
        let Some((_running, url)) = serve(&folder, &name, &gateway).await else { continue };
        let ask = |key: &str, body: Value| {
            let request = gateway.client.post(&url).header("idempotency-key", key.to_owned()).json(&body);
            answer(request)
        };
        let two = json!({"items": [{"id": "kopi-gayo-250g", "quantity": 2}]});
        let (status, first) = ask("one", two.clone()).await;
        assert_eq!(status, 201, "{name}: {first}");
        assert!(
            first["redirect_url"].as_str().is_some_and(|url| url.starts_with(gateway.running.base_url())),
            "{first}"
        );
        assert_eq!(
            (first["token"].as_str().map(str::len), &first["gross_amount"]),
            (Some(36), &json!(178_000)),
            "{name}"
        );
        // Midtrans forgets its own key after five minutes.
        gateway.advance(10).await;
        let (again, at_once) = tokio::join!(ask("one", two.clone()), ask("one", two.clone()));
        assert_eq!((&again, &at_once), (&(201, first.clone()), &(201, first.clone())), "{name}: the same order");
        let (_, other) = ask("two", two.clone()).await;
        assert_ne!(other["token"], first["token"], "{name}: another key is another order");
        let reused = ask("one", json!({"items": [{"id": "kopi-gayo-250g", "quantity": 3}]})).await;
        assert_eq!((reused.0, &reused.1["error"]["code"]), (409, &json!("idempotency_key_reused")), "{name}");
        for (at, (body, expected)) in [
            (json!({"items": []}), 422),
            (json!({"items": [{"id": "gold", "quantity": 1}]}), 422),
            (json!({"items": [{"id": "kopi-gayo-250g", "quantity": 0}]}), 422),
            (json!({"items": [{"id": "kopi-gayo-250g", "quantity": 1.5}]}), 422),
            (json!({"items": [{"id": "kopi-gayo-250g", "quantity": "1"}]}), 422),
            (json!({"items": [{"id": "kopi-gayo-250g", "quantity": 1}], "note": "x".repeat(20_000)}), 413),
        ]
        .into_iter()
        .enumerate()
        {
            let (status, said) = ask(&format!("bad-{at}"), body).await;
            assert!(status == expected && said["error"]["code"].is_string(), "{name} {at}: {status} {said}");
        }
        let broken = gateway.client.post(&url).header("idempotency-key", "broken").body("{");
        assert_eq!(answer(broken).await.0, 400, "{name}");
        // A gateway that is away is asked again with the same key.
        let fault = json!({"target": "token", "fault": "status", "status": 503});
        assert_eq!(gateway.control("faults", fault).await.0, 201);
        assert_eq!(ask("three", two.clone()).await.0, 503, "{name}");
        assert_eq!(ask("three", two).await.0, 201, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_documents_leads_to_the_payment_page() {
    let Some(text) = document("embed/form-without-script.md") else { return };
    let gateway = Gateway::start().await;
    let (folder, names) = Written::new(&text);
    assert_eq!(names, ["checkout.php"]);
    let Some((_running, url)) = serve(&folder, "checkout.php", &gateway).await else { return };
    let page = gateway.client.get(&url).send().await.expect("a page").text().await.expect("text");
    let key = page.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    let send = |quantity: &str| {
        let form = format!("key={key}&quantity={quantity}");
        gateway.client.post(&url).header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    let first = send("2").await.expect("an answer");
    let to = first.headers()["location"].to_str().expect("an address").to_owned();
    assert!(first.status() == 303 && to.starts_with(gateway.running.base_url()), "{to}");
    assert_eq!(send("2").await.expect("an answer").headers()["location"], to.as_str(), "a double click is one order");
    assert_eq!(send("0").await.expect("an answer").status(), 422);
}
