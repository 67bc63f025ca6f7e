//! The query of the return URL: anyone can write it.

use serde_urlencoded::{from_bytes, from_str, to_string};
use wire::midtrans::{ReturnQuery, StatusCode, TransactionStatus, WalletResult};

#[test]
fn documented_queries() {
    let popup = "order_id=ORDER-101&status_code=200&transaction_status=settlement";
    let redirect = "order_id=ORDER-101&status_code=202&transaction_status=deny&merchant_id=M012345";
    let wallet = "order_id=ORDER-101&result=abort";
    for query in [popup, redirect, wallet, ""] {
        let parsed: ReturnQuery = from_str(query).expect(query);
        assert_eq!(to_string(&parsed).expect("written"), query, "nothing lost");
    }
    let parsed: ReturnQuery = from_str(redirect).expect("a query");
    assert_eq!(parsed.order_id.as_deref(), Some("ORDER-101"));
    assert_eq!(parsed.status_code, Some(StatusCode::from("202")));
    assert_eq!(parsed.transaction_status, Some(TransactionStatus::Deny));
    assert_eq!(parsed.merchant_id.as_deref(), Some("M012345"));
    assert_eq!(from_str::<ReturnQuery>(wallet).expect("a query").result, Some(WalletResult::Abort));
}

/// Two answers to one question: neither is believed.
#[test]
fn a_key_given_twice_is_an_error() {
    for key in ["order_id", "status_code", "transaction_status", "merchant_id", "result"] {
        assert!(from_str::<ReturnQuery>(&format!("{key}=a&{key}=b")).is_err(), "{key}");
        assert!(from_str::<ReturnQuery>(&format!("{key}=a&other=1&other=2")).is_ok(), "{key}");
    }
}

#[test]
fn unknown_words_are_kept_and_never_known() {
    let hostile = "transaction_status=%73ettlement%00&result=succes%C5%BF&order_id=%3Cscript%3E";
    let parsed: ReturnQuery = from_str(hostile).expect("a query");
    assert_eq!(parsed.transaction_status, Some(TransactionStatus::Unknown("settlement\0".into())));
    assert_eq!(parsed.result, Some(WalletResult::Unknown("succesſ".into())));
    assert_eq!(parsed.order_id.as_deref(), Some("<script>"), "escaping is for whoever shows it");
}

/// Half-random bytes around the real keys: an error or a value that survives writing, never a panic.
#[test]
fn hostile_bytes_never_panic() {
    const PIECES: &[&[u8]] = &[
        b"order_id",
        b"status_code",
        b"transaction_status",
        b"result",
        b"=",
        b"=",
        b"&",
        b"&",
        b"%",
        b"%0",
        b"%00",
        b"%ff",
        b"%E2%80%AE",
        b"+",
        b"[]",
        b"[0]",
        b"settlement",
        b"200",
        b"\xff",
        b"\0",
        b";",
        b"#",
        b"?",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut read = 0_u32;
    for _ in 0..20_000 {
        let mut query = Vec::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            query.extend_from_slice(PIECES[(state % PIECES.len() as u64) as usize]);
        }
        let Ok(parsed) = from_bytes::<ReturnQuery>(&query) else { continue };
        read += 1;
        let written = to_string(&parsed).expect("written");
        assert_eq!(from_str::<ReturnQuery>(&written).as_ref(), Ok(&parsed), "{query:?}");
    }
    assert!((1_000..20_000).contains(&read), "{read}: the test should meet both answers");

    let long = format!("order_id={}", "A".repeat(1 << 20));
    assert_eq!(from_str::<ReturnQuery>(&long).expect("a query").order_id.map(|id| id.len()), Some(1 << 20));
}
