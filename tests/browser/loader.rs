//! The loader adds one script tag. Every failure has a type and a time limit, and a later call can succeed.

use flow::ScriptFault;
use snap_checkout::effects::loader::{Script, load};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{Task, clock, fake_snap, network, page, reset_page, run_to_end, start};

const ORIGIN: &str = "http://gateway.test";
const SCRIPT_URL: &str = "http://gateway.test/snap/snap.js";

fn script() -> Script {
    Script { origin: ORIGIN.into(), client_key: "SB-Mid-client-abc".into(), nonce: None }
}

fn loading(script: Script) -> Task<Result<(), ScriptFault>> {
    start(async move { load(&script).await })
}

#[wasm_bindgen_test]
async fn parallel_calls_add_one_script_tag() {
    reset_page().await;
    network::set_script_outcomes(r#"["snap"]"#);
    let tasks: Vec<_> = (0..5).map(|_| loading(script())).collect();
    for task in tasks {
        assert_eq!(task.finish().await, Ok(()));
    }
    assert_eq!(loading(script()).finish().await, Ok(()), "an already loaded script");
    assert_eq!((network::added_scripts().len(), network::script_count()), (1, 1));
}

#[wasm_bindgen_test]
async fn the_script_tag_has_the_client_key_and_the_nonce() {
    for (nonce, expected) in [
        (None, "async= data-cfasync=false data-client-key=SB-Mid-client-abc src=http://gateway.test/snap/snap.js"),
        (
            Some("n0nce".to_owned()),
            "async= data-cfasync=false data-client-key=SB-Mid-client-abc nonce=n0nce src=http://gateway.test/snap/snap.js",
        ),
    ] {
        reset_page().await;
        network::set_script_outcomes(r#"["snap"]"#);
        assert_eq!(run_to_end(async move { load(&Script { nonce, ..script() }).await }).await, Ok(()));
        // After an earlier timeout on this page the URL has a query.
        let added = network::added_scripts();
        let plain = added.iter().map(|tag| tag.split_once("?again=").map_or(tag.as_str(), |(before, _)| before));
        assert_eq!(plain.collect::<Vec<_>>(), [expected]);
    }
}

#[wasm_bindgen_test]
async fn every_failure_has_a_type_and_a_time_limit_and_can_be_retried() {
    struct Case {
        scripts: &'static str,
        online: bool,
        result: Result<(), ScriptFault>,
        attempts: usize,
        duration: std::ops::Range<f64>,
    }
    let case = |scripts, result, attempts, duration| Case { scripts, online: true, result, attempts, duration };
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
    for Case { scripts, online, result, attempts, duration } in cases {
        reset_page().await;
        network::set_online(online);
        network::set_script_outcomes(scripts);
        let listeners = page::listeners();
        assert_eq!(loading(script()).finish().await, result, "{scripts}");
        let took = clock::elapsed();
        assert!(duration.contains(&took), "{scripts} took {took}");
        assert_eq!(network::added_scripts().len(), attempts, "{scripts}");
        assert_eq!(network::script_count(), u32::from(result.is_ok()), "{scripts}: failed tags are still there");
        if scripts.starts_with(r#"["never""#) {
            let added = network::added_scripts();
            // In Chromium a tag with the same URL would wait for the first response.
            assert_ne!(added[0], added[1], "{scripts}: the same URL again");
        }
        assert_eq!(page::listeners(), listeners, "{scripts}");
        assert_eq!(clock::pending_timers(), 0, "{scripts}");

        network::set_online(true);
        network::set_script_outcomes(r#"["snap"]"#);
        assert_eq!(loading(script()).finish().await, Ok(()), "{scripts}: the next call");
        assert_eq!(network::script_count(), 1, "{scripts}");
    }
}

#[wasm_bindgen_test]
async fn a_refused_connection_is_reported_as_blocked() {
    reset_page().await;
    network::set_script_outcomes(r#"["real","real","real"]"#);
    // No engine connects to this port.
    let task = loading(Script { origin: "http://127.0.0.1:1".into(), ..script() });
    for attempt in 1..=3 {
        network::wait_for_script_failures(attempt).await;
        clock::advance(1_500).await;
    }
    assert!(task.is_finished());
    assert_eq!(task.finish().await, Err(ScriptFault::Blocked));
    assert_eq!((network::added_scripts().len(), network::script_count()), (3, 0));
}

#[wasm_bindgen_test]
async fn an_existing_script_tag_is_reused() {
    reset_page().await;
    network::add_foreign_script(SCRIPT_URL, "application/x-held");
    let task = loading(script());
    clock::advance(1_000).await;
    assert!(!task.is_finished());
    network::finish_script("snap");
    assert_eq!(task.finish().await, Ok(()));
    assert_eq!((network::added_scripts().len(), network::script_count()), (0, 1));
}

#[wasm_bindgen_test]
async fn an_existing_script_tag_that_failed_is_replaced() {
    reset_page().await;
    network::add_foreign_script(&[SCRIPT_URL, "?v=1"].concat(), "application/x-held");
    network::set_script_outcomes(r#"["snap"]"#);
    assert_eq!(loading(script()).finish().await, Ok(()));
    assert!(clock::elapsed() < 16_000.0, "took {}", clock::elapsed());
    assert_eq!((network::added_scripts().len(), network::script_count()), (1, 1));
}

#[wasm_bindgen_test]
async fn two_environments_on_one_page_are_refused() {
    for present in [false, true] {
        reset_page().await;
        network::add_foreign_script("https://app.midtrans.com/snap/snap.js", "application/x-held");
        if present {
            fake_snap::install();
        }
        assert_eq!(loading(script()).finish().await, Err(ScriptFault::OtherEnvironment));
        assert_eq!((network::added_scripts().len(), network::script_count()), (0, 1), "the foreign tag was removed");
    }
    reset_page().await;
    let first = loading(script());
    clock::idle().await;
    let other = Script { origin: "https://app.midtrans.com".into(), ..script() };
    assert_eq!(loading(other).finish().await, Err(ScriptFault::OtherEnvironment));
    network::finish_script("snap");
    assert_eq!(first.finish().await, Ok(()));
}

#[wasm_bindgen_test]
async fn an_invalid_client_key_loads_nothing_and_is_not_logged() {
    for key in ["SB-Mid-server-s3cret", "Mid-server-s3cret", " mid-SERVER-s3cret", "", "  "] {
        reset_page().await;
        let result = loading(Script { client_key: key.into(), ..script() }).finish().await;
        assert_eq!(result, Err(ScriptFault::Misconfigured), "{key:?}");
        assert_eq!(network::added_scripts().len(), 0, "{key:?}");
        let console = page::console_output();
        assert!(console.contains("key") && !console.contains("s3cret"), "{key:?}: {console}");
    }
}

#[wasm_bindgen_test]
async fn two_bundles_share_one_script_load() {
    reset_page().await;
    page::other_bundle_starts_load(SCRIPT_URL);
    let task = loading(script());
    clock::advance(5_000).await;
    assert!(!task.is_finished());
    fake_snap::install();
    page::other_bundle_finishes_load("");
    assert_eq!(task.finish().await, Ok(()));
    assert_eq!(network::added_scripts().len(), 0);

    reset_page().await;
    let task = loading(script());
    clock::idle().await;
    assert_eq!(page::shared_load_url(), SCRIPT_URL, "another bundle does not find the load");
    network::finish_script("snap");
    assert_eq!(task.finish().await, Ok(()));
    assert_eq!(page::shared_load_url(), "", "a finished load is still shared");
}

#[wasm_bindgen_test]
async fn a_script_load_of_another_bundle_is_not_trusted() {
    type Finish = fn();
    let cases: [(&str, ScriptFault, Finish); 4] = [
        ("failure", ScriptFault::Blocked, || page::other_bundle_finishes_load("script_blocked")),
        ("success without window.snap", ScriptFault::Timeout, || page::other_bundle_finishes_load("")),
        ("rejection", ScriptFault::Timeout, page::other_bundle_rejects_load),
        ("no result", ScriptFault::Timeout, || ()),
    ];
    for (name, fault, finish) in cases {
        reset_page().await;
        page::other_bundle_starts_load(SCRIPT_URL);
        let task = loading(script());
        clock::idle().await;
        finish();
        assert_eq!(task.finish().await, Err(fault), "{name}");
        assert!(clock::elapsed() < 60_000.0, "{name}");
        network::set_script_outcomes(r#"["snap"]"#);
        assert_eq!(loading(script()).finish().await, Ok(()), "{name}: the next call");
    }
    for junk in ["null", "7", "{}", r#"{"url":"http://gateway.test/snap/snap.js"}"#, r#"{"url":1,"promise":{}}"#] {
        reset_page().await;
        page::set_shared_load(junk);
        network::set_script_outcomes(r#"["snap"]"#);
        assert_eq!(loading(script()).finish().await, Ok(()), "{junk}");
    }
}

#[wasm_bindgen_test]
async fn the_time_limit_of_an_earlier_load_does_not_end_a_new_one() {
    reset_page().await;
    page::other_bundle_starts_load(SCRIPT_URL);
    let task = loading(script());
    clock::idle().await;
    page::other_bundle_finishes_load("script_blocked");
    assert_eq!(task.finish().await, Err(ScriptFault::Blocked));
    clock::advance(35_000).await;
    let later = loading(script());
    clock::advance(8_000).await;
    assert_eq!(page::shared_load_url(), SCRIPT_URL, "the running load is not shared");
    network::finish_script("snap");
    assert_eq!(later.finish().await, Ok(()));
}
