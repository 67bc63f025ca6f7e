//! The field table, both sides of every bound.

use serde_json::{Value, json};
use wire::midtrans::{Constraint, InvalidRequest, MAX_BODY_BYTES, TokenRequest};

const UNITS: Constraint = Constraint::OneOf(&["minutes", "hours", "days"]);
const COLLECT: Constraint = Constraint::OneOf(&["required", "optional", "none"]);

#[test]
fn lengths_in_characters() {
    let person = |at: &str| ["first_name", "last_name", "phone"].map(|name| (format!("{at}.{name}"), 255)).to_vec();
    let place = |at: &str| {
        let rest = [("address", 255), ("city", 100), ("postal_code", 10), ("country_code", 10)];
        [person(at), rest.map(|(name, max)| (format!("{at}.{name}"), max)).to_vec()].concat()
    };
    let mut rows = [
        person("customer_details"),
        place("customer_details.billing_address"),
        place("customer_details.shipping_address"),
        place("seller_details[0].address"),
    ]
    .concat();
    for name in ["id", "name", "brand", "category", "merchant_name", "url"] {
        rows.push((format!("item_details[0].{name}"), 50));
    }
    for (path, max) in [
        ("bca_va.free_text.inquiry[0].en", 50),
        ("bca_va.free_text.inquiry[0].id", 50),
        ("bca_va.free_text.payment[0].en", 50),
        ("bca_va.free_text.payment[0].id", 50),
        ("credit_card.dynamic_descriptor.merchant_name", 25),
        ("credit_card.dynamic_descriptor.city_name", 13),
        ("credit_card.dynamic_descriptor.country_code", 2),
        ("echannel.bill_info1", 255),
        ("echannel.bill_info2", 255),
        ("cstore.alfamart_free_text_1", 40),
        ("cstore.alfamart_free_text_2", 40),
        ("cstore.alfamart_free_text_3", 40),
        ("callbacks.finish", 255),
        ("callbacks.error", 255),
        ("custom_field1", 255),
        ("custom_field2", 255),
        ("custom_field3", 255),
        ("user_id", 255),
    ] {
        rows.push((path.into(), max));
    }
    for (path, max) in rows {
        // Two bytes each: characters are counted, not bytes.
        check(&path, &[json!("é"), json!("é".repeat(max))], Constraint::MaxLength(max), &[json!("é".repeat(max + 1))]);
        check(&path, &[], Constraint::Required, &[json!("")]);
    }
    for path in [
        "enabled_payments[0]",
        "credit_card.bank",
        "credit_card.channel",
        "permata_va.recipient_name",
        "gopay.callback_url",
        "shopeepay.callback_url",
        "dana.callback_url",
        "uob_ezpay.callback_url",
        "recurring.interval_unit",
        "seller_details[0].id",
    ] {
        check(path, &[json!("x")], Constraint::Required, &[json!("")]);
    }
}

#[test]
fn order_ids() {
    let path = "transaction_details.order_id";
    let good = ["A", "-", "AZaz09-_~.", &"x".repeat(50)].map(Value::from);
    check(path, &good, Constraint::MaxLength(50), &[json!("x".repeat(51)), json!("é".repeat(51))]);
    check(path, &[], Constraint::Required, &[json!("")]);
    let bad = [
        " ",
        "A B",
        "A/B",
        "A+B",
        "A%20",
        "A\n",
        "A\0",
        "A&B=C",
        "A'--",
        "<b>",
        "é",
        "А1",
        "Ａ１",
        "A‐1",
        "A–1",
        "A․1",
        "٣",
        "A\u{200b}1",
        "A\u{202e}1",
        "A\u{301}",
        "𝟙",
        "🍜",
    ];
    check(path, &[], Constraint::OrderIdCharset, &bad.map(Value::from));
}

