//! The documents are true: links resolve, examples use names that exist, and each error code is documented.
//!
//! The tests of `fake-midtrans` run the examples of token endpoints.
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

/// All Markdown files of the project below a directory.
fn documents(directory: &Path) -> Vec<PathBuf> {
    const GENERATED: [&str; 5] = ["target", "node_modules", "dist", "artifacts", ".venv"];
    let mut found = vec![];
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !GENERATED.contains(&name.as_str()) {
            found.extend(documents(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// A document without its code blocks, and the code blocks with their language, such as `js`.
fn split_code(text: &str) -> (String, Vec<(String, String)>) {
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

/// The anchor that GitHub gives to a heading.
fn slug(heading: &str) -> String {
    let plain = heading.trim_start_matches('#').trim().to_lowercase();
    plain
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn links_resolve() {
    let mut tried = 0;
    for document in documents(root()) {
        let (prose, _) = split_code(&fs::read_to_string(&document).expect("text"));
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let directory = document.parent().expect("a directory");
            // The npm package contains its README and docs/errors.md side by side.
            let directory = if directory.ends_with("npm") && file.starts_with("docs/") { root() } else { directory };
            let target = if file.is_empty() { document.clone() } else { directory.join(file) };
            assert!(target.exists(), "{}: {link} does not exist", document.display());
            if !anchor.is_empty() {
                let (prose, _) = split_code(&fs::read_to_string(&target).expect("text"));
                let named = prose.contains(&format!("id=\"{anchor}\""));
                let heading = prose.lines().any(|line| line.starts_with('#') && slug(line) == anchor);
                assert!(named || heading, "{}: {link} has no such anchor", document.display());
            }
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried} links");
}

/// The text between two texts of a source.
fn between<'a>(source: &'a str, from: &str, to: &str) -> &'a str {
    source.split_once(from).and_then(|(_, rest)| rest.split_once(to)).unwrap_or_else(|| panic!("no {from}…{to}")).0
}

/// The attributes, the other properties and the events of the element, from its source.
fn element() -> (BTreeSet<String>, BTreeSet<String>, BTreeSet<String>) {
    let shell = read("npm/src/element.js");
    let list = between(&shell, "const NAMES = (", ").split");
    let names: Vec<_> =
        list.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).filter(|word| !word.is_empty()).collect();
    let attributes = between(&shell, "static observedAttributes = NAMES.slice(0, -", ");").parse::<usize>();
    let (attributes, properties) =
        names.split_at(names.len() - attributes.expect("the number of properties that are no attributes"));
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

/// The texts in backticks in the first column of a table.
fn first_cells(text: &str, head: &str) -> BTreeSet<String> {
    let rows = text.split_once(head).unwrap_or_else(|| panic!("no table {head}")).1.lines().skip(2);
    let cells = rows.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn tables_of_the_element_match_its_source() {
    let (attributes, properties, events) = element();
    assert!(attributes.len() >= 17 && events.len() == 8, "{attributes:?} {events:?}");
    let page = read("docs/element.md");
    assert_eq!(first_cells(&page, "| Attribute | Values | Default |"), attributes);
    assert_eq!(first_cells(&page, "| Event | `detail` | When |"), events);
    let shell = read("npm/src/element.js");
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

/// The opening tags of the element with their attributes. Quotes and braces may contain any text.
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

/// The names of a tag's attributes. Svelte's `{order}` counts as one.
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
fn examples_use_names_that_the_element_has() {
    let (attributes, _, events) = element();
    let anywhere = ["id", "ref", "class", "v-else", "v-if", "slot", "style"];
    let mut seen = (0, 0);
    let mut paths = documents(&root().join("docs"));
    paths.push(root().join("README.md"));
    for document in paths {
        let (_, code) = split_code(&fs::read_to_string(&document).expect("text"));
        for (language, code) in code {
            let place = format!("{} ({language})", document.display());
            for tag in tags(&code).iter().filter(|tag| !tag.trim().is_empty()) {
                for name in names(tag) {
                    let event =
                        name.strip_prefix('@').or_else(|| name.strip_prefix("on").filter(|_| name.contains("snap-")));
                    let known = match event {
                        Some(event) => events.contains(event),
                        None => attributes.contains(name.trim_start_matches(':')) || anywhere.contains(&name.as_str()),
                    };
                    assert!(known, "{place}: {name} is neither an attribute nor an event of the element, in {tag}");
                    seen.0 += 1;
                }
            }
            for event in code
                .split(['\'', '"', '@'])
                .filter(|word| word.starts_with("snap-") && !word.starts_with("snap-checkout"))
            {
                let event = event.trim_end_matches('=');
                assert!(events.contains(event), "{place}: {event} is no event of the element");
                seen.1 += 1;
            }
            for property in code.split("\npay.").skip(1).filter_map(|rest| rest.split([' ', '(']).next()) {
                let known = attributes.iter().any(|name| camel(name) == property);
                assert!(
                    known || ["addEventListener", "pay", "prepare", "reset"].contains(&property),
                    "{place}: {property}"
                );
            }
        }
    }
    assert!(seen.0 > 35 && seen.1 > 3, "{seen:?}");
}

/// The error codes in a source: texts in snake case after a given pattern.
fn codes(source: &str, before: &str) -> BTreeSet<String> {
    let found = source.split(before).skip(1).filter_map(|rest| rest.split(['"', '\'']).next());
    let code = |word: &&str| word.len() > 3 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    found.filter(code).map(str::to_owned).collect()
}

#[test]
fn each_error_code_is_documented() {
    let page = read("docs/errors.md");
    let mut all = codes(&read("crates/flow/src/failure.rs"), "=> \"");
    let page_codes = all.len();
    all.extend(codes(&read("crates/merchant/src/error.rs"), " = \""));
    let backend_codes = all.len() - page_codes;
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
    assert!(
        page_codes >= 20 && backend_codes > 30 && all.contains("module_panicked"),
        "{page_codes} {backend_codes} {all:?}"
    );
    let documented: BTreeSet<String> =
        page.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    let missing: Vec<_> = all.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:?}");
    let gone: Vec<_> = documented.difference(&all).collect();
    assert!(gone.is_empty(), "docs/errors.md has codes that no source has: {gone:?}");
}

#[test]
fn the_checks_detect_violations() {
    let vue = "<snap-checkout v-else :order=\"a > b\" @snap-paid=\"x\"\n  client-key='{' >";
    assert_eq!(names(&tags(vue)[0]), ["v-else", ":order", "@snap-paid", "client-key"]);
    let svelte = "<snap-checkout {order} amount={q * 2} onsnap-paid={({ detail }) => { p = detail; }}>";
    assert_eq!(names(&tags(svelte)[0]), ["order", "amount", "onsnap-paid"]);
    assert_eq!(slug("## Orders without notifications"), "orders-without-notifications");
    assert_eq!(camel("skip-order-summary"), "skipOrderSummary");
    assert_eq!(split_code("a\n```js x\nb\n```\nc\n"), ("a\nc\n".into(), vec![("js".into(), "b\n".into())]));
}
