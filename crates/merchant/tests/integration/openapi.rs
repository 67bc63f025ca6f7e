//! `openapi.json` says no less and no more than the program: its addresses, its codes, its request schemas, and
//! that each of its promises can be seen. That every answer is as it says is seen to in [`crate::house::contract`].

use std::collections::{BTreeMap, BTreeSet};

use merchant::error::{ApiError, ErrorCode};
use serde_json::{Value, json};

use crate::house::contract::{CONTRACT, escaped};
use crate::house::{House, SERVER_KEY, cart, post, signed};
use crate::page::built;

#[test]
fn its_addresses_are_those_of_the_router() {
    let router = include_str!("../../src/http/routes.rs");
    let mut routed: BTreeSet<(String, String)> = BTreeSet::new();
    for route in router.split(".route(\"").skip(1) {
        let (path, rest) = route.split_once("\", ").unwrap();
        let verb = rest.split('(').next().unwrap();
        assert!(["get", "post"].contains(&verb), "{path}: this test does not know {verb}");
        routed.insert((path.to_owned(), verb.to_ascii_uppercase()));
    }
    assert!(routed.len() > 12 && router.contains(".fallback(static_files::file)"), "the router was read: {routed:?}");
    routed.insert(("/{file}".into(), "GET".into()));
    let told: BTreeSet<_> =
        CONTRACT.operations().iter().map(|(path, verb, _)| ((*path).into(), verb.clone())).collect();
    assert_eq!(told, routed);
}

#[test]
fn its_codes_are_those_of_the_program() {
    let table: BTreeMap<String, Value> =
        serde_json::from_value(CONTRACT.at("/components/schemas/ErrorCode/x-codes").clone()).unwrap();
    let known: BTreeMap<String, Value> = ErrorCode::API
        .iter()
        .map(|&code| {
            let mut row = json!({"status": code.status().as_u16(), "message": code.message()});
            if let Some(seconds) = ApiError::from(code).retry_after() {
                row["retry_after"] = seconds.into();
            }
            (code.as_str().to_owned(), row)
        })
        .collect();
    assert_eq!(table, known);
    let words: BTreeSet<String> = known.keys().cloned().collect();
    let listed: BTreeSet<String> =
        serde_json::from_value(CONTRACT.at("/components/schemas/ErrorCode/enum").clone()).unwrap();
    assert_eq!(listed, words);
    let told = CONTRACT.statuses();
    assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), words, "each code is an answer of some address");
    for code in ErrorCode::API {
        assert_eq!(told[code.as_str()], BTreeSet::from([code.status().as_u16()]), "{}", code.as_str());
    }
}

#[test]
fn its_parts_fit_each_other() {
    let mut examples = 0;
    walk(&CONTRACT.file, "", &mut |pointer, value| {
        if let Some(to) = value["$ref"].as_str() {
            CONTRACT.at(to.strip_prefix('#').expect("a reference into this file"));
        }
        if value["content"].is_object() {
            for (kind, media) in value["content"].as_object().unwrap() {
                let schema = format!("{pointer}/content/{}/schema", escaped(kind));
                assert_ne!(CONTRACT.faults(&schema, &json!({"no": "such"})), ["?"], "{schema} is a schema");
                for (name, example) in media["examples"].as_object().into_iter().flatten() {
                    let faults = CONTRACT.faults(&schema, &example["value"]);
                    assert!(faults.is_empty(), "{schema} {name}: {faults:?}");
                    examples += 1;
                }
            }
        }
    });
    assert!(examples >= 12, "{examples} examples");
    let operations = CONTRACT.operations();
    let ids: BTreeSet<_> = operations.iter().map(|(_, _, operation)| operation["operationId"].as_str()).collect();
    assert!(ids.len() == operations.len() && !ids.contains(&None), "{ids:?}");
}

