//! The configuration: parsed ([`layers`], where each setting keeps the name it was given under), then resolved
//! into what the program works with ([`Config`]). Nobody else reads the environment or the settings file.

mod database;
mod given;
mod layers;
mod master_key;
mod settings;
mod storage;
#[cfg(test)]
mod tests;

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use domain::{Limits, Retention};
use jobs::Term;
use store::{MasterKey, identity::Chosen};

use crate::{
    cli,
    error::Error,
    serve::{Files, Manners, Proxies},
};
pub(crate) use database::Database;
use layers::Layers;
pub(crate) use master_key::KeySource;
pub(crate) use settings::{Format, Level, Role};
use storage::Storage;

const ACCESS_KEY: &str = "UNLADE_ROOT_ACCESS_KEY";
const SECRET_KEY: &str = "UNLADE_ROOT_SECRET_KEY";
const PROJECT_ID: &str = "UNLADE_PROJECT_ID";
const MASTER_KEY: &str = "UNLADE_MASTER_KEY";
/// Variables that are no settings: they are secret or belong to one data directory.
const APART: [&str; 4] = [ACCESS_KEY, SECRET_KEY, PROJECT_ID, MASTER_KEY];
/// The settings file that is read if it is there.
const FILE: &str = "unlade.toml";

/// What the program works with.
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Where to answer `/metrics`, if anywhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The files of the certificate, if TLS is spoken.
    pub(crate) tls: Option<Files>,
    /// Whether plain HTTP may be spoken where others than this machine can listen in.
    pub(crate) insecure_http: bool,
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// Free space below which new work is refused.
    pub(crate) free_bytes_min: u64,
    /// Whether what goes beyond the cloud is refused.
    pub(crate) strict: bool,
    /// What a client is allowed.
    pub(crate) manners: Manners,
    /// Whose word about where a request came from is taken.
    pub(crate) proxies: Arc<Proxies>,
    /// Requests at a time.
    pub(crate) requests_max: usize,
    /// Exports at a time.
    pub(crate) export_workers: usize,
    /// Batch tasks at a time.
    pub(crate) batch_workers: usize,
    /// Kinds of batch tasks that go before all others.
    pub(crate) batch_priority: Vec<&'static str>,
    /// How long a worker's claim lasts.
    pub(crate) lease: Term,
    /// The limits of the API.
    pub(crate) limits: Limits,
    /// How long finished work is kept.
    pub(crate) retention: Retention,
    /// Where the rows lie.
    pub(crate) database: Database,
    /// What this node does.
    pub(crate) role: Role,
    /// How long a node that is to end still takes calls.
    pub(crate) goodbye: Duration,
    /// How long jobs may go on then.
    pub(crate) drain: Duration,
    /// Where objects lie.
    pub(crate) storage: Storage,
    /// Whether what is done is told in the audit, and in which file besides.
    pub(crate) audit: Option<Option<PathBuf>>,
    /// What is logged.
    pub(crate) log_level: Level,
    /// And how it looks.
    pub(crate) log_format: Format,
    /// Credentials that the operator chose.
    pub(crate) chosen: Chosen,
    /// Where the master key comes from.
    pub(crate) master_key: KeySource,
    /// Variables that look like settings and are none.
    pub(crate) unknown_variables: Vec<String>,
}

impl Config {
    /// The configuration of this process.
    pub(crate) fn load(flags: &cli::Settings) -> Result<Self, Error> {
        // A variable that is not UTF-8 cannot be one of ours.
        let variables = std::env::vars_os()
            .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
        Self::resolve(flags, &variables.collect::<Vec<_>>())
    }

