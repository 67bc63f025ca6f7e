//! The gateway by itself: settings from the environment, one line on start, a clean stop on Ctrl-C or SIGTERM.

use std::process::ExitCode;

use fake_midtrans::{Config, FakeMidtrans, config};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => {}
        Some("--help" | "-h") => {
            print!("{}", config::HELP);
            return ExitCode::SUCCESS;
        }
        Some("--version" | "-V") => {
            println!("fake-midtrans {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("fake-midtrans: unknown argument {other}; settings come from the environment, see --help");
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
    told_to_stop().await?;
    gateway.shutdown().await;
    Ok(())
}

#[cfg(unix)]
async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