#[test]
fn digits() {
    for (path, min, max) in [
        ("bca_va.va_number", 1, 11),
        ("bca_va.sub_company_code", 5, 5),
        ("permata_va.va_number", 10, 10),
        ("bni_va.va_number", 1, 8),
        ("bri_va.va_number", 1, 13),
        ("cimb_va.va_number", 1, 16),
        ("danamon_va.va_number", 1, 12),
        ("bsi_va.va_number", 1, 12),
        ("seabank_va.va_number", 1, 19),
    ] {
        let of = |length: usize| json!("0".repeat(length));
        let other = ["x", "１", "٣", " ", "-"].map(|other| json!(other.to_owned() + &"1".repeat(min.max(2) - 1)));
        check(path, &[of(min), of(max)], Constraint::Digits(min, max), &[of(min - 1), of(max + 1)]);
        check(path, &[], Constraint::Digits(min, max), &other);
    }
    for path in [
        "credit_card.whitelist_bins[0]",
        "credit_card.blacklist_bins[0]",
        "credit_card.installment.offline_bins[0]",
        "credit_card.bank_routing.bin.bca[0]",
    ] {
        check(
            path,
            &["4", "48111111", "mandiri", "debit"].map(Value::from),
            Constraint::Digits(1, 8),
            &["", "481111111"].map(Value::from),
        );
    }
}

#[test]
fn numbers() {
    let quantity = "item_details[0].quantity";
    check(
        quantity,
        &[json!(1)],
        Constraint::Range(1, i64::from(i32::MAX)),
        &[json!(0), json!(2_147_483_648_u32), json!(u32::MAX)],
    );
    let amount = "transaction_details.gross_amount";
    let free = |value: i64| json!([{ "price": value, "quantity": 1, "name": "x" }]);
    for (value, holds) in
        [(1, true), (99_999_999_999, true), (0, false), (-1, false), (100_000_000_000, false), (i64::MIN, false)]
    {
        let mut body = base();
        *at(&mut body, amount) = value.into();
        *at(&mut body, "item_details") = free(value);
        let expected = if holds { Ok(()) } else { refused(amount, Constraint::Range(1, 99_999_999_999)) };
        assert_eq!(validate(body), expected, "{value}");
    }
    let days = 7;
    for (unit, max) in [("minutes", days * 24 * 60), ("hour", days * 24), ("days", days)] {
        let mut body = base();
        *at(&mut body, "expiry.unit") = unit.into();
        check_in(
            &body,
            "expiry.duration",
            &[json!(1), json!(max)],
            Constraint::Range(1, max),
            &[json!(0), json!(max + 1)],
        );
    }
    check("page_expiry.duration", &[json!(1)], Constraint::Range(1, i64::from(u32::MAX)), &[json!(0)]);
    let percentage = "customer_imposed_payment_fee.payment_fee_configs[0].customer_percentage";
    check(
        percentage,
        &[json!(0), json!(12.5), json!(100)],
        Constraint::Range(0, 100),
        &[json!(-0.1), json!(100.1), json!(1e300)],
    );
    check("bca_va.free_text.inquiry", &[line(0), line(10)], Constraint::MaxItems(10), &[line(11)]);
    check("bca_va.free_text.payment", &[line(10)], Constraint::MaxItems(10), &[line(11)]);
}

/// No decimals, no text: these are no requests at all.
#[test]
fn amounts_are_integers() {
    for path in ["transaction_details.gross_amount", "item_details[0].price", "item_details[0].quantity"] {
        for wrong in [json!(10000.5), json!(10000.0), json!("10000"), json!(null), json!(1e30), json!(true)] {
            let mut body = base();
            *at(&mut body, path) = wrong.clone();
            assert!(serde_json::from_value::<TokenRequest>(body).is_err(), "{path} {wrong}");
        }
    }
}