    fn resolve(flags: &cli::Settings, variables: &[(String, String)]) -> Result<Self, Error> {
        let mut layers = Layers::default();
        if let Some((path, text)) = settings_file(flags.config.as_deref())? {
            layers.file(&path, &text)?;
        }
        layers.environment(variables.iter().cloned(), &APART);
        layers.flag("--listen", "server", "listen", flags.listen.clone());
        layers.flag("--data-dir", "server", "data_dir", flags.data_dir.clone());
        layers.flag("--role", "server", "role", flags.role.clone());
        let insecure_http = flags.insecure_http.then(|| "true".to_owned());
        layers.flag("--insecure-http", "server", "insecure_http", insecure_http);
        let server: settings::Server = layers.section("server")?;
        let export: settings::Export = layers.section("export")?;
        let batch: settings::Batch = layers.section("batch")?;
        let jobs: settings::Jobs = layers.section("jobs")?;
        let log: settings::Log = layers.section("log")?;
        let audit: settings::Audit = layers.section("audit")?;
        let database: settings::Database = layers.section("database")?;
        at_least_one("server.connections_max", server.connections_max as u64)?;
        at_least_one("server.requests_max", server.requests_max as u64)?;
        at_least_one("server.header_timeout_seconds", server.header_timeout_seconds)?;
        at_least_one("server.stall_timeout_seconds", server.stall_timeout_seconds)?;
        at_least_one("export.snapshot_age_seconds", export.snapshot_age_seconds)?;
        within("jobs.lease_seconds", jobs.lease_seconds, Term::MIN.as_secs(), Term::MAX.as_secs())?;
        Ok(Self {
            listen: address("server.listen", &server.listen)?,
            metrics_listen: match server.metrics_listen.as_str() {
                "" => None,
                listen => Some(address("server.metrics_listen", listen)?),
            },
            tls: certificate_files(layers.section("tls")?)?,
            insecure_http: server.insecure_http,
            free_bytes_min: server.free_bytes_min,
            strict: server.strict,
            data_dir: server.data_dir,
            manners: Manners {
                connections_max: server.connections_max,
                connections_per_address: server.connections_per_address,
                header_timeout: Duration::from_secs(server.header_timeout_seconds),
                stall_timeout: Duration::from_secs(server.stall_timeout_seconds),
            },
            proxies: Arc::new(proxies(&server.trusted_proxies)?),
            requests_max: server.requests_max,
            export_workers: export.workers,
            batch_workers: batch.workers,
            batch_priority: kinds("batch.priority", &batch.priority)?,
            lease: Term::new(Duration::from_secs(jobs.lease_seconds)),
            storage: Storage::resolve(layers.section("storage")?, jobs.lease_seconds, server.strict)?,
            limits: layers.section::<Limits>("limits")?.for_server(server.strict),
            retention: layers.section("retention")?,
            database: Database::resolve(
                database,
                server.role,
                export.workers,
                Duration::from_secs(export.snapshot_age_seconds),
            )?,
            role: server.role,
            goodbye: Duration::from_secs(server.goodbye_seconds),
            drain: Duration::from_secs(jobs.drain_seconds),
            audit: audit.enabled.then(|| Some(audit.file).filter(|file| !file.as_os_str().is_empty())),
            log_level: log.level,
            log_format: log.format,
            chosen: chosen(variables)?,
            master_key: KeySource::of(master_key(variables)?, &server.master_key_command)?,
            unknown_variables: layers.unknown(),
        })
    }
}

/// The settings file that was named, which must be there, or the usual one, which need not.
fn settings_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Error> {
    let path = named.unwrap_or(Path::new(FILE));
    match blob::disk::read_text(path) {
        Ok(Some(text)) => Ok(Some((path.to_owned(), text))),
        Ok(None) if named.is_none() => Ok(None),
        Ok(None) => Err(Error::Setting(format!("--config: there is no file {}", path.display()))),
        Err(error) => Err(Error::Setting(error.to_string())),
    }
}

fn at_least_one(setting: &str, value: u64) -> Result<(), Error> {
    if value == 0 { Err(Error::Setting(format!("{setting}: must be 1 or more"))) } else { Ok(()) }
}

