//! What is written for readers is true: links lead somewhere, snippets use names that exist, every code has its line.
//!
//! What the snippets of backends do is tried by fake-midtrans' own tests.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every document of ours, below a folder, by its name.
fn documents(folder: &Path) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", "artifacts", ".venv"];
    let mut found = vec![];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
            found.extend(documents(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// A document without its code, and its code with the language: `js`, `html`.
fn parts(text: &str) -> (String, Vec<(String, String)>) {
    let (mut prose, mut code) = (String::new(), vec![]);
    let mut fence: Option<(String, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut fence) {
            (Some(head), None) => fence = Some((head.split(' ').next().unwrap_or_default().to_owned(), String::new())),
            (Some(_), Some(_)) => code.extend(fence.take()),
            (None, Some((_, inside))) => *inside += &format!("{line}\n"),
            (None, None) => prose += &format!("{line}\n"),
        }
    }
    assert_eq!(fence, None, "a fence is not closed");
    (prose, code)
}

/// As GitHub names a heading.
fn slug(heading: &str) -> String {
    let plain = heading.trim_start_matches('#').trim().to_lowercase();
    plain
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let mut tried = 0;
    for document in documents(root()) {
        let (prose, _) = parts(&fs::read_to_string(&document).expect("text"));
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = document.parent().expect("a folder");
            // The README of the npm package is read inside the package, which has docs/errors.md beside it.
            let folder = if folder.ends_with("npm") && file.starts_with("docs/") { root() } else { folder };
            let target = if file.is_empty() { document.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", document.display());
            if !anchor.is_empty() {
                let (prose, _) = parts(&fs::read_to_string(&target).expect("text"));
                let named = prose.contains(&format!("id=\"{anchor}\""));
                let heading = prose.lines().any(|line| line.starts_with('#') && slug(line) == anchor);
                assert!(named || heading, "{}: {link} has no such place", document.display());
            }
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried} links");
}

/// What stands between two texts of a source.
fn between<'a>(source: &'a str, from: &str, to: &str) -> &'a str {
    source.split_once(from).and_then(|(_, rest)| rest.split_once(to)).unwrap_or_else(|| panic!("no {from}…{to}")).0
}

/// The element's attributes, the properties beside them and its events, out of its source.
fn element() -> (BTreeSet<String>, BTreeSet<String>, BTreeSet<String>) {
    let shell = read("npm/src/shell.js");
    let list = between(&shell, "const NAMES = (", ").split");
    let names: Vec<_> =
        list.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).filter(|word| !word.is_empty()).collect();
    let attributes = between(&shell, "static observedAttributes = NAMES.slice(0, -", ");").parse::<usize>();
    let (attributes, properties) = names.split_at(names.len() - attributes.expect("how many are no attributes"));
    let mount = read("npm/src/mount.js");
    let events = between(&mount, "const EVENTS = {", "}").split('\'').skip(1).step_by(2);
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    (set(attributes), set(properties), events.map(|event| format!("snap-{event}")).collect())
}

fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + &part[..1].to_uppercase() + &part[1..])
}