#[test]
fn the_sum_is_the_amount() {
    type Lines = &'static [(i64, u32)];
    let cases: &[(i64, Lines, bool)] = &[
        (10_000, &[], true),
        (10_000, &[(10_000, 1)], true),
        (10_000, &[(2_500, 4)], true),
        (10_000, &[(12_000, 1), (-2_000, 1)], true),
        (10_000, &[(-1_000, 2), (12_000, 1)], true),
        (10_000, &[(0, 3), (10_000, 1)], true),
        (10_000, &[(9_999, 1)], false),
        (10_000, &[(10_001, 1)], false),
        (10_000, &[(10_000, 1), (10_000, 1)], false),
        (10_000, &[(-10_000, 1)], false),
        // Each of these would come out right in wrapping arithmetic.
        (10_000, &[(i64::MAX, 1), (i64::MAX, 1), (10_002, 1)], false),
        (4_294_967_294, &[(i64::MAX, 2), (4_294_967_296, 1)], false),
        (1, &[(i64::MIN, 1), (i64::MIN, 1), (1, 1)], false),
        (1, &[(i64::MIN, 2), (1, 1)], false),
    ];
    for (amount, lines, holds) in cases {
        let mut body = base();
        *at(&mut body, "transaction_details.gross_amount") = (*amount).into();
        let line = |(price, quantity): &(i64, u32)| json!({ "price": price, "quantity": quantity, "name": "x" });
        *at(&mut body, "item_details") = lines.iter().map(line).collect();
        let expected =
            if *holds { Ok(()) } else { refused("transaction_details.gross_amount", Constraint::SumOfItems) };
        assert_eq!(validate(body), expected, "{amount} {lines:?}");
    }
}

#[test]
fn emails() {
    let long = |length: usize| format!("{}@x.id", "a".repeat(length - 5));
    let good =
        ["a@b.c", "Siti.N+kopi@toko.example", "!#$%&'*+/=?^_`{|}~-@x-y.co.id", "1@2.3", &long(255)].map(Value::from);
    let bad = [
        "midtrans..@midtrans.com",
        ".a@b.c",
        "a.@b.c",
        "a..b@c.d",
        "a@b",
        "a@.b.c",
        "a@b.",
        "a@b..c",
        "@b.c",
        "a@",
        "@",
        "a",
        "a@b@c.d",
        "a b@c.d",
        " a@b.c",
        "a@b.c ",
        "a@b.c\n",
        "a@b.c\0",
        "\"a\"@b.c",
        "a@[127.0.0.1]",
        "a,b@c.d",
        "é@b.c",
        "a@bé.c",
        "a＠b.c",
        "a@b。c",
        "<a@b.c>",
    ]
    .map(Value::from);
    for at in [
        "customer_details",
        "customer_details.billing_address",
        "customer_details.shipping_address",
        "seller_details[0]",
        "seller_details[0].address",
    ] {
        let path = format!("{at}.email");
        check(&path, &good, Constraint::Email, &bad);
        check(&path, &[], Constraint::Required, &[json!("")]);
        check(&path, &[], Constraint::MaxLength(255), &[json!(long(256))]);
    }
}

#[test]
fn dates() {
    let good = [
        "2020-06-09 15:07:00 +0700",
        "2018-12-13 18:11:08 -0330",
        "2024-02-29 00:00:00 +0000",
        "2000-02-29 23:59:59 +1459",
        "2025-04-30 12:00:00 +0800",
        "2025-12-31 12:00:00 +0900",
    ]
    .map(Value::from);
    let bad = [
        "",
        "2020-06-09",
        "2020-06-09 15:07:00",
        "2020-06-09T15:07:00+07:00",
        "2020-06-09 15:07:00 +07:00",
        "2020-06-09 15:07:00 +700",
        "2020-06-09 15:07:00 Z",
        "2020-06-09 15:07:00 WIB",
        "2020-06-09  15:07:00 +0700",
        " 2020-06-09 15:07:00 +0700",
        "2020-06-09 15:07:00 +0700 ",
        "20-06-09 15:07:00 +0700",
        "2020-6-9 15:07:00 +0700",
        "2020/06/09 15:07:00 +0700",
        "2020-00-09 15:07:00 +0700",
        "2020-13-09 15:07:00 +0700",
        "2020-06-00 15:07:00 +0700",
        "2020-01-32 15:07:00 +0700",
        "2020-04-31 15:07:00 +0700",
        "2020-06-31 15:07:00 +0700",
        "2020-09-31 15:07:00 +0700",
        "2020-11-31 15:07:00 +0700",
        "2023-02-29 15:07:00 +0700",
        "1900-02-29 15:07:00 +0700",
        "2024-02-30 15:07:00 +0700",
        "2020-06-09 24:00:00 +0700",
        "2020-06-09 15:60:00 +0700",
        "2020-06-09 15:07:60 +0700",
        "2020-06-09 15:07:00 +1500",
        "2020-06-09 15:07:00 +0760",
        "2020-06-09 15:07:00 *0700",
        "２０20-06-09 15:07:00 +0700",
        "éé-06-09 15:07:00 +0700",
        "2020-06-09 -5:07:00 +0700",
        "2020-06-09 +5:07:00 +0700",
    ]
    .map(Value::from);
    for path in ["expiry.start_time", "recurring.start_time"] {
        check(path, &good, Constraint::DateTime, &bad);
    }
}

