//! One tag, every failure typed and bounded, a later call always possible.

use flow::ScriptFault;
use snap_checkout::effects::loader::{Script, load};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{Task, clock, driven, fake_snap, fresh, network, page, start};

const ORIGIN: &str = "http://gateway.test";
const FILE: &str = "http://gateway.test/snap/snap.js";

fn script() -> Script {
    Script { origin: ORIGIN.into(), client_key: "SB-Mid-client-abc".into(), nonce: None }
}

fn loading(script: Script) -> Task<Result<(), ScriptFault>> {
    start(async move { load(&script).await })
}

#[wasm_bindgen_test]
async fn many_calls_put_one_tag_on_the_page() {
    fresh().await;
    network::tags_end(r#"["snap"]"#);
    let tasks: Vec<_> = (0..5).map(|_| loading(script())).collect();
    for task in tasks {
        assert_eq!(task.end().await, Ok(()));
    }
    assert_eq!(loading(script()).end().await, Ok(()), "it is there already");
    assert_eq!((network::tags_made().len(), network::snap_tags()), (1, 1));
}

#[wasm_bindgen_test]
async fn the_tag_carries_what_snap_and_the_page_ask_for() {
    for (nonce, expected) in [
        (None, "async= data-cfasync=false data-client-key=SB-Mid-client-abc src=http://gateway.test/snap/snap.js"),
        (
            Some("n0nce".to_owned()),
            "async= data-cfasync=false data-client-key=SB-Mid-client-abc nonce=n0nce src=http://gateway.test/snap/snap.js",
        ),
    ] {
        fresh().await;
        network::tags_end(r#"["snap"]"#);
        assert_eq!(driven(async move { load(&Script { nonce, ..script() }).await }).await, Ok(()));
        // The page may have met silence before: then the address is another one.
        let made = network::tags_made();
        let plain = made.iter().map(|tag| tag.split_once("?again=").map_or(tag.as_str(), |(before, _)| before));
        assert_eq!(plain.collect::<Vec<_>>(), [expected]);
    }
}

#[wasm_bindgen_test]
async fn every_failure_is_typed_bounded_and_not_for_ever() {
    struct Case {
        tags: &'static str,
        online: bool,
        end: Result<(), ScriptFault>,
        tries: usize,
        takes: std::ops::Range<f64>,
    }
    let case = |tags, end, tries, takes| Case { tags, online: true, end, tries, takes };
    let cases = [
        case(r#"["error","error","error"]"#, Err(ScriptFault::Blocked), 3, 750.0..2_000.0),
        case(r#"["load","load","load"]"#, Err(ScriptFault::NoGlobal), 3, 750.0..2_000.0),
        case(r#"["never","never","never"]"#, Err(ScriptFault::Timeout), 3, 15_000.0..40_000.0),
        case(r#"["policy"]"#, Err(ScriptFault::Csp), 1, 0.0..500.0),
        Case { online: false, ..case(r#"["error","error","error"]"#, Err(ScriptFault::Offline), 3, 750.0..2_000.0) },
        case(r#"["error","snap"]"#, Ok(()), 2, 250.0..1_000.0),
        case(r#"["error","load","snap"]"#, Ok(()), 3, 750.0..2_000.0),
        case(r#"["never","snap"]"#, Ok(()), 2, 5_000.0..16_000.0),
    ];
    for Case { tags, online, end, tries, takes } in cases {
        fresh().await;
        network::online(online);
        network::tags_end(tags);
        let listeners = page::listeners();
        assert_eq!(loading(script()).end().await, end, "{tags}");
        let took = clock::elapsed();
        assert!(takes.contains(&took), "{tags} took {took}");
        assert_eq!(network::tags_made().len(), tries, "{tags}");
        assert_eq!(network::snap_tags(), u32::from(end.is_ok()), "{tags}: dead tags are removed");
        if tags.starts_with(r#"["never""#) {
            let made = network::tags_made();
            assert_ne!(made[0], made[1], "{tags}: the same address would wait for the first answer, in Chromium");
        }
        assert_eq!(page::listeners(), listeners, "{tags}");
        assert_eq!(clock::timers_left(), 0, "{tags}");

        network::online(true);
        network::tags_end(r#"["snap"]"#);
        assert_eq!(loading(script()).end().await, Ok(()), "{tags}: the next call tries anew");
        assert_eq!(network::snap_tags(), 1, "{tags}");
    }
}

#[wasm_bindgen_test]
async fn a_browser_that_cannot_connect_says_blocked() {
    fresh().await;
    network::tags_end(r#"["real","real","real"]"#);
    // No engine connects to this port.
    let task = loading(Script { origin: "http://127.0.0.1:1".into(), ..script() });
    for tries in 1..=3 {
        network::tags_fail(tries).await;
        clock::pass(1_500).await;
    }
    assert!(task.is_over());
    assert_eq!(task.end().await, Err(ScriptFault::Blocked));
    assert_eq!((network::tags_made().len(), network::snap_tags()), (3, 0));
}

#[wasm_bindgen_test]
async fn a_tag_that_is_there_is_adopted() {
    fresh().await;
    network::foreign_tag(FILE, "application/x-held");
    let task = loading(script());
    clock::pass(1_000).await;
    assert!(!task.is_over());
    network::tag_ends("snap");
    assert_eq!(task.end().await, Ok(()));
    assert_eq!((network::tags_made().len(), network::snap_tags()), (0, 1));
}

#[wasm_bindgen_test]
async fn a_dead_tag_that_is_there_is_replaced() {
    fresh().await;
    network::foreign_tag(&[FILE, "?v=1"].concat(), "application/x-held");
    network::tags_end(r#"["snap"]"#);
    assert_eq!(loading(script()).end().await, Ok(()));
    assert!(clock::elapsed() < 16_000.0, "took {}", clock::elapsed());
    assert_eq!((network::tags_made().len(), network::snap_tags()), (1, 1));
}

#[wasm_bindgen_test]
async fn two_environments_never_share_a_page() {
    for present in [false, true] {
        fresh().await;
        network::foreign_tag("https://app.midtrans.com/snap/snap.js", "application/x-held");
        if present {
            fake_snap::install();
        }
        assert_eq!(loading(script()).end().await, Err(ScriptFault::OtherEnvironment));
        assert_eq!((network::tags_made().len(), network::snap_tags()), (0, 1), "somebody else's tag stays");
    }
    fresh().await;
    let first = loading(script());
    clock::idle().await;
    let other = Script { origin: "https://app.midtrans.com".into(), ..script() };
    assert_eq!(loading(other).end().await, Err(ScriptFault::OtherEnvironment));
    network::tag_ends("snap");
    assert_eq!(first.end().await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_key_that_has_no_place_in_a_page_loads_nothing_and_is_not_printed() {
    for key in ["SB-Mid-server-s3cret", "Mid-server-s3cret", " mid-SERVER-s3cret", "", "  "] {
        fresh().await;
        let end = loading(Script { client_key: key.into(), ..script() }).end().await;
        assert_eq!(end, Err(ScriptFault::Misconfigured), "{key:?}");
        assert_eq!(network::tags_made().len(), 0, "{key:?}");
        let written = page::written();
        assert!(written.contains("key") && !written.contains("s3cret"), "{key:?}: {written}");
    }
}

#[wasm_bindgen_test]
async fn two_bundles_share_one_flight() {
    fresh().await;
    page::other_bundle_loads(FILE);
    let task = loading(script());
    clock::pass(5_000).await;
    assert!(!task.is_over());
    fake_snap::install();
    page::other_bundle_ends("");
    assert_eq!(task.end().await, Ok(()));
    assert_eq!(network::tags_made().len(), 0);

    fresh().await;
    let ours = loading(script());
    clock::idle().await;
    assert_eq!(page::flight_url(), FILE, "another bundle finds ours");
    network::tag_ends("snap");
    assert_eq!(ours.end().await, Ok(()));
    assert_eq!(page::flight_url(), "", "an end is not kept");
}

#[wasm_bindgen_test]
async fn a_flight_of_another_bundle_is_not_trusted() {
    type End = fn();
    let ends: [(&str, ScriptFault, End); 4] = [
        ("its fault is ours", ScriptFault::Blocked, || page::other_bundle_ends("script_blocked")),
        ("a lie", ScriptFault::Timeout, || page::other_bundle_ends("")),
        ("a crash", ScriptFault::Timeout, page::other_bundle_crashes),
        ("silence", ScriptFault::Timeout, || ()),
    ];
    for (name, fault, end) in ends {
        fresh().await;
        page::other_bundle_loads(FILE);
        let task = loading(script());
        clock::idle().await;
        end();
        assert_eq!(task.end().await, Err(fault), "{name}");
        assert!(clock::elapsed() < 60_000.0, "{name}");
        network::tags_end(r#"["snap"]"#);
        assert_eq!(loading(script()).end().await, Ok(()), "{name}: the next call looks for itself");
    }
    for junk in ["null", "7", "{}", r#"{"url":"http://gateway.test/snap/snap.js"}"#, r#"{"url":1,"promise":{}}"#] {
        fresh().await;
        page::flight_is(junk);
        network::tags_end(r#"["snap"]"#);
        assert_eq!(loading(script()).end().await, Ok(()), "{junk}");
    }
}

#[wasm_bindgen_test]
async fn an_old_flights_bound_does_not_end_a_new_one() {
    fresh().await;
    page::other_bundle_loads(FILE);
    let task = loading(script());
    clock::idle().await;
    page::other_bundle_ends("script_blocked");
    assert_eq!(task.end().await, Err(ScriptFault::Blocked));
    clock::pass(35_000).await;
    let later = loading(script());
    clock::pass(8_000).await;
    assert_eq!(page::flight_url(), FILE, "the flight under way is still announced");
    network::tag_ends("snap");
    assert_eq!(later.end().await, Ok(()));
}
