//! How much of the page's memory is stack.

use std::env;

/// The linker's own megabyte would be 16 of the page's 17 pages of memory; this much and the
/// page's data fit into two. A visit from cart to paid order was seen to use 16 KiB of it. The
/// stack lies below the data, so running out of it traps and overwrites nothing.
const STACK_BYTES: u32 = 96 * 1024;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let var = |name| env::var(name).unwrap_or_default();
    // Unoptimised code needs far more, and nobody downloads it.
    if var("CARGO_CFG_TARGET_ARCH") == "wasm32" && var("PROFILE") == "release" {
        println!("cargo::rustc-link-arg-bins=-zstack-size={STACK_BYTES}");
    }
}
