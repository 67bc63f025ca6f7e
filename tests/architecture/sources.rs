//! The repository's sources: which files there are, and what of a Rust file is shipped.

use std::fs;
use std::path::{Path, PathBuf};

/// Directories that builds and downloads fill.
const GENERATED: [&str; 8] = [".venv", "target", "node_modules", "dist", ".git", ".local", "artifacts", "__pycache__"];

/// The crates with shipped code, as directories of their sources.
pub const CRATES: [&str; 6] = [
    "src",
    "crates/fake-midtrans/src",
    "crates/flow/src",
    "crates/merchant/src",
    "crates/orders/src",
    "crates/wire/src",
];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a directory of the repository, in the order of their names.
pub fn files(directory: &str) -> Vec<PathBuf> {
    let mut directories = vec![root().join(directory)];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            match path.is_dir() {
                // In a second Git worktree `.git` is a file.
                _ if GENERATED.contains(&name.as_ref()) => {}
                true => directories.push(path),
                false => files.push(path),
            }
        }
    }
    assert!(!files.is_empty(), "{directory} has no files");
    files.sort();
    files
}

/// The path of a file in the repository, with `/` on every system.
pub fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/")
}

pub fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// Whether a Rust file holds only tests.
pub fn is_test_file(path: &Path) -> bool {
    let name = name(path);
    let stem = path.file_stem().expect("a name").to_string_lossy();
    stem == "tests" || stem.ends_with("_tests") || name.contains("_tests/") || name.contains("/tests/")
}

/// The code of a Rust file that is shipped: without comments and without the test module at its end.
pub fn shipped(source: &str) -> String {
    let code = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The shipped Rust files below a directory: path and code.
pub fn shipped_sources(directory: &str) -> Vec<(String, String)> {
    let read = |path: PathBuf| (name(&path), shipped(&fs::read_to_string(path).expect("a readable source")));
    files(directory).into_iter().filter(|path| is_rust(path) && !is_test_file(path)).map(read).collect()
}

#[test]
fn shipped_code_has_no_comments_and_no_tests() {
    assert_eq!(shipped("// a.unwrap()\nb\n#[cfg(test)]\nmod tests {\n c.unwrap()"), "b");
}