/// Words in backticks of the first cells below a table's head.
fn first_cells(text: &str, head: &str) -> BTreeSet<String> {
    let rows = text.split_once(head).unwrap_or_else(|| panic!("no table {head}")).1.lines().skip(2);
    let cells = rows.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn the_tables_of_the_element_are_those_of_its_source() {
    let (attributes, properties, events) = element();
    assert!(attributes.len() >= 17 && events.len() == 8, "{attributes:?} {events:?}");
    let page = read("docs/element.md");
    assert_eq!(first_cells(&page, "| Attribute | Values | Default |"), attributes);
    assert_eq!(first_cells(&page, "| Event | `detail` | When |"), events);
    let shell = read("npm/src/shell.js");
    let expected: BTreeSet<_> = properties.into_iter().chain(["phase".into(), "code".into()]).collect();
    assert_eq!(first_cells(&page, "| Property | |"), expected);
    let methods: BTreeSet<_> = ["pay()", "prepare()", "reset()"].map(str::to_owned).into();
    assert_eq!(first_cells(&page, "| Method | |"), methods);
    for method in methods {
        assert!(shell.contains(&format!("  {method} {{")), "{method}");
    }
    let names = read("src/view.rs");
    let phases =
        between(&names, "pub fn name(phase: &Phase)", "\n}\n").split('"').skip(1).step_by(2).map(str::to_owned);
    assert_eq!(first_cells(&page, "| `phase` | The customer sees |"), phases.collect());
}

/// Opening tags of the element with all that is in them: quotes and braces may hold anything.
fn tags(code: &str) -> Vec<String> {
    let mut found = vec![];
    for (_, rest) in code.match_indices("<snap-checkout").map(|(at, tag)| (at, &code[at + tag.len()..])) {
        let (mut depth, mut quote, mut inside) = (0_i32, None, String::new());
        for c in rest.chars() {
            match (c, quote) {
                ('"' | '\'' | '`', None) if depth == 0 => quote = Some(c),
                (_, Some(open)) if c == open => quote = None,
                ('{', None) => depth += 1,
                ('}', None) => depth -= 1,
                ('>', None) if depth == 0 => break,
                _ => {}
            }
            inside.push(c);
        }
        found.push(inside);
    }
    found
}

/// The names of a tag's attributes, without their values; Svelte's `{order}` is one too.
fn names(tag: &str) -> Vec<String> {
    let (mut depth, mut quote, mut short, mut bare) = (0_i32, None, false, String::new());
    for c in tag.chars() {
        match (c, quote) {
            (_, Some(open)) => quote = quote.filter(|_| c != open),
            ('{', None) => {
                short |= depth == 0 && bare.ends_with(char::is_whitespace);
                depth += 1;
            }
            ('}', None) => {
                depth -= 1;
                short &= depth > 0;
            }
            ('"' | '\'' | '`', None) if depth == 0 => quote = Some(c),
            _ if depth == 0 || short => bare.push(c),
            _ => {}
        }
    }
    bare.split_whitespace()
        .map(|word| word.trim_end_matches(['=', '/']).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn snippets_use_names_that_the_element_has() {
    let (attributes, _, events) = element();
    let anywhere = ["id", "ref", "class", "v-else", "v-if", "slot", "style"];
    let mut seen = (0, 0);
    let mut paths = documents(&root().join("docs"));
    paths.push(root().join("README.md"));
    for document in paths {
        let (_, code) = parts(&fs::read_to_string(&document).expect("text"));
        for (language, code) in code {
            let what = format!("{} ({language})", document.display());
            for tag in tags(&code).iter().filter(|tag| !tag.trim().is_empty()) {
                for name in names(tag) {
                    let event =
                        name.strip_prefix('@').or_else(|| name.strip_prefix("on").filter(|_| name.contains("snap-")));
                    let known = match event {
                        Some(event) => events.contains(event),
                        None => attributes.contains(name.trim_start_matches(':')) || anywhere.contains(&name.as_str()),
                    };
                    assert!(known, "{what}: {name} is no attribute or event of the element, in {tag}");
                    seen.0 += 1;
                }
            }
            for event in code
                .split(['\'', '"', '@'])
                .filter(|word| word.starts_with("snap-") && !word.starts_with("snap-checkout"))
            {
                let event = event.trim_end_matches('=');
                assert!(events.contains(event), "{what}: {event} is no event of the element");
                seen.1 += 1;
            }
            for property in code.split("\npay.").skip(1).filter_map(|rest| rest.split([' ', '(']).next()) {
                let known = attributes.iter().any(|name| camel(name) == property);
                assert!(
                    known || ["addEventListener", "pay", "prepare", "reset"].contains(&property),
                    "{what}: {property}"
                );
            }
        }
    }
    assert!(seen.0 > 35 && seen.1 > 3, "{seen:?}");
}

/// Texts of a source that look like codes, where a pattern stands before them.
fn codes(source: &str, before: &str) -> BTreeSet<String> {
    let found = source.split(before).skip(1).filter_map(|rest| rest.split(['"', '\'']).next());
    let code = |word: &&str| word.len() > 3 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    found.filter(code).map(str::to_owned).collect()
}

#[test]
fn every_code_has_its_line_and_its_anchor() {
    let page = read("docs/errors.md");
    let mut all = codes(&read("crates/flow/src/failure.rs"), "=> \"");
    let ours = all.len();
    all.extend(codes(&read("crates/merchant/src/error.rs"), " = \""));
    let backend = all.len() - ours;
    for entry in fs::read_dir(root().join("npm/src")).expect("the package") {
        let source = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let code =
            source.lines().filter(|line| !line.trim_start().starts_with(['/', '*'])).collect::<Vec<_>>().join("\n");
        for word in code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')) {
            let family = ["attribute_", "module_", "popup_", "script_", "token_"];
            if family.iter().any(|begin| word.starts_with(begin))
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            {
                all.insert(word.to_owned());
            }
        }
    }
    assert!(ours >= 20 && backend > 30 && all.contains("module_panicked"), "{ours} {backend} {all:?}");
    let told: BTreeSet<String> =
        page.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    let missing: Vec<_> = all.difference(&told).collect();
    assert!(missing.is_empty(), "docs/errors.md says nothing of {missing:?}");
    let gone: Vec<_> = told.difference(&all).collect();
    assert!(gone.is_empty(), "docs/errors.md tells of {gone:?}, which nothing says");
}

#[test]
fn the_tests_see_what_they_look_for() {
    let vue = "<snap-checkout v-else :order=\"a > b\" @snap-paid=\"x\"\n  client-key='{' >";
    assert_eq!(names(&tags(vue)[0]), ["v-else", ":order", "@snap-paid", "client-key"]);
    let svelte = "<snap-checkout {order} amount={q * 2} onsnap-paid={({ detail }) => { p = detail; }}>";
    assert_eq!(names(&tags(svelte)[0]), ["order", "amount", "onsnap-paid"]);
    assert_eq!(slug("## Orders without news"), "orders-without-news");
    assert_eq!(camel("skip-order-summary"), "skipOrderSummary");
    assert_eq!(parts("a\n```js x\nb\n```\nc\n"), ("a\nc\n".into(), vec![("js".into(), "b\n".into())]));
}