fn within(setting: &str, value: u64, least: u64, most: u64) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::Setting(format!("{setting}: must be {least} to {most}")))
}

fn address(setting: &str, listen: &str) -> Result<SocketAddr, Error> {
    let bad = |why: String| Error::Setting(format!("{setting}: {listen:?} is not a host and a port: {why}"));
    let found = listen.to_socket_addrs().map_err(|error| bad(error.to_string()))?.next();
    found.ok_or_else(|| bad("the host has no address".to_owned()))
}

fn proxies(text: &str) -> Result<Proxies, Error> {
    text.parse().map_err(|why| Error::Setting(format!("server.trusted_proxies: {why}")))
}

/// Kinds of batch tasks, none twice.
fn kinds(setting: &str, text: &str) -> Result<Vec<&'static str>, Error> {
    let mut kinds = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(kind) = batch::kind(name).map(batch::Kind::task_type) else {
            let all: Vec<_> = batch::KINDS.iter().map(|kind| kind.task_type()).collect();
            return Err(Error::Setting(format!("{setting}: {name} is not one of {}", all.join(", "))));
        };
        if kinds.contains(&kind) {
            return Err(Error::Setting(format!("{setting}: {kind} stands there twice")));
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

fn certificate_files(tls: settings::Tls) -> Result<Option<Files>, Error> {
    let is_set = |path: &Path| !path.as_os_str().is_empty();
    match (is_set(&tls.certificate), is_set(&tls.key)) {
        (true, true) => Ok(Some(Files { certificate: tls.certificate, key: tls.key })),
        (false, false) => Ok(None),
        (true, false) => Err(Error::Setting("tls.key: must be set with tls.certificate".into())),
        (false, true) => Err(Error::Setting("tls.certificate: must be set with tls.key".into())),
    }
}

/// A variable; an empty one counts as not set, as in files that compose them.
fn variable<'a>(variables: &'a [(String, String)], name: &str) -> Option<&'a str> {
    variables
        .iter()
        .find(|(candidate, text)| candidate == name && !text.is_empty())
        .map(|(_, text)| text.as_str())
}

fn chosen(variables: &[(String, String)]) -> Result<Chosen, Error> {
    let refuse = |text: &str| Err(Error::Setting(text.to_owned()));
    let project_id = variable(variables, PROJECT_ID);
    if project_id.is_some_and(|id| id.len() > 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return refuse("UNLADE_PROJECT_ID: must be 1 to 32 hex digits");
    }
    let access_key = match (variable(variables, ACCESS_KEY), variable(variables, SECRET_KEY)) {
        (None, None) => None,
        (Some(_), None) => return refuse("UNLADE_ROOT_SECRET_KEY: must be set with UNLADE_ROOT_ACCESS_KEY"),
        (None, Some(_)) => return refuse("UNLADE_ROOT_ACCESS_KEY: must be set with UNLADE_ROOT_SECRET_KEY"),
        // The access key stands in a header between commas and slashes; both stand in a CSV file.
        (Some(key), _) if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) => {
            return refuse("UNLADE_ROOT_ACCESS_KEY: may have letters, digits, _ and - only");
        }
        (_, Some(secret))
            if secret.bytes().any(|byte| !byte.is_ascii_graphic() || b",\"".contains(&byte)) =>
        {
            return refuse("UNLADE_ROOT_SECRET_KEY: may have no space, comma or quotation mark");
        }
        (Some(key), Some(secret)) => Some((key.to_owned(), secret.to_owned())),
    };
    Ok(Chosen { access_key, project_id: project_id.map(str::to_owned), promised: None })
}

fn master_key(variables: &[(String, String)]) -> Result<Option<MasterKey>, Error> {
    variable(variables, MASTER_KEY)
        .map(|text| {
            MasterKey::from_hex(text)
                .ok_or_else(|| Error::Setting(format!("{MASTER_KEY}: must be 64 hex digits")))
        })
        .transpose()
}
