//! The built page and its files, and the way to pay without script.

use axum::body::Body;
use axum::http::Request;

use crate::house::{House, post};

const INDEX: &str = r#"<!doctype html><link rel="stylesheet" href="/style-0123456789abcdef.css">
<script type="application/json" id="shop"></script>
<section class="plain"><form><input type="hidden" name="key" value="{{form_key}}">{{form_items}}</form></section>"#;

pub async fn built() -> (House, fake_midtrans::FakeMidtrans) {
    let (house, fake) = House::with_fake().await;
    let dist = house.dir.path().join("dist");
    std::fs::create_dir_all(&dist).unwrap();
    for (name, text) in [
        ("index.html", INDEX),
        ("app-0123456789abcdef.js", "plain"),
        ("app-0123456789abcdef.js.br", "brotli"),
        ("app-0123456789abcdef.js.gz", "gzip"),
        ("robots.txt", "User-agent: *"),
        (".secret", "no"),
        ("index.html.br", "raw"),
        ("index.html.gz", "raw"),
    ] {
        std::fs::write(dist.join(name), text).unwrap();
    }
    std::fs::write(house.dir.path().join("outside.txt"), "no").unwrap();
    (house, fake)
}

#[tokio::test]
async fn the_page_knows_the_shop() {
    let (house, _fake) = built().await;
    let page = house.get("/").await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-cache"));
    let text = page.text();
    let (_, rest) = text.split_once("id=\"shop\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    let in_page: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(in_page, house.get("/api/shop").await.json());
    assert_eq!(in_page["environment"], "local");
    assert_eq!(in_page["items"].as_array().unwrap().len(), 6);
    assert!(!text.contains("{{"), "every placeholder is filled: {text}");
    assert!(text.contains("Kopi Gayo Aceh 250 g · Rp\u{a0}89.000"), "{text}");
    assert_eq!(text.matches("name=\"quantity[").count(), 6);
    assert_ne!(text, house.get("/").await.text(), "a fresh form key each time");
    for path in ["/order", "/order/abc", "/order/abc?order_id=abc&status_code=200", "/index.html"] {
        let reply = house.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.text().contains("\"client_key\""), "{path}");
    }
}

#[tokio::test]
async fn files() {
    let (house, _fake) = built().await;
    let get = |path: &str, encoding: &str| {
        let request = Request::get(path).header("accept-encoding", encoding).body(Body::empty()).unwrap();
        house.send(request)
    };
    let immutable = "public, max-age=31536000, immutable";
    for (encoding, body) in [("", "plain"), ("gzip", "gzip"), ("gzip, br", "brotli")] {
        let reply = get("/app-0123456789abcdef.js", encoding).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, body), "{encoding}");
        assert_eq!(reply.header("cache-control"), immutable);
        assert_eq!(reply.header("vary"), "accept-encoding");
        assert!(reply.header("content-type").contains("javascript"), "{}", reply.header("content-type"));
    }
    assert_eq!(get("/robots.txt", "").await.header("cache-control"), "no-cache");
    for path in [
        "/.secret",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/nothing.js",
        "/order/a/b",
        "//index.html",
        "/%69ndex.html",
        "/index.html.br",
        "/index.html.gz",
        "/%2esecret",
        "/x//robots.txt",
        "/%5cindex.html",
        "/orders",
    ] {
        assert_eq!(get(path, "").await.status, 404, "{path}");
    }
    let html = Request::get("/nothing").header("accept", "text/html").body(Body::empty()).unwrap();
    let reply = house.send(html).await;
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("style-0123456789abcdef.css"), "our own pages look like the shop");
}

#[tokio::test]
async fn without_script_a_form_leads_to_the_hosted_page() {
    let (house, fake) = built().await;
    let form = "quantity%5Bkopi-gayo-250g%5D=1&quantity%5Bteh-melati-100g%5D=0&name=Siti&email=&phone=&key=0123456789abcdefghjkmnpqrs";
    let form_type = "application/x-www-form-urlencoded";
    let first = house.send(post("/checkout", form_type, form)).await;
    assert_eq!(first.status, 303, "{}", first.text());
    assert!(first.header("location").starts_with(fake.base_url()));
    let double_click = house.send(post("/checkout", form_type, form)).await;
    assert_eq!(double_click.header("location"), first.header("location"));
    let changed = house.send(post("/checkout", form_type, form.replace("=1", "=2"))).await;
    assert_eq!(changed.status, 303, "Back, another quantity, again: {}", changed.text());
    assert_ne!(changed.header("location"), first.header("location"));
}

#[tokio::test]
async fn without_script_an_order_shows_itself_and_no_form() {
    let (house, fake) = built().await;
    let (id, token) = house.ordered().await;
    let created = house.get(&format!("/order/{id}")).await.text();
    assert!(!created.contains("<form") && !created.contains("{{"), "a form would be a second order: {created}");
    assert!(
        created.contains("Menunggu pembayaran") && created.contains(&format!("href=\"{}", fake.base_url())),
        "{created}"
    );
    house.choose(&token, "bca_va").await;
    house.until(&id, "pending").await;
    assert!(house.get(&format!("/order/{id}")).await.text().contains("Nomor pembayaran (bca)"));
    let unknown = house.get("/order/nothing").await;
    assert_eq!(unknown.status, 200, "the page itself says so");
    assert!(unknown.text().contains("Pesanan tidak ditemukan") && !unknown.text().contains("<form"));
}

#[tokio::test]
async fn without_a_build_the_api_runs() {
    let (house, _fake) = House::with_fake().await;
    let reply = house.get("/").await;
    assert_eq!(reply.status, 503);
    assert!(reply.text().contains("page_missing"));
    assert_eq!(house.get("/api/shop").await.status, 200);
}

#[tokio::test]
async fn security_headers_are_everywhere() {
    let (house, fake) = built().await;
    let gateway = fake.base_url();
    for path in ["/", "/robots.txt", "/api/shop", "/api/orders/x", "/nothing", "/healthz"] {
        let reply = house.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{path} {policy}");
        let scripts = policy.split("; ").find(|rule| rule.starts_with("script-src"));
        let (before, after) = scripts.and_then(|rule| rule.split_once("'sha256-")).unwrap_or_default();
        assert_eq!(before, "script-src 'self' 'wasm-unsafe-eval' ", "{path} {policy}");
        assert!(after.ends_with(&format!("' {gateway}")), "one script of the page itself: {path} {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains(" 'unsafe-eval'"), "{path} {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.header("strict-transport-security").is_empty(), "{path}: no HSTS over http");
    }
}
