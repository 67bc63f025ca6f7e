//! Reads JSON of others through the browser's own parser. A value of another type counts as missing.

use snap_checkout::effects::json;
use wasm_bindgen_test::wasm_bindgen_test;
use wire::Rupiah;
use wire::merchant::{Checkout, Order};
use wire::midtrans::SnapResult;

#[wasm_bindgen_test]
fn numbers_that_are_not_whole_count_as_missing() {
    for (number, amount) in [
        ("154600", Some(154_600)),
        ("2.0", Some(2)),
        ("-5", Some(-5)),
        ("9007199254740993", None),
        ("1.5", None),
        ("1e-7", None),
        ("1e300", None),
        ("-1e400", None),
        ("\"5\"", None),
        ("true", None),
        ("[5]", None),
        ("null", None),
    ] {
        let checkout: Option<Checkout> = json::read(&format!(r#"{{"token":"t","gross_amount":{number}}}"#));
        assert_eq!(checkout.map(|checkout| checkout.gross_amount), Some(amount.map(Rupiah)), "{number}");
        assert_eq!(
            json::read::<Checkout>(&format!(r#"{{"token":{number}}}"#)).is_some(),
            number == "\"5\"",
            "{number}"
        );
    }
}

#[wasm_bindgen_test]
fn a_field_of_another_type_does_not_affect_the_others() {
    let good = r#"{"id":"a","name":"A","price":1,"quantity":1}"#;
    for invalid in ["1.5", "null", "[]", "{}", "\"x\"", r#"{"id":"a","name":"A","price":1.5,"quantity":1}"#] {
        let order = format!(r#"{{"order_id":"o","status":"paid","items":[{invalid},{good}],"payment":[{invalid}]}}"#);
        let order: Order = json::read(&order).expect("an order");
        assert_eq!((order.items.len(), order.payment), (1, None), "{invalid}");
        let result =
            format!(r#"{{"status_code":{invalid},"status_message":[{invalid},"text"],"va_numbers":{invalid}}}"#);
        let result: SnapResult = json::read(&result).expect("a result");
        let messages: Vec<_> = result.status_message.iter().flat_map(|message| message.iter()).collect();
        assert_eq!(messages.last(), Some(&"text"), "{invalid}");
        assert_eq!(result.va_numbers, [], "{invalid}");
    }
    for refused in ["[]", "7", "null", "\"{}\"", "{", ""] {
        assert!(json::read::<SnapResult>(refused).is_none() || refused == "[]", "{refused}");
        assert!(json::read::<Checkout>(refused).is_none(), "{refused}");
    }
}
