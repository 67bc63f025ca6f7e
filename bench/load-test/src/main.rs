//! Loads the merchant from outside: `load` finds its limit and what happens beyond, `merchant` puts it beside
//! midtrans-client in Express. `scripts/bench` builds what is needed and calls this.

mod axum_baseline;
mod backend;
mod clients;
mod gateway_stub;
mod http;
mod latency_proxy;
mod load;
mod process;
mod report;
mod workload;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        Some((part, options)) if part == "load" => load::run(options).await,
        Some((part, options)) if part == "merchant" => backend::run(options).await,
        // Started by `merchant`.
        Some((part, _)) if part == "floor" => axum_baseline::serve().await,
        _ => {
            Err("load MERCHANT [--seconds=N], or merchant MERCHANT PEER [--gate] [--rounds=N] [--silence=N]".to_owned())
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

/// `--name=value` as a number.
fn option(options: &[String], name: &str, default: usize) -> Result<usize, String> {
    match options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('=')) {
        Some(text) => text.parse().map_err(|_| format!("{name} must be a number")),
        None => Ok(default),
    }
}
