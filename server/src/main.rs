//! The program `slipway`: reads its settings, serves until it is told to end.

use clap::Parser;
use slipway_server::{
    Portal, cli,
    config::{Cli, Command, Telling, refuse_unknown_settings},
    telling::Told,
};

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The chain in one line: the first part names the thing and the fix, the rest says why. Some parsers
            // draw a picture of the place below their message, which is left out.
            eprintln!("slipway: {}", format!("{error:#}").lines().next().unwrap_or_default());
            let code = error.downcast_ref::<cli::Failure>().map_or(1, |failure| failure.code);
            std::process::ExitCode::from(code)
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<()> {
    // Several libraries speak TLS; they all must use the one provider that is compiled in.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    refuse_unknown_settings(std::env::vars().map(|(name, _)| name))?;
    let settings = match cli.command {
        Some(Command::Serve(settings)) => *settings,
        Some(command) => return do_once(command).await,
        None => cli.settings,
    };
    let told = Told::begin(&settings.telling)?;
    let portal = Portal::start(&settings).await?;
    println!("Slipway serves on {}", portal.url());
    told_to_end().await;
    tracing::info!("Ending: requests and running steps come to their end first");
    portal.stop().await;
    told.end().await;
    Ok(())
}

/// Everything that comes to an end by itself.
async fn do_once(command: Command) -> anyhow::Result<()> {
    Told::begin(&Telling::default())?;
    match command {
        Command::Serve(_) => Ok(()),
        Command::Accounts { command } => slipway_server::accounts::run(command).await,
        Command::Administration(command) => cli::administer(command).await,
        Command::Client(command) => Ok(cli::run(command).await?),
    }
}

async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => _ = tokio::signal::ctrl_c().await,
    }
}
