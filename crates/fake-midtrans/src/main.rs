//! The gateway by itself: settings from the environment, one line on start, a clean stop on Ctrl-C or SIGTERM.

use std::process::ExitCode;

use fake_midtrans::{Config, FakeMidtrans, config};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => {}
        Some("--help" | "-h") => {
            print!("{}", config::HELP);
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("fake-midtrans: unknown argument {other}; see --help");
            return ExitCode::from(2);
        }
    }
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-midtrans: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::from_lookup(|name| std::env::var(name).ok())?;
    let notifications = config.notification_url.clone().unwrap_or_else(|| "nowhere".to_owned());
    let client_key = config.client_key.clone();
    let gateway = FakeMidtrans::spawn(config).await?;
    let base = gateway.base_url();
    println!(
        "fake-midtrans: {base} · snap.js {base}/snap/snap.js · client key {client_key} · simulator {base}/simulator · notifications to {notifications}"
    );
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    gateway.shutdown().await;
    Ok(())
}
