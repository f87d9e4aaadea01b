//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use types::Language;

use crate::identity::{self, Noun};

/// A self-hosted server for bulk device work that speaks IoTDA's application API v5.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the API
    Serve(Serve),
    /// Show the whole job against a throwaway server, and leave its zip in the current directory
    Demo,
    /// Write the spreadsheet to fill in for a kind of batch task
    Template(Template),
    /// Write everything that is kept into one file, while the server runs
    Backup(Backup),
    /// Make a data directory out of a backup
    Restore(Restore),
    /// Copy a data directory to the database server and the bucket of the settings; no server may be running on it
    MigrateStore(MigrateStore),
    /// The account's users
    User(Noun<identity::User>),
    /// User groups, to which rights are best granted
    Group(Noun<identity::Group>),
    /// Access keys of users, and the master key that encrypts secrets at rest
    Key(Noun<identity::Key>),
    /// Policies, to whom they are granted, and what follows from them
    Policy(Noun<identity::Policy>),
    /// The account's projects
    Project(Noun<identity::Project>),
    /// Apps, and the enterprise projects that they lie in
    App(Noun<identity::App>),
    /// Agencies: rights that users assume for a time
    Agency(Noun<identity::Agency>),
    /// Print what was done, by whom, and how it was decided, one JSON object a line
    Audit(crate::audit::Audit),
    /// Read one uploaded file; the server starts this by itself
    #[command(hide = true, name = sheet::child::SUBCOMMAND)]
    ParseUpload(ParseUpload),
}

#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Ends with its standard input and removes its data directory, which must be new
    #[arg(long, hide = true)]
    pub(crate) throwaway: bool,
}

/// Settings that have a flag. All others are in the settings file or the environment.
#[derive(Args, Default)]
pub(crate) struct Settings {
    /// Host and port [default: 127.0.0.1:8900]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Speak plain HTTP although others than this machine can listen in: a proxy in front of it speaks TLS
    #[arg(long)]
    pub(crate) insecure_http: bool,
    /// Where everything is kept [default: ./unlade-data]
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) data_dir: Option<String>,
    /// The settings file [default: ./unlade.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What this node of many does: api, worker or all [default: all]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
}

#[derive(Args)]
pub(crate) struct Template {
    /// The kind, as in task_type
    #[arg(value_parser = kinds_with_a_file())]
    pub(crate) kind: String,
    /// Where to write it [default: the cloud's name for it, such as BatchCreateDevices_Template.xlsx]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The language of its titles and explanations
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = Language::ALL.map(Language::as_str))]
    pub(crate) language: String,
}

fn kinds_with_a_file() -> PossibleValuesParser {
    let kinds = batch::KINDS.iter().filter(|kind| kind.takes_file());
    kinds.map(|kind| kind.task_type()).collect::<Vec<_>>().into()
}

#[derive(Args)]
pub(crate) struct ParseUpload {
    pub(crate) file: PathBuf,
    #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
    pub(crate) limits: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// The file to write, which must not be there, or a directory to write a dated file into
    #[arg(long, value_name = "PATH")]
    pub(crate) output: PathBuf,
    /// Add master.key and credentials.csv: whoever has the file can then read every secret
    #[arg(long)]
    pub(crate) with_master_key: bool,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    /// Its settings, as every subcommand has them.
    pub(crate) fn settings(&self) -> Settings {
        self.place.settings()
    }
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    /// Only read the backup and say whether it is whole
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    place: Place,
}

impl Restore {
    /// Its settings, as every subcommand has them.
    pub(crate) fn settings(&self) -> Settings {
        self.place.settings()
    }
}

#[derive(Args)]
#[command(
    after_help = "database.url says where the rows go, storage.bucket where the objects go; what is not set stays. \
                        Killed, run it again: it goes on. Nothing is deleted at the source."
)]
pub(crate) struct MigrateStore {
    /// Copy nothing: compare every row and read every object
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    place: Place,
}

impl MigrateStore {
    /// Its settings, as every subcommand has them.
    pub(crate) fn settings(&self) -> Settings {
        self.place.settings()
    }
}

/// Which data directory a subcommand is about.
#[derive(Args)]
pub(crate) struct Place {
    /// Where everything is kept [default: ./unlade-data]
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<String>,
    /// The settings file [default: ./unlade.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// Its settings, as every subcommand has them.
    pub(crate) fn settings(&self) -> Settings {
        Settings { data_dir: self.data_dir.clone(), config: self.config.clone(), ..Settings::default() }
    }
}
