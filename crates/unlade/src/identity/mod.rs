//! `unlade user`, `group`, `key`, `policy`, `project`, `app` and `agency`: the account, administered on the database by
//! whoever may read the data directory. A server may be running on it, and acts on a change at its next request.

mod agencies;
mod answer;
mod apps;
mod check;
mod desk;
mod facts;
mod given;
mod groups;
mod keys;
mod passwords;
mod policies;
mod projects;
mod users;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::{cli, config::Config, error::Error, say};
pub(crate) use agencies::Agency;
use answer::Answer;
pub(crate) use apps::App;
use desk::Desk;
pub(crate) use groups::Group;
pub(crate) use keys::Key;
pub(crate) use policies::Policy;
pub(crate) use projects::Project;
pub(crate) use users::User;

/// One noun's verb, and on which account it works.
#[derive(Args)]
pub(crate) struct Noun<V: Subcommand> {
    #[command(subcommand)]
    pub(crate) verb: V,
    /// Where everything is kept [default: ./unlade-data]
    #[arg(long, value_name = "DIRECTORY", global = true)]
    data_dir: Option<String>,
    /// The settings file [default: ./unlade.toml, if it is there]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<std::path::PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
}

impl<V: Subcommand> Noun<V> {
    /// Its settings, as every subcommand has them.
    pub(crate) fn settings(&self) -> cli::Settings {
        cli::Settings {
            data_dir: self.data_dir.clone(),
            config: self.config.clone(),
            ..cli::Settings::default()
        }
    }
}

/// What can be done with a noun.
pub(crate) trait Verb {
    /// What it is done with.
    const NOUN: &str;

    /// Does it.
    fn run(self, desk: &Desk) -> Result<Answer, Error>;

    /// Whether its exit code answers a question, so that no failure may look like one of the answers.
    fn is_question(&self) -> bool {
        false
    }
}

/// Does what is asked and tells what came of it.
pub(crate) fn run<V: Subcommand + Verb>(noun: Noun<V>) -> Result<ExitCode, Error> {
    let (settings, json, is_question) = (noun.settings(), noun.json, noun.verb.is_question());
    let answer = Config::load(&settings).and_then(|config| {
        let desk = Desk::open(&config)?;
        let done = noun.verb.run(&desk);
        match desk.tell(V::NOUN, &done) {
            Err(why) if done.is_ok() => {
                Err(Error::Refused(format!("it is done, but the audit has no line of it: {why}")))
            }
            _ => done,
        }
    });
    let answer = answer.map_err(|error| match is_question {
        true => Error::Input(error.to_string()),
        false => error,
    })?;
    say(answer.told(json))?;
    Ok(ExitCode::from(answer.code))
}
