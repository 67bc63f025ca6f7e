//! The rules of the house as tests: who may name whom, what has no place where, how large a file may be.
//!
//! They read sources and ask `cargo tree`; nothing is built. Rules about behaviour stand beside the behaviour.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longer files, and why. Empty is best: a file leaves this list by being split.
const LONG_FILES: [(&str, &str); 0] = [];
const MOST_LINES: usize = 350;

/// Lines that may call `expect`, because without what they expect there is nothing to go on with.
const EXPECTS: [&str; 2] = ["a program in a page has a document", "`div` is a valid name"];

const PAGE: &str = "wasm32-unknown-unknown";
const EVERYWHERE: &str = "all";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder of the repository, without what was built or downloaded.
fn files(folder: &str) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 8] =
        [".venv", "target", "node_modules", "dist", ".git", ".local", "artifacts", "__pycache__"];
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            match path.is_dir() {
                // In a second worktree `.git` is a file.
                _ if NOT_OURS.contains(&name.as_ref()) => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    assert!(!files.is_empty(), "there is nothing in {folder}");
    files
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/")
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// A Rust source as it is shipped: without comments, and without its tests, which come last in a file.
fn shipped(source: &str) -> String {
    let code = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Shipped sources below a folder, by name; files that hold only tests are named so.
fn sources(folder: &str) -> Vec<(String, String)> {
    let of_tests = |path: &Path| {
        let stem = path.file_stem().expect("a name").to_string_lossy();
        stem == "tests" || stem == "walk" || stem.ends_with("_tests")
    };
    let read = |path: PathBuf| (name(&path), shipped(&fs::read_to_string(path).expect("a readable source")));
    files(folder).into_iter().filter(|path| is_rust(path) && !of_tests(path)).map(read).collect()
}

/// The names of the packages that a package is built from, to a depth, without itself.
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

/// The first of these words that stands in the code as a word of its own.
fn names_one<'a>(code: &str, words: &[&'a str]) -> Option<&'a str> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let named: BTreeSet<&str> = code.split(|c| !in_word(c)).collect();
    words.iter().find(|word| named.contains(**word)).copied()
}

#[test]
fn the_flow_is_built_from_the_wire_and_the_wire_from_serde() {
    let only = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(packages("snap-checkout-flow", EVERYWHERE, 1), only("snap-checkout-wire"));
    assert_eq!(packages("snap-checkout-wire", EVERYWHERE, 1), only("serde"));
    for package in ["snap-checkout-flow", "snap-checkout-wire"] {
        let javascript = JAVASCRIPT.map(|name| name.replace('_', "-"));
        assert_without(package, PAGE, &javascript.each_ref().map(String::as_str));
    }
}

#[test]
fn the_page_carries_no_server_and_no_hash() {
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
fn the_services_know_each_other_over_http_only() {
    assert_without("merchant", EVERYWHERE, &["fake-midtrans", "snap-checkout-flow", "snap-checkout", "yew"]);
    assert_without("fake-midtrans", EVERYWHERE, &["merchant", "snap-checkout-flow", "snap-checkout", "yew"]);
}

#[test]
fn only_the_two_edges_name_javascript() {
    for (file, code) in sources("src") {
        // What the component calls, and what calls the component.
        if !["src/browser/", "src/element/"].iter().any(|edge| file.starts_with(edge)) {
            assert_eq!(names_one(&code, &JAVASCRIPT), None, "{file} names JavaScript");
        }
    }
}

#[test]
fn only_the_component_lets_effects_be_performed() {
    for (file, code) in sources("src") {
        if !["src/session.rs", "src/browser/mod.rs"].contains(&file.as_str()) {
            assert_eq!(names_one(&code, &["Guards", "Effect"]), None, "{file} performs effects");
        }
    }
}

#[test]
fn the_flow_has_no_clock_and_no_chance() {
    for (file, code) in sources("crates/flow/src") {
        let impure = ["Instant", "SystemTime", "thread", "env", "fs", "net", "rand", "unsafe", "panic", "unreachable"];
        assert_eq!(names_one(&code, &impure), None, "{file} is not pure");
    }
}

#[test]
fn nothing_panics_on_purpose() {
    for folder in ["src", "crates/flow/src", "crates/wire/src", "crates/merchant/src", "crates/fake-midtrans/src"] {
        for (file, code) in sources(folder) {
            for (at, line) in code.lines().enumerate() {
                let panics =
                    [".unwrap()", "panic!(", "todo!(", "unimplemented!("].iter().any(|call| line.contains(call));
                assert!(!panics, "{file}: {line} (line {} without comments)", at + 1);
            }
        }
    }
    for folder in ["src", "crates/flow/src", "crates/wire/src"] {
        for (file, code) in sources(folder) {
            for line in code.lines().filter(|line| line.contains(".expect(")) {
                assert!(EXPECTS.iter().any(|known| line.contains(known)), "{file}: {line}");
            }
        }
    }
}

#[test]
fn a_file_is_read_in_one_go() {
    let folders = ["src", "style", "scripts", "npm", "crates/flow/src", "crates/wire/src", "crates/merchant/src"];
    let all = folders.into_iter().chain(["crates/fake-midtrans/src"]).flat_map(files);
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
    assert!(excused.is_empty(), "no longer long, so no longer excused: {excused:?}");
}

#[test]
fn every_package_obeys_the_lints_of_the_house() {
    let manifests: Vec<_> = files("").into_iter().filter(|path| path.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() >= 5, "{manifests:?}");
    for path in manifests {
        let text = fs::read_to_string(&path).expect("a manifest");
        assert!(text.contains("[lints]\nworkspace = true"), "{}", path.display());
    }
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("C:\\", "Users")];
    for path in files("") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (at, line) in text.lines().enumerate() {
            assert!(!paths.iter().any(|path| line.contains(path)), "{}:{}: {line}", name(&path), at + 1);
        }
    }
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert_eq!(names_one("use js_sys::Array;", &JAVASCRIPT), Some("js_sys"));
    assert_eq!(names_one("let my_js_sys = 1;", &JAVASCRIPT), None);
    assert_eq!(shipped("// a.unwrap()\nb\n#[cfg(test)]\nmod tests {\n c.unwrap()"), "b");
    assert!(packages("snap-checkout", PAGE, 99).contains("js-sys"), "the tree goes all the way down");
    assert!(packages("merchant", EVERYWHERE, 99).contains("tokio"));
}