fn walk(value: &Value, pointer: &str, see: &mut impl FnMut(&str, &Value)) {
    see(pointer, value);
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| walk(inner, &format!("{pointer}/{}", escaped(key)), see))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, inner)| walk(inner, &format!("{pointer}/{at}"), see));
        }
        _ => {}
    }
}

/// Codes of rules that no schema can say: the catalogue, sums, lengths after trimming, bytes.
const BEYOND: [&str; 5] = ["unknown_item", "invalid_quantity", "invalid_email", "invalid_phone", "invalid_text"];

#[tokio::test]
async fn its_order_schema_takes_and_refuses_what_the_program_does() {
    let (house, _fake) = House::with_fake().await;
    let line = |quantity: Value| json!({"items": [{"id": "kopi-gayo-250g", "quantity": quantity}]});
    let who = |customer: Value| json!({"items": [{"id": "kopi-gayo-250g", "quantity": 1}], "customer": customer});
    let lines = |many: usize| json!({"items": vec![json!({"id": "kopi-gayo-250g", "quantity": 1}); many]});
    let (long, longer) = ("x".repeat(255), "x".repeat(256));
    // What comes of it ("" is an order), and whether the schema takes it.
    let cases: Vec<(Value, &str, bool)> = vec![
        (cart(), "", true),
        (json!({"items": [{"id": "kopi-gayo-250g", "quantity": 1}], "customer": null}), "", true),
        (lines(50), "", true),
        (lines(51), "too_many_items", false),
        (json!({"items": []}), "empty_cart", false),
        (json!(null), "invalid_field", false),
        (json!([]), "invalid_field", false),
        (json!({}), "invalid_field", false),
        (json!({"items": {}}), "invalid_field", false),
        (json!({"items": [], "price": 1}), "invalid_field", false),
        (line(json!(1)), "", true),
        (line(json!(999)), "", true),
        (line(json!(0)), "invalid_quantity", false),
        (line(json!(1000)), "invalid_quantity", false),
        (line(json!(-1)), "invalid_field", false),
        (line(json!(1.5)), "invalid_field", false),
        (line(json!("1")), "invalid_field", false),
        (line(json!(null)), "invalid_field", false),
        (json!({"items": [{"id": "kopi-gayo-250g"}]}), "invalid_field", false),
        (json!({"items": [{"id": "kopi-gayo-250g", "quantity": 1, "price": 1}]}), "invalid_field", false),
        (json!({"items": [{"id": 7, "quantity": 1}]}), "invalid_field", false),
        (json!({"items": [{"id": "gold", "quantity": 1}]}), "unknown_item", true),
        (
            json!({"items": [{"id": "kopi-gayo-250g", "quantity": 999}, {"id": "kopi-gayo-250g", "quantity": 1}]}),
            "invalid_quantity",
            true,
        ),
        (who(json!({})), "", true),
        (who(json!(7)), "invalid_field", false),
        (who(json!({"nama": "Siti"})), "invalid_field", false),
        (who(json!({"name": 7})), "invalid_field", false),
        (who(json!({"name": null, "email": null, "phone": null})), "", true),
        (who(json!({"name": "", "email": " ", "phone": "\t"})), "", true),
        (who(json!({"name": "  Bùi Thị Xuân 🙂 "})), "", true),
        (who(json!({"name": "\n Siti \n"})), "", true),
        (who(json!({"name": long})), "", true),
        (who(json!({"name": format!("{:300}", "Siti")})), "", true),
        (who(json!({"name": longer})), "invalid_text", false),
        (who(json!({"name": "a\nb"})), "invalid_text", false),
        (who(json!({"name": "a\u{202e}b"})), "invalid_text", false),
        (who(json!({"name": "a\u{200b}b"})), "invalid_text", false),
        (who(json!({"name": "a\u{feff}b"})), "invalid_text", false),
        (who(json!({"name": "a\u{fffd}b"})), "invalid_text", false),
        (who(json!({"name": "a\u{e0041}b"})), "invalid_text", false),
        (who(json!({"email": " siti+kopi@example.co.id "})), "", true),
        (who(json!({"email": "siti@localhost"})), "invalid_email", false),
        (who(json!({"email": "siti..n@example.com"})), "invalid_email", false),
        (who(json!({"email": "a@b@c.id"})), "invalid_email", false),
        (who(json!({"email": "sítí@example.com"})), "invalid_email", false),
        (who(json!({"email": format!("{longer}@example.com")})), "invalid_text", true),
        (who(json!({"phone": "+62 812-3456 (789)"})), "", true),
        (who(json!({"phone": "12345"})), "", true),
        (who(json!({"phone": "1234"})), "invalid_phone", false),
        (who(json!({"phone": "123456789012345678901"})), "invalid_phone", false),
        (who(json!({"phone": "08+12345"})), "invalid_phone", false),
        (who(json!({"phone": "١٢٣٤٥٦٧"})), "invalid_phone", false),
        (who(json!({"phone": "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"})), "invalid_phone", true),
    ];
    for (body, code, fits) in cases {
        let short: String = body.to_string().chars().take(160).collect();
        let reply = house.post("/api/orders", &body).await;
        let came = if reply.status == 201 { String::new() } else { reply.code() };
        assert_eq!(came, code, "{short}: {}", reply.text());
        let faults = CONTRACT.faults("/components/schemas/OrderRequest", &body);
        assert_eq!(faults.is_empty(), fits, "{short}: {code:?} {faults:?}");
        assert!(fits == code.is_empty() || (fits && BEYOND.contains(&code)), "{short}: the schema could say so");
    }
}

