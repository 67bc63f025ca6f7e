//! Rules about the sources: dependencies, module cycles, names, file sizes. Rules about behaviour have their tests
//! beside the behaviour.
//!
//! The tests read source files and the output of `cargo tree`. They build nothing.
#![cfg(not(target_arch = "wasm32"))]

mod customer_copy;
mod documented_names;
mod module_cycles;
mod names;
mod sources;
mod status_literals;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use sources::{CRATES, files, is_rust, name, root, shipped_sources};

/// Longer files, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];
const MOST_LINES: usize = 350;

/// The messages of the `expect` calls in the page. The page cannot run where they fail.
const EXPECTS: [&str; 2] = ["a program in a page has a document", "`div` is a valid name"];

const PAGE: &str = "wasm32-unknown-unknown";
const EVERYWHERE: &str = "all";

/// The names of the packages that a package depends on, down to a depth.
fn packages(of: &str, target: &str, depth: u8) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let depth = depth.to_string();
    let arguments = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", of];
    let output = Command::new(cargo)
        .args(arguments)
        .args(["--target", target, "--depth", &depth])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let names = tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty() && *name != of);
    names.map(str::to_owned).collect()
}

fn assert_without(of: &str, target: &str, banned: &[&str]) {
    let found: Vec<_> = packages(of, target, 99).into_iter().filter(|name| banned.contains(&name.as_str())).collect();
    assert!(found.is_empty(), "{of} is built from {found:?}");
}

const JAVASCRIPT: [&str; 7] =
    ["js_sys", "web_sys", "wasm_bindgen", "wasm_bindgen_futures", "serde_wasm_bindgen", "gloo_net", "gloo_timers"];

/// The first of these words that is an identifier in the code.
fn first_named<'a>(code: &str, words: &[&'a str]) -> Option<&'a str> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let named: BTreeSet<&str> = code.split(|c| !in_word(c)).collect();
    words.iter().find(|word| named.contains(**word)).copied()
}

#[test]
fn pure_crates_depend_on_pure_crates_only() {
    let only = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(packages("snap-checkout-flow", EVERYWHERE, 1), only("snap-checkout-wire"));
    assert_eq!(packages("orders", EVERYWHERE, 1), BTreeSet::from(["snap-checkout-wire", "time"].map(str::to_owned)));
    assert_eq!(packages("snap-checkout-wire", EVERYWHERE, 1), only("serde"));
    for package in ["snap-checkout-flow", "orders", "snap-checkout-wire"] {
        let javascript = JAVASCRIPT.map(|name| name.replace('_', "-"));
        assert_without(package, PAGE, &javascript.each_ref().map(String::as_str));
    }
}

#[test]
fn the_page_depends_on_no_server_and_no_hash_crate() {
    let banned = [
        "axum",
        "hyper",
        "reqwest",
        "ring",
        "rustls",
        "sha2",
        "snap-checkout-fake-midtrans",
        "snap-checkout-merchant",
        "fake-midtrans",
        "merchant",
        "sqlx",
        "tokio",
    ];
    assert_without("snap-checkout", PAGE, &banned);
}

#[test]
fn the_services_share_no_code() {
    assert_without("merchant", EVERYWHERE, &["fake-midtrans", "snap-checkout-flow", "snap-checkout", "yew"]);
    assert_without("fake-midtrans", EVERYWHERE, &["merchant", "snap-checkout-flow", "snap-checkout", "yew"]);
}

#[test]
fn only_effects_and_the_element_call_javascript() {
    for (file, code) in shipped_sources("src") {
        // One calls JavaScript; JavaScript calls the other.
        if !["src/effects/", "src/element/"].iter().any(|edge| file.starts_with(edge)) {
            assert_eq!(first_named(&code, &JAVASCRIPT), None, "{file} names JavaScript");
        }
    }
}

#[test]
fn only_the_controller_runs_effects() {
    for (file, code) in shipped_sources("src") {
        if !["src/controller.rs", "src/effects/mod.rs", "src/effects/runner.rs"].contains(&file.as_str()) {
            assert_eq!(first_named(&code, &["EffectRunner", "Effect"]), None, "{file} performs effects");
        }
    }
}

#[test]
fn pure_crates_read_no_clock_and_no_randomness() {
    for (file, code) in ["crates/flow/src", "crates/orders/src"].into_iter().flat_map(shipped_sources) {
        let impure = ["Instant", "SystemTime", "thread", "env", "fs", "net", "rand", "unsafe", "panic", "unreachable"];
        assert_eq!(first_named(&code, &impure), None, "{file} is not pure");
    }
}

#[test]
fn shipped_code_does_not_panic() {
    for folder in CRATES {
        for (file, code) in shipped_sources(folder) {
            for (at, line) in code.lines().enumerate() {
                let panics =
                    [".unwrap()", "panic!(", "todo!(", "unimplemented!("].iter().any(|call| line.contains(call));
                assert!(!panics, "{file}: {line} (line {} without comments)", at + 1);
            }
        }
    }
    for folder in ["src", "crates/flow/src", "crates/orders/src", "crates/wire/src"] {
        for (file, code) in shipped_sources(folder) {
            for line in code.lines().filter(|line| line.contains(".expect(")) {
                assert!(EXPECTS.iter().any(|known| line.contains(known)), "{file}: {line}");
            }
        }
    }
}

#[test]
fn files_stay_short() {
    let checkers = ["crates/fuzz-checks/src", "crates/model-check/src"];
    let all = CRATES.into_iter().chain(["style", "scripts", "npm"]).chain(checkers).flat_map(files);
    let mut excused: BTreeSet<&str> = LONG_FILES.map(|(file, _)| file).into();
    for path in all.filter(|path| path.extension().is_none_or(|extension| extension != "json")) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let lines = if is_rust(&path) {
            text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count()
        } else {
            text.lines().count()
        };
        let file = name(&path);
        assert!(lines <= MOST_LINES || excused.remove(file.as_str()), "{file} has {lines} lines");
    }
    assert!(excused.is_empty(), "these files are short and need no exception: {excused:?}");
}

#[test]
fn every_package_uses_the_workspace_lints() {
    let manifests: Vec<_> = files("").into_iter().filter(|path| path.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() >= 5, "{manifests:?}");
    for path in manifests {
        let text = fs::read_to_string(&path).expect("a manifest");
        assert!(text.contains("[lints]\nworkspace = true"), "{}", path.display());
    }
}

#[test]
fn no_file_names_a_path_of_a_machine() {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("C:\\", "Users")];
    for path in files("") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (at, line) in text.lines().enumerate() {
            assert!(!paths.iter().any(|path| line.contains(path)), "{}:{}: {line}", name(&path), at + 1);
        }
    }
}

#[test]
fn the_checks_detect_violations() {
    assert_eq!(first_named("use js_sys::Array;", &JAVASCRIPT), Some("js_sys"));
    assert_eq!(first_named("let my_js_sys = 1;", &JAVASCRIPT), None);
    assert!(packages("snap-checkout", PAGE, 99).contains("js-sys"), "the tree includes indirect dependencies");
    assert!(packages("merchant", EVERYWHERE, 99).contains("tokio"));
}
