//! The style sheet's promises: contrast in both themes, every variable in docs/theming.md, nothing outside its classes.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a readable file")
}

/// `--s-name: var(--snap-name, value);` in the block after a selector.
fn variables(style: &str, selector: &str) -> BTreeMap<String, String> {
    let (_, after) = style.split_once(selector).unwrap_or_else(|| panic!("no {selector}"));
    let (block, _) = after.split_once('}').expect("an end");
    let of_line = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--s-")?.split_once(": ")?;
        let value = value.strip_suffix(");").expect("a variable of the shop's with a default");
        let value = value.strip_prefix(&format!("var(--snap-{name}, ")).unwrap_or_else(|| panic!("{line}"));
        Some((name.to_owned(), value.to_owned()))
    };
    block.lines().filter_map(of_line).collect()
}

fn themes() -> [(&'static str, BTreeMap<String, String>); 3] {
    let style = read("style/checkout.css");
    let light = variables(&style, ".snap-checkout, .plain, .lost {");
    let over = |selector| {
        let mut all = light.clone();
        all.extend(variables(&style, selector));
        all
    };
    [
        ("light", light.clone()),
        ("dark", over(".snap-checkout[data-theme=dark] {")),
        ("dark by itself", over(".snap-checkout:not([data-theme=light]), .plain, .lost {")),
    ]
}

/// WCAG's relative luminance of `#rgb` or `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let hex = colour.strip_prefix('#').unwrap_or_else(|| panic!("{colour} is no hex colour"));
    let wide: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.into() };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).expect("hex")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_known_to_be_computed_rightly() {
    assert!((contrast("#000", "#fff") - 21.0).abs() < 0.01);
    assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
}

#[test]
fn every_text_can_be_read_and_every_edge_seen_in_both_themes() {
    let texts = [
        ("text", "surface"),
        ("muted", "surface"),
        ("accent", "surface"),
        ("accent-strong", "surface"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("good", "good-surface"),
        ("warn", "warn-surface"),
        ("bad", "bad-surface"),
        ("text", "good-surface"),
        ("muted", "good-surface"),
        ("muted", "warn-surface"),
        ("muted", "bad-surface"),
        ("muted", "line"),
    ];
    let edges = [("edge", "surface"), ("focus", "surface"), ("accent", "surface"), ("bad", "bad-surface")];
    for (theme, colours) in themes() {
        for (pairs, least) in [(&texts[..], 4.5), (&edges[..], 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(&colours[*front], &colours[*back]);
                assert!(ratio >= least, "{theme}: {front} on {back} has {ratio:.2}, needs {least}");
            }
        }
    }
}

#[test]
fn the_dark_theme_is_the_same_whoever_chose_it() {
    let [_, (_, chosen), (_, by_itself)] = themes();
    assert_eq!(chosen, by_itself);
}

#[test]
fn every_variable_and_part_is_in_the_documents_with_its_default() {
    let (documents, [(_, light), (_, dark), _]) = (read("docs/theming.md"), themes());
    assert!(light.len() >= 20, "{}", light.len());
    for (name, value) in &light {
        let row = format!("| `--snap-{name}` | `{value}` | ");
        let row = if dark[name] == *value { row } else { format!("{row}`{}` | ", dark[name]) };
        assert!(documents.contains(&row), "docs/theming.md lacks: {row}");
    }
    let views = ["src/view.rs", "src/view/status_message.rs", "src/view/payment_instruction.rs"].map(read).concat();
    let parts: Vec<&str> = views
        .split("\"snap-checkout__")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .filter(|name| {
            views.contains(&format!("part(\"snap-checkout__{name}\")")) || ["main", "way", "copy"].contains(name)
        })
        .collect();
    assert!(parts.len() > 10, "{parts:?}");
    for part in parts.into_iter().chain(["status", "alert"]) {
        assert!(documents.contains(&format!("`{part}`")), "docs/theming.md lacks the part {part}");
    }
}

/// Targets of 44 CSS pixels, however small the shop makes the text.
#[test]
fn what_can_be_pressed_is_never_under_44_pixels() {
    let style = read("style/checkout.css");
    for selector in [".snap-checkout__way {", ".snap-checkout__copy {", ".snap-checkout__instruction > a {"] {
        let (_, after) = style.split_once(&format!("\n{selector}")).unwrap_or_else(|| panic!("no {selector}"));
        let block = after.split('}').next().unwrap_or_default();
        assert!(block.contains("min-block-size: max(") && block.contains("44px)"), "{selector} {block}");
    }
    let (_, main) = style.split_once("\n.snap-checkout__main {").expect("the button");
    assert!(main.split('}').next().unwrap_or_default().contains("min-block-size: max(var(--s-target), 44px)"));
}

#[test]
fn nothing_reaches_beyond_the_component_and_nothing_depends_on_left_and_right() {
    let style = read("style/checkout.css");
    let mut code = String::new();
    for (at, part) in style.split("/*").enumerate() {
        code.push_str(if at == 0 { part } else { part.split_once("*/").expect("a comment ends").1 });
    }
    for line in code.lines().map(str::trim).filter(|line| line.ends_with('{') || line.ends_with("; }")) {
        let selector = line.split('{').next().unwrap_or_default().trim();
        // `:host` is nothing outside our own shadow root.
        let ours = |one: &str| {
            one.trim().starts_with(".snap-checkout") || [".plain", ".lost", ":host > div"].contains(&one.trim())
        };
        let grouped = selector.contains(":is(") || selector.contains(":where(");
        let fine = selector.starts_with('@') || selector == "to" || grouped && ours(selector);
        assert!(fine || selector.split(',').all(ours), "{selector} reaches beyond the component");
    }
    let declarations: Vec<&str> = code
        .lines()
        .filter_map(|line| line.rsplit('{').next())
        .flat_map(|line| line.trim().trim_end_matches('}').split(';'))
        .map(str::trim)
        .collect();
    assert!(declarations.len() > 150, "{}", declarations.len());
    for declaration in declarations {
        let (property, value) = declaration.split_once(": ").unwrap_or((declaration, ""));
        let sided = ["left", "right", "top", "bottom", "width", "height"].contains(&property)
            || ["-left", "-right", "-top", "-bottom"].iter().any(|side| property.ends_with(side))
            || (property == "text-align" && ["left", "right"].contains(&value));
        assert!(!sided && !value.contains("!important"), "{declaration} is not logical");
    }
}
