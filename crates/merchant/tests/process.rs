//! The real process: what the operating system lets it do.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

#[expect(dead_code, reason = "the other tests of the house need the rest")]
#[path = "integration/house.rs"]
mod house;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use house::{CLIENT_KEY, Folder, SERVER_KEY};

/// A picture of the memory would hold the server key; a thousand pages that listen are a thousand open files.
#[test]
fn no_memory_dumps_and_all_files_that_are_allowed() {
    let dir = Folder::new();
    let mut merchant = Command::new(env!("CARGO_BIN_EXE_merchant"))
        .env_clear()
        .env("MERCHANT_ADDR", "127.0.0.1:0")
        .env("MERCHANT_PAGE_DIR", dir.path())
        .env("DATABASE_URL", format!("sqlite://{}", dir.path().join("shop.sqlite").display()))
        .env("MIDTRANS_ENVIRONMENT", "local")
        .env("MIDTRANS_LOCAL_URL", "http://127.0.0.1:9")
        .env("MIDTRANS_SERVER_KEY", SERVER_KEY)
        .env("MIDTRANS_CLIENT_KEY", CLIENT_KEY)
        .env("MERCHANT_LOG_FORMAT", "json")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(merchant.stderr.take().unwrap()).lines();
    let mut seen = String::new();
    for line in lines {
        seen.push_str(&line.unwrap());
        if seen.contains("server started") {
            break;
        }
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", merchant.id()));
    merchant.kill().unwrap();
    merchant.wait().unwrap();
    let limits = limits.unwrap();
    let of = |name: &str| -> Vec<String> {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().take(2).map(str::to_owned).collect()
    };
    assert_eq!(of("Max core file size"), ["0", "0"], "{seen}");
    let files = of("Max open files");
    assert_eq!(files[0], files[1], "{seen}");
}
