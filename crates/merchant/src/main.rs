//! Starts the merchant: environment, log, store, page, server; stops on SIGTERM and Ctrl-C. With a command it
//! is the operator's tool instead.

use std::process::ExitCode;

use clap::Parser as _;
use merchant::catalog::Catalog;
use merchant::cli::{self, Cli, Command};
use merchant::config::{Config, Limits};
use merchant::http::router::{Shop, operator_router, router};
use merchant::process_limits;
use merchant::server::{Bounds, serve};
use merchant::store::Store;
use merchant::webhooks::outgoing::Deliver;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().command {
        None | Some(Command::Serve) => {}
        Some(command) => {
            // A command says itself what went wrong.
            start_log(LevelFilter::OFF);
            process_limits::settle_in();
            return cli::run(&command, |name| std::env::var(name).ok()).await;
        }
    }
    start_log(LevelFilter::INFO);
    process_limits::settle_in();
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
    let store = if config.webhook.is_some() { store.announcing() } else { store };
    let shop = Shop::new(&config, catalog, store.clone()).map_err(|error| error.to_string())?;
    if let Err(sentence) = shop.check_page() {
        tracing::error!("{sentence}");
    }
    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|error| format!("MERCHANT_ADDR {}: {error}; is another one running there?", config.addr))?;
    let operator = match config.metrics_addr {
        None => None,
        Some(addr) => {
            Some(TcpListener::bind(addr).await.map_err(|error| format!("MERCHANT_METRICS_ADDR {addr}: {error}"))?)
        }
    };
    let messenger = match config.webhook.clone() {
        None => None,
        Some(webhook) => Some(Deliver::new(store.clone(), webhook, shop.metrics()).map_err(|error| error.to_string())?),
    };
    tracing::info!(
        addr = %config.addr,
        url = %config.public_url,
        environment = %config.gateway.environment,
        gateway = %config.gateway.snap,
        "the merchant listens"
    );
    let mut helpers = JoinSet::new();
    helpers.spawn({
        let shop = shop.clone();
        async move { shop.keep_up().await }
    });
    if let Some(messenger) = messenger {
        helpers.spawn(async move { messenger.run().await });
    }
    if let Some(operator) = operator {
        helpers.spawn(serve(
            operator,
            operator_router(shop.clone()),
            Bounds::new(&Limits::default()),
            std::future::pending(),
        ));
    }
    let stop = async {
        stop_signal().await;
        shop.end();
    };
    serve(listener, router(shop.clone()), Bounds::new(&config.limits), stop).await;
    // What they were at is done again by the next process: a lease ends by itself.
    helpers.shutdown().await;
    store.close().await;
    tracing::info!("the merchant has stopped");
    Ok(())
}

/// `RUST_LOG` such as `info` or `merchant=debug`; `MERCHANT_LOG=json` for machines.
fn start_log(own: LevelFilter) {
    let filter = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter =
        filter.unwrap_or_else(|| Targets::new().with_default(own.min(LevelFilter::WARN)).with_target("merchant", own));
    let registry = tracing_subscriber::registry().with(filter);
    if std::env::var("MERCHANT_LOG").is_ok_and(|format| format == "json") {
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
