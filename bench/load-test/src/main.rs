//! Load tests the backend from another process: `load` tests it up to its limit and beyond, `merchant` compares it with
//! midtrans-client in Express. `scripts/bench` builds the programs and runs this one.

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
    let result = match args.split_first() {
        Some((command, options)) if command == "load" => load::run(options).await,
        Some((command, options)) if command == "merchant" => backend::run(options).await,
        // `merchant` starts this one.
        Some((command, _)) if command == "axum-baseline" => axum_baseline::serve().await,
        _ => {
            Err("usage: load MERCHANT [--seconds=N], or merchant MERCHANT BASELINE [--gate] [--rounds=N] [--silence=N]"
                .to_owned())
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The number in `--name=value`, or `default`.
fn option(options: &[String], name: &str, default: usize) -> Result<usize, String> {
    match options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('=')) {
        Some(text) => text.parse().map_err(|_| format!("{name} must be a number")),
        None => Ok(default),
    }
}
