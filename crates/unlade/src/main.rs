//! The binary: reads the configuration, wires the rooms together, and ends in good order.

mod audit;
mod backup;
mod cli;
mod config;
mod demo;
mod error;
mod identity;
mod keys;
mod serve;
mod telemetry;
mod template;
mod transfer;

use std::{fmt::Display, io::Write, process::ExitCode};

use clap::Parser;

use cli::{Cli, Command};
use config::Config;
use error::Error;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "unlade: {error}");
            error.exit_code()
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Serve(serve) => {
            let config = Config::load(&serve.settings)?;
            telemetry::start(config.log_level, config.log_format);
            serve::run(&config, serve.throwaway)?;
        }
        Command::Demo => demo::run()?,
        Command::User(noun) => return identity::run(noun),
        Command::Group(noun) => return identity::run(noun),
        Command::Key(noun) if matches!(noun.verb, identity::Key::Rotate) => {
            say(keys::rotate(Config::load(&noun.settings())?)?)?;
        }
        Command::Key(noun) => return identity::run(noun),
        Command::Policy(noun) => return identity::run(noun),
        Command::Project(noun) => return identity::run(noun),
        Command::App(noun) => return identity::run(noun),
        Command::Agency(noun) => return identity::run(noun),
        Command::Template(order) => say(template::write(&order)?.display())?,
        Command::Backup(order) => say(backup::write(&Config::load(&order.settings())?, &order)?)?,
        Command::Restore(order) if order.check => say(backup::check(&order.from)?)?,
        Command::Restore(order) => say(backup::restore(&Config::load(&order.settings())?, &order.from)?)?,
        Command::MigrateStore(order) => say(transfer::run(&Config::load(&order.settings())?, &order)?)?,
        Command::Audit(order) => audit::print(&order)?,
        Command::ParseUpload(upload) => {
            return Ok(match sheet::Limits::from_arguments(&upload.limits) {
                Ok(limits) => sheet::child::main(&upload.file, &limits),
                Err(_) => ExitCode::FAILURE,
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn say(done: impl Display) -> Result<(), Error> {
    writeln!(std::io::stdout(), "{done}").map_err(Error::system("say what was done"))
}
