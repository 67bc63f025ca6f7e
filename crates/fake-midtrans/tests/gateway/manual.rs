//! The README is the manual of this gateway: its commands are run, its tables compared. Its programs: [`crate::programs`].

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Gateway, Merchant, answer};

pub const README: &str = include_str!("../../README.md");
const CONTROL: &str = include_str!("../../src/http/control.rs");

/// The part of the README below a heading.
fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let level = format!("\n{} ", heading.split(' ').next().unwrap_or_default());
    rest.split(&level).next().unwrap_or_default()
}

/// Words in backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Method, path below `/control` and body of each `curl` line.
fn commands(text: &str) -> Vec<(Method, String, Option<Value>)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("curl "));
    let command = |line: &str| {
        let body = line.split_once("-d '").map(|(_, rest)| rest.split('\'').next().unwrap_or_default());
        let method = line.split_once("-X ").and_then(|(_, rest)| rest.split(' ').next());
        let path = line.split_once("$C/").expect("an address").1.split([' ', '"']).next().unwrap_or_default();
        let method = method.unwrap_or(if body.is_some() { "POST" } else { "GET" });
        let body = body.map(|body| serde_json::from_str(body).unwrap_or_else(|error| panic!("{line}: {error}")));
        (method.parse().expect("a method"), path.to_owned(), body)
    };
    lines.map(command).collect()
}

#[tokio::test]
async fn every_command_of_the_control_api_does_something() {
    let (_merchant, url) = Merchant::listen(200).await;
    let gateway = Gateway::with(|config| config.notification_url = Some(url)).await;
    for at in 101..=104 {
        gateway.token(&format!("ORDER-{at}")).await;
    }
    let all = commands(section("## Control API"));
    assert!(all.len() > 25, "{all:?}");
    let mut called = BTreeSet::new();
    for (method, path, body) in all {
        let mut request = gateway.request(method.clone(), &format!("/control/{path}"));
        if let Some(body) = &body {
            request = request.json(body);
        }
        let (status, said) = answer(request).await;
        assert!((200..300).contains(&status), "{method} {path} {body:?}: {status} {said}");
        called.insert(
            path.split(['?']).next().unwrap_or_default().replace("ORDER-101", "{id}").replace("pay", "{event}"),
        );
    }
    let routes: BTreeSet<_> = CONTROL.split(".route(\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let called: BTreeSet<_> = called.iter().map(String::as_str).collect();
    assert_eq!(called, routes, "the manual shows every address of the control API");
}

#[tokio::test]
async fn every_event_and_fault_of_the_manual_exists() {
    let gateway = Gateway::start().await;
    let events = section("## Control API").lines().filter(|line| line.starts_with("| `"));
    let mut names = BTreeSet::new();
    for line in events.take_while(|line| !line.contains("`token`")) {
        names.extend(quoted(line.split('|').nth(1).unwrap_or_default()));
    }
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let (status, said) = gateway.control(name, json!({"order_id": "nobody"})).await;
        assert_eq!(status, 404, "{name}: {said}");
    }
    let more = json!({"ms": 1, "status": 503, "seconds": 1, "copies": 1, "set": {}});
    let (mut tried, mut targets) = (0, BTreeSet::new());
    for row in section("### Faults").lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').collect();
        // What stands in brackets are a fault's own settings.
        let outside =
            |cell: &str| cell.split('(').map(|part| part.rsplit(')').next().unwrap_or_default()).collect::<String>();
        let first: BTreeSet<String> = quoted(&outside(cells[1])).into_iter().map(str::to_owned).collect();
        let named = outside(cells[2]);
        let settings = ["seconds", "changes", "status_code", "set", "null", "signed"];
        for fault in quoted(&named).into_iter().filter(|name| !settings.contains(name)) {
            for target in &first {
                let mut body = more.clone();
                body["target"] = json!(target);
                body["fault"] = json!(fault);
                let (status, said) = gateway.control("faults", body).await;
                assert_eq!(status, 201, "{target} {fault}: {said}");
                tried += 1;
            }
        }
        targets.extend(first);
    }
    let source = include_str!("../../src/fault.rs");
    let variants = |of: &str| {
        let (_, rest) = source.split_once(&format!("pub enum {of} {{\n")).expect("the enum");
        let lines = rest.split("\n}\n").next().unwrap_or_default().lines();
        lines
            .filter(|line| line.len() > 5 && line.starts_with("    ") && line.as_bytes()[4].is_ascii_uppercase())
            .count()
    };
    assert_eq!(targets.len(), variants("Target"), "{targets:?}");
    assert!(tried >= 128, "{tried}");
    let told = section("### Faults");
    for fault in gateway
        .request(Method::GET, "/control/faults")
        .send()
        .await
        .expect("a list")
        .json::<Vec<Value>>()
        .await
        .expect("JSON")
    {
        assert!(told.contains(&format!("`{}`", fault["fault"].as_str().expect("a name"))), "{fault}");
    }
    gateway.running.clear_faults();
}

#[test]
fn every_setting_is_in_the_manual_and_in_the_help() {
    let of = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        words.filter(|word| word.starts_with("FAKE_MIDTRANS_")).map(str::to_owned).collect()
    };
    let read = of(include_str!("../../src/config.rs").split_once("fn from_lookup").expect("the reader").1);
    assert_eq!(of(fake_midtrans::config::HELP), read);
    assert_eq!(of(section("## Settings")), read);
}

#[tokio::test]
async fn a_page_is_let_in_only_when_the_settings_name_it() {
    let page = "http://127.0.0.1:8080";
    let gateway = Gateway::with(|config| config.control_origin = Some(page.into())).await;
    let own = gateway.running.base_url().to_owned();
    for (origin, expected) in [(page, 200), (own.as_str(), 200), ("http://evil.example", 403), ("null", 403)] {
        let asked =
            gateway.request(Method::GET, "/control/faults").header("origin", origin).send().await.expect("an answer");
        assert_eq!(asked.status(), expected, "{origin}");
        let allowed = asked.headers().get("access-control-allow-origin").map(|value| value.to_str().expect("ASCII"));
        assert_eq!(allowed, (origin == page).then_some(page), "{origin}");
        let first = gateway.request(Method::OPTIONS, "/control/faults").header("origin", origin).send().await;
        let asks_first = first.expect("an answer").status();
        assert_eq!(asks_first == 204, origin == page, "{origin}: {asks_first}");
    }
    let closed = Gateway::start().await;
    let asked = closed.request(Method::GET, "/control/faults").header("origin", page).send().await.expect("an answer");
    assert_eq!(asked.status(), 403);
}
