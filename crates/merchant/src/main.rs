//! The program `merchant`: without a command it runs the server until SIGTERM or Ctrl-C; with a command it is the
//! operator's command-line tool.

use std::process::ExitCode;

use clap::Parser as _;
use merchant::catalog::Catalog;
use merchant::cli::{self, Cli, CliCommand};
use merchant::config::{Config, Limits};
use merchant::http::app_state::AppState;
use merchant::http::routes::{operator_router, router};
use merchant::process_limits::configure_process_limits;
use merchant::server::{ServerLimits, serve};
use merchant::store::Store;
use merchant::webhooks::outgoing::WebhookSender;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().command {
        None | Some(CliCommand::Serve) => {}
        Some(command) => {
            // A command prints its own errors.
            start_log(LevelFilter::OFF);
            configure_process_limits();
            return cli::run(&command, |name| std::env::var(name).ok()).await;
        }
    }
    start_log(LevelFilter::INFO);
    configure_process_limits();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            for line in message.lines() {
                eprintln!("merchant: {line}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let (config, warnings) = Config::read(|name| std::env::var(name).ok()).map_err(|error| error.to_string())?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let catalog = Catalog::load(config.catalog.as_deref()).map_err(|error| error.to_string())?;
    let store = Store::open(config.database_url.as_str()).await.map_err(|error| format!("DATABASE_URL: {error}"))?;
    let store = if config.webhook.is_some() { store.with_webhooks() } else { store };
    let state = AppState::new(&config, catalog, store.clone()).map_err(|error| error.to_string())?;
    if let Err(error) = state.check_page() {
        tracing::error!("{error}");
    }
    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|error| format!("MERCHANT_ADDR {}: {error}; is another process listening there?", config.addr))?;
    let operator = match config.metrics_addr {
        None => None,
        Some(addr) => {
            Some(TcpListener::bind(addr).await.map_err(|error| format!("MERCHANT_METRICS_ADDR {addr}: {error}"))?)
        }
    };
    let sender = match config.webhook.clone() {
        None => None,
        Some(webhook) => {
            Some(WebhookSender::new(store.clone(), webhook, state.metrics()).map_err(|error| error.to_string())?)
        }
    };
    tracing::info!(
        addr = %config.addr,
        url = %config.public_url,
        environment = %config.gateway.environment,
        gateway = %config.gateway.snap,
        "server started"
    );
    let mut workers = JoinSet::new();
    workers.spawn({
        let state = state.clone();
        async move { state.run_background().await }
    });
    if let Some(sender) = sender {
        workers.spawn(async move { sender.run().await });
    }
    if let Some(operator) = operator {
        workers.spawn(serve(
            operator,
            operator_router(state.clone()),
            ServerLimits::new(&Limits::default()),
            std::future::pending(),
        ));
    }
    let stop = async {
        stop_signal().await;
        state.begin_shutdown();
    };
    serve(listener, router(state.clone()), ServerLimits::new(&config.limits), stop).await;
    // The next process repeats unfinished work, because leases expire.
    workers.shutdown().await;
    store.close().await;
    tracing::info!("server stopped");
    Ok(())
}

/// Starts the log. `RUST_LOG` sets the level, such as `info` or `merchant=debug`; `MERCHANT_LOG_FORMAT=json` the format.
fn start_log(own: LevelFilter) {
    let filter = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter =
        filter.unwrap_or_else(|| Targets::new().with_default(own.min(LevelFilter::WARN)).with_target("merchant", own));
    let registry = tracing_subscriber::registry().with(filter);
    if std::env::var("MERCHANT_LOG_FORMAT").is_ok_and(|format| format == "json") {
        registry.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).init();
    } else {
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        registry.with(tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).init();
    }
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
