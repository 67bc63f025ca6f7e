//! Words that the other side may add: kept as they came, never taken for a known one.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{from_value, json, to_value};
use wire::merchant::{Environment, OrderStatus};
use wire::midtrans::{Collect, FraudStatus, PaymentType, TimeUnit, TransactionStatus, WalletResult};

/// Near misses of known words, and words nobody has thought of.
const UNKNOWN: &[&str] = &[
    "",
    " ",
    "settlement ",
    " paid",
    "settlement\0",
    "set\u{200b}tlement",
    "ſettlement",
    "ｐａｉｄ",
    "раid",
    "On_Hold",
    "🤷",
];

trait Word: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + std::fmt::Display + for<'a> From<&'a str> {
    fn is_unknown(&self) -> bool;
}

macro_rules! words {
    ($($name:ident: [$($word:literal),+] $([$($alias:literal => $canonical:literal),+])?;)+) => {
        $(impl Word for $name {
            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        })+

        #[test]
        fn every_word() {
            $(
                $( check::<$name>($word, $word); )+
                $($( check::<$name>($alias, $canonical); )+)?
                for word in UNKNOWN {
                    unknown::<$name>(word);
                }
                for wrong in [json!(null), json!(1), json!(true), json!([]), json!({})] {
                    assert!(from_value::<$name>(wrong.clone()).is_err(), "{wrong}");
                }
            )+
        }
    };
}

words! {
    TransactionStatus: ["capture", "settlement", "pending", "deny", "cancel", "expire", "failure", "refund",
        "partial_refund", "chargeback", "partial_chargeback", "authorize"] ["expired" => "expire"];
    FraudStatus: ["accept", "deny", "challenge"];
    PaymentType: ["credit_card", "bank_transfer", "echannel", "gopay", "qris", "shopeepay", "cstore", "akulaku",
        "kredivo", "dana", "ovo"];
    WalletResult: ["success", "failure", "abort"];
    Collect: ["required", "optional", "none"];
    TimeUnit: ["minutes", "hours", "days"] ["minute" => "minutes", "hour" => "hours", "day" => "days"];
    Environment: ["sandbox", "production", "local"];
    OrderStatus: ["created", "pending", "review", "paid", "denied", "expired", "cancelled", "partially_refunded",
        "refunded", "charged_back", "reversed"];
}

/// A known word in any case is one variant and is written in one way.
#[track_caller]
fn check<T: Word>(word: &str, written: &str) {
    for spelling in [word.to_owned(), word.to_uppercase(), word[..1].to_uppercase() + &word[1..]] {
        let value: T = from_value(json!(spelling)).expect("a word");
        assert!(!value.is_unknown(), "{spelling}");
        assert_eq!(value, T::from(&spelling));
        assert_eq!(value.to_string(), written);
        assert_eq!(to_value(&value).expect("written"), json!(written));
    }
}

#[track_caller]
fn unknown<T: Word>(word: &str) {
    let value: T = from_value(json!(word)).expect("a word");
    assert!(value.is_unknown(), "{word:?} became {value:?}");
    assert_eq!(to_value(&value).expect("written"), json!(word));
}