#[test]
fn words() {
    let time = ["minute", "minutes", "hour", "hours", "day", "days", "DAYS"].map(Value::from);
    let no_time = ["", "weeks", "second", "days "].map(Value::from);
    check("expiry.unit", &time, UNITS, &no_time);
    check("page_expiry.unit", &time, UNITS, &no_time);
    for name in ["email", "name", "address", "phone"] {
        let words = ["required", "optional", "none"].map(Value::from);
        let path = format!("customer_details.collect_{name}");
        check(&path, &[&words[..], &[Value::Null]].concat(), COLLECT, &["", "never"].map(Value::from));
    }
    let kinds = Constraint::OneOf(&["authorize", "authorize_capture"]);
    check(
        "credit_card.type",
        &["authorize", "authorize_capture"].map(Value::from),
        kinds,
        &["", "capture"].map(Value::from),
    );
}

#[test]
fn body_size() {
    assert_eq!(TokenRequest::validate_size(&vec![b' '; MAX_BODY_BYTES]), Ok(()));
    assert_eq!(TokenRequest::validate_size(&vec![b' '; MAX_BODY_BYTES + 1]), refused("request", Constraint::BodySize));
}

/// A valid request in which every checked object exists.
fn base() -> Value {
    json!({
        "transaction_details": { "order_id": "ORDER-101", "gross_amount": 10000 },
        "item_details": [{ "price": 10000, "quantity": 1, "name": "x" }],
        "expiry": { "duration": 1, "unit": "days" },
        "page_expiry": { "duration": 1, "unit": "hours" },
        "recurring": { "required": true },
        "seller_details": [{ "id": "S1" }],
        "bca_va": { "free_text": { "inquiry": [{ "en": "e", "id": "i" }], "payment": [{ "en": "e", "id": "i" }] } },
        "customer_imposed_payment_fee": {
            "enable": true, "payment_fee_configs": [{ "payment_type": "gopay", "customer_percentage": 1.0 }],
        },
    })
}

fn line(count: usize) -> Value {
    json!(vec![json!({ "en": "e", "id": "i" }); count])
}

#[track_caller]
fn check(path: &str, good: &[Value], constraint: Constraint, bad: &[Value]) {
    check_in(&base(), path, good, constraint, bad);
}

/// Each value at `path`: accepted, or refused at exactly this path for exactly this reason.
#[track_caller]
fn check_in(base: &Value, path: &str, good: &[Value], constraint: Constraint, bad: &[Value]) {
    let expected =
        good.iter().map(|value| (value, Ok(()))).chain(bad.iter().map(|value| (value, refused(path, constraint))));
    for (value, expected) in expected {
        let mut body = base.clone();
        *at(&mut body, path) = value.clone();
        assert_eq!(validate(body), expected, "{path}: {value}");
    }
}

fn refused(field: &str, constraint: Constraint) -> Result<(), InvalidRequest> {
    Err(InvalidRequest { field: field.into(), constraint })
}

#[track_caller]
fn validate(body: Value) -> Result<(), InvalidRequest> {
    serde_json::from_value::<TokenRequest>(body).expect("a request").validate()
}

/// The place at `a.b[0].c`, made where it is missing.
pub fn at<'a>(body: &'a mut Value, path: &str) -> &'a mut Value {
    let mut place = body;
    for step in path.split('.') {
        let (name, index) = step.split_once('[').map_or((step, None), |(name, rest)| (name, Some(rest)));
        place = &mut place[name];
        if let Some(index) = index {
            let index: usize = index.trim_end_matches(']').parse().expect("an index");
            if place.is_null() {
                *place = json!([]);
            }
            let items = place.as_array_mut().expect("a list");
            while items.len() <= index {
                items.push(Value::Null);
            }
            place = &mut items[index];
        }
    }
    place
}