#[tokio::test]
async fn its_other_bodies_are_those_that_the_program_reads() {
    let (house, _fake) = built().await;
    let (order_id, _) = house.ordered().await;
    let told = signed(&order_id, "201", "125000.00", json!({"transaction_status": "pending", "new": {"word": []}}));
    let changed = |name: &str, value: Value| {
        let mut body = told.clone();
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value,
        }
        body
    };
    for (body, code) in [
        (told.clone(), ""),
        (
            signed(&order_id, "200", "1", json!({"transaction_status": "new", "status_code": 200, "gross_amount": 1})),
            "",
        ),
        (changed("order_id", Value::Null), "invalid_notification"),
        (changed("order_id", json!(7)), "invalid_notification"),
        (changed("status_code", json!(1.5)), "invalid_notification"),
        (changed("gross_amount", json!([])), "invalid_notification"),
        (changed("transaction_status", Value::Null), "invalid_notification"),
        (changed("signature_key", Value::Null), "invalid_signature"),
        (changed("signature_key", json!(SERVER_KEY)), "invalid_signature"),
        (json!([]), "invalid_notification"),
    ] {
        let reply = house.notify(body.to_string()).await;
        let came = if reply.status == 200 { String::new() } else { reply.code() };
        assert_eq!(came, code, "{body}");
        let faults = CONTRACT.faults("/components/schemas/Notification", &body);
        assert_eq!(faults.is_empty(), code.is_empty(), "{body}: {faults:?}");
    }
    for (form, status, fits) in [
        ("quantity[kopi-gayo-250g]=1&quantity[teh-melati-100g]=&name=Siti&go=now", 303, true),
        ("quantity[kopi-gayo-250g]= 2 &quantity[teh-melati-100g]=0", 303, true),
        ("quantity[kopi-gayo-250g]=1&key=", 303, true),
        ("quantity[kopi-gayo-250g]=1&key=template", 422, false),
        ("quantity[kopi-gayo-250g]=satu", 422, false),
        ("quantity[kopi-gayo-250g]=-1", 422, false),
    ] {
        let reply = house.send(post("/checkout", "application/x-www-form-urlencoded", form)).await;
        assert_eq!(reply.status, status, "{form}: {}", reply.text());
        let fields: BTreeMap<_, _> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let faults = CONTRACT.faults("/components/schemas/CheckoutForm", &json!(fields));
        assert_eq!(faults.is_empty(), fits, "{form}: {faults:?}");
    }
}
