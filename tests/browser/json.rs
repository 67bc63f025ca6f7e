//! What others wrote, read out of the browser's own objects: what does not fit counts as missing.

use snap_checkout::effects::json;
use wasm_bindgen_test::wasm_bindgen_test;
use wire::Rupiah;
use wire::merchant::{Checkout, Order};
use wire::midtrans::SnapResult;

#[wasm_bindgen_test]
fn numbers_are_whole_or_missing() {
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
        assert_eq!(checkout.map(|it| it.gross_amount), Some(amount.map(Rupiah)), "{number}");
        assert_eq!(
            json::read::<Checkout>(&format!(r#"{{"token":{number}}}"#)).is_some(),
            number == "\"5\"",
            "{number}"
        );
    }
}

#[wasm_bindgen_test]
fn a_member_of_another_type_takes_nothing_else_along() {
    let good = r#"{"id":"a","name":"A","price":1,"quantity":1}"#;
    for other in ["1.5", "null", "[]", "{}", "\"x\"", r#"{"id":"a","name":"A","price":1.5,"quantity":1}"#] {
        let order = format!(r#"{{"order_id":"o","status":"paid","items":[{other},{good}],"payment":[{other}]}}"#);
        let order: Order = json::read(&order).expect("an order");
        assert_eq!((order.items.len(), order.payment), (1, None), "{other}");
        let result = format!(r#"{{"status_code":{other},"status_message":[{other},"said"],"va_numbers":{other}}}"#);
        let result: SnapResult = json::read(&result).expect("a result");
        let said: Vec<_> = result.status_message.iter().flat_map(|said| said.iter()).collect();
        assert_eq!(said.last(), Some(&"said"), "{other}");
        assert_eq!(result.va_numbers, [], "{other}");
    }
    for refused in ["[]", "7", "null", "\"{}\"", "{", ""] {
        assert!(json::read::<SnapResult>(refused).is_none() || refused == "[]", "{refused}");
        assert!(json::read::<Checkout>(refused).is_none(), "{refused}");
    }
}
