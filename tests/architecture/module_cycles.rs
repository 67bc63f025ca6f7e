//! No module needs, directly or through others, a module that needs it.
//!
//! The graph is read from paths in the code: `use` lines and inline paths. A re-export (`pub use`) is no dependency of
//! the module that re-exports; a path through a re-export leads to the module that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use syn::visit::{self, Visit};
use syn::{Item, UseTree};

use crate::sources::{CRATES, files, is_rust, is_test_file, name};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// One crate: the text of each module by its path, `a::b`; the crate root is the empty path.
#[derive(Default)]
struct Modules {
    files: BTreeMap<String, syn::File>,
    /// Module and name of each re-exported item, and the path that it leads to.
    reexports: BTreeMap<(String, String), Vec<String>>,
}

impl Modules {
    /// The sources of one crate. `roots` are the files of its root module; a directory without `mod.rs` is no module.
    fn read(directory: &str) -> Self {
        let mut modules = Self::default();
        for path in files(directory).into_iter().filter(|path| is_rust(path) && !is_test_file(path)) {
            let file = name(&path);
            let relative = file.strip_prefix(directory).expect("below").trim_start_matches('/');
            let mut parts: Vec<_> = relative.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            // A second program in the same package sees the library as another crate.
            let is_program = parts == ["main"] || parts.first().is_some_and(|part| part == "element");
            let is_root = parts == ["lib"];
            if parts.last().is_some_and(|part| part == "mod") || is_root {
                parts.pop();
            }
            if !is_program {
                let source = fs::read_to_string(&path).expect("a readable source");
                modules.files.insert(parts.join("::"), syn::parse_file(&source).expect("valid Rust"));
            }
        }
        modules.collect_reexports();
        modules
    }

    #[cfg(test)]
    fn of(sources: &[(&str, &str)]) -> Self {
        let parse = |source: &str| syn::parse_file(source).expect("valid Rust");
        let files = sources.iter().map(|(path, source)| ((*path).to_owned(), parse(source))).collect();
        let mut modules = Self { files, ..Self::default() };
        modules.collect_reexports();
        modules
    }

    fn collect_reexports(&mut self) {
        for (module, file) in &self.files {
            for item in &file.items {
                let Item::Use(item) = item else { continue };
                if matches!(item.vis, syn::Visibility::Inherited) {
                    continue;
                }
                for (path, visible) in flatten(&item.tree, &[]) {
                    self.reexports.insert((module.clone(), visible), path);
                }
            }
        }
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (module, file) in &self.files {
            let mut paths = Paths::default();
            for item in file.items.iter().filter(|item| !is_test_item(item)) {
                paths.visit_item(item);
            }
            let needed = paths.found.iter().filter_map(|path| self.module_of(module, path, 0));
            graph.insert(module.clone(), needed.filter(|other| other != module).collect());
        }
        graph
    }

    /// The module in which the item of a path is defined; none where the path leads out of the crate.
    fn module_of(&self, from: &str, path: &[String], depth: usize) -> Option<String> {
        let mut here: Vec<String> = from.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => {
                here.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while rest.first().is_some_and(|part| part == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
            }
            // A child module of this one, or another crate.
            Some(first) if self.files.contains_key(&join(&here, first)) => {}
            _ => return None,
        }
        while let Some(first) = rest.first() {
            let child = join(&here, first);
            if self.files.contains_key(&child) {
                here.push(first.clone());
                rest = &rest[1..];
                continue;
            }
            let reexport = self.reexports.get(&(here.join("::"), first.clone()));
            if let Some(target) = reexport.filter(|_| depth < 8) {
                return self.module_of(&here.join("::"), target, depth + 1);
            }
            break;
        }
        Some(here.join("::"))
    }
}

fn join(here: &[String], name: &str) -> String {
    here.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("::")
}

/// Items that exist in tests only.
fn is_test_item(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
    })
}

/// The paths of a `use` tree, each with the name by which the item is visible.
fn flatten(tree: &UseTree, before: &[String]) -> Vec<(Vec<String>, String)> {
    let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(path.ident.to_string())),
        UseTree::Name(item) if item.ident == "self" => {
            vec![(before.to_vec(), before.last().cloned().unwrap_or_default())]
        }
        UseTree::Name(item) => vec![(with(item.ident.to_string()), item.ident.to_string())],
        UseTree::Rename(item) => vec![(with(item.ident.to_string()), item.rename.to_string())],
        UseTree::Glob(_) => vec![(with("*".into()), "*".into())],
        UseTree::Group(group) => group.items.iter().flat_map(|tree| flatten(tree, before)).collect(),
    }
}

/// Collects the paths of private `use` lines, and those written out in the code.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if matches!(item.vis, syn::Visibility::Inherited) {
            self.found.extend(flatten(&item.tree, &[]).into_iter().map(|(path, _)| path));
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test_item(&Item::Mod(item.clone())) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

/// The first cycle that is found, as the modules on it.
fn cycle(graph: &Graph) -> Option<Vec<String>> {
    fn visit<'a>(graph: &'a Graph, module: &'a str, path: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>) -> bool {
        if let Some(start) = path.iter().position(|on| *on == module) {
            path.drain(..start);
            return true;
        }
        if !done.insert(module) {
            return false;
        }
        path.push(module);
        for next in graph.get(module).into_iter().flatten() {
            if visit(graph, next, path, done) {
                return true;
            }
        }
        path.pop();
        false
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| {
        let mut path = Vec::new();
        visit(graph, module, &mut path, &mut done).then(|| path.into_iter().map(str::to_owned).collect())
    })
}

#[test]
fn modules_form_no_cycle() {
    let mut cycles = vec![];
    for directory in CRATES {
        let graph = Modules::read(directory).graph();
        assert!(graph.len() > 3, "{directory} has {} modules", graph.len());
        cycles.extend(cycle(&graph).map(|cycle| format!("{directory}: {}", cycle.join(" -> "))));
    }
    assert!(cycles.is_empty(), "these modules need each other:\n{}", cycles.join("\n"));
}

#[test]
fn a_cycle_is_found_through_uses_paths_and_reexports() {
    let cases = [
        ("a direct cycle", vec![("a", "use crate::b::B;"), ("b", "use crate::a::A;")], true),
        ("an inline path", vec![("a", "fn f() { crate::b::g(); }"), ("b", "use super::a::f;")], true),
        ("a facade", vec![("", "pub use a::A;"), ("a", "use crate::b::B;"), ("b", "fn f(_: crate::A) {}")], true),
        ("a re-export alone", vec![("a", "pub use self::b::B; mod b;"), ("a::b", "use super::C;")], false),
        ("a test", vec![("a", "use crate::b::B;"), ("b", "#[cfg(test)] mod tests { use crate::a::A; }")], false),
    ];
    for (case, sources, expected) in cases {
        assert_eq!(cycle(&Modules::of(&sources).graph()).is_some(), expected, "{case}");
    }
}
