//! Which setting wins, and what a bad one is told.

use std::io::Write;

use super::*;

fn load(file: &str, variables: &[(&str, &str)], listen: Option<&str>) -> Result<Config, String> {
    let mut settings = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    settings.write_all(file.as_bytes()).unwrap();
    let flags = cli::Settings {
        config: Some(settings.path().to_owned()),
        listen: listen.map(str::to_owned),
        ..cli::Settings::default()
    };
    let variables: Vec<_> =
        variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Config::resolve(&flags, &variables).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_the_documented_values() {
    let config = load("", &[], None).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8900");
    assert_eq!(config.data_dir, Path::new("./unlade-data"));
    assert_eq!((config.metrics_listen, config.free_bytes_min), (None, 256 << 20));
    assert_eq!((config.export_workers, config.batch_workers), (2, 2));
    assert_eq!((config.limits.export_kept, config.limits.download_interval_seconds), (50, 30));
    assert_eq!((config.retention.batch_task_days, config.retention.export_task_days), (90, 0));
    assert_eq!(
        (config.retention.audit_days, config.retention.audit_rows, config.audit),
        (180, 1_000_000, Some(None))
    );
    let Database::Embedded(database) = config.database else { panic!("not embedded") };
    assert_eq!((database.readers, database.snapshot_age_max), (10, Duration::from_secs(900)));
    assert_eq!(config.lease.until(0), 30_000);
    assert!(config.chosen.access_key.is_none() && config.master_key.is_file());
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "[server]\nlisten = '127.0.0.1:1'\n[export]\nworkers = 7\n[limits]\nexport_kept = 3\n[log]\nformat = 'json'";
    let variables = [("UNLADE_SERVER_LISTEN", "127.0.0.1:2"), ("UNLADE_EXPORT_WORKERS", "0")];
    let config = load(file, &variables, Some("127.0.0.1:3")).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.export_workers, 0);
    assert_eq!((config.limits.export_kept, config.limits.export_unfinished), (3, 5));
    assert!(matches!(config.log_format, Format::Json));
    assert_eq!(load(file, &variables, None).unwrap().listen.port(), 2);
}

#[test]
fn a_variable_has_the_type_of_its_setting() {
    let variables = [
        ("UNLADE_SERVER_DATA_DIR", "123"),
        ("UNLADE_LIMITS_DOWNLOAD_INTERVAL_SECONDS", "0"),
        ("UNLADE_LIMITS_BATCH_FILE_BYTES", "1048576"),
        ("UNLADE_LOG_LEVEL", "debug"),
    ];
    let config = load("", &variables, None).unwrap();
    assert_eq!(config.data_dir, Path::new("123"));
    assert_eq!((config.limits.download_interval_seconds, config.limits.batch_file_bytes), (0, 1 << 20));
    assert!(matches!(config.log_level, Level::Debug));
}

#[test]
fn a_bad_setting_is_named() {
    let file = |text: &str| load(text, &[], None).err().unwrap_or_default();
    assert!(file("[export]\nworkerz = 1").contains("[export] workerz"));
    assert!(file("[export]\nworkers = 'two'").contains("[export] workers"));
    assert!(file("[exprt]\nworkers = 1").contains("exprt"));
    assert!(file("workers = 1").contains("workers"));
    assert!(file("[limits]\nexport_kept = -1").contains("[limits] export_kept: may not be negative"));
    assert!(file("[retention]\nbatch_task_days = -1").contains("[retention] batch_task_days"));
    assert!(file("[server]\nconnections_max = 0").contains("server.connections_max"));
    assert!(file("[server\n").contains(".toml"));
    for (variable, text) in [
        ("UNLADE_EXPORT_WORKERZ", "1"),
        ("UNLADE_EXPORT", "1"),
        ("UNLADE_EXPORT_WORKERS", "two"),
        ("UNLADE_EXPORT_WORKERS", ""),
        ("UNLADE_EXPORT_WORKERS", "-1"),
        ("UNLADE_LIMITS_APPS", "1.5"),
        ("UNLADE_SERVER_FREE_BYTES_MIN", "much"),
        ("UNLADE_LOG_LEVEL", "loud"),
        ("UNLADE_PROJECT_ID", "not hex"),
        ("UNLADE_ROOT_ACCESS_KEY", "A"),
        ("UNLADE_MASTER_KEY", "abcd"),
    ] {
        let refusal = load("", &[(variable, text)], None).err().unwrap_or_default();
        let named = refusal.contains(variable) || refusal.contains("UNLADE_ROOT_SECRET_KEY");
        assert!(named, "{variable}={text}: {refusal}");
    }
    assert!(load("", &[], Some("nowhere")).err().unwrap().contains("server.listen"));
    assert!(file("[server]\ntrusted_proxies = 'proxy'").contains("server.trusted_proxies"));
    assert!(file("[server]\nmetrics_listen = 'nowhere'").contains("server.metrics_listen"));
}

#[test]
fn a_certificate_needs_its_key() {
    let tls = |text: &str| load(&format!("[tls]\n{text}"), &[], None).map(|config| config.tls);
    assert!(tls("certificate = 'c.pem'").unwrap_err().contains("tls.key"));
    assert!(tls("key = 'k.pem'").unwrap_err().contains("tls.certificate"));
    assert_eq!(tls(""), Ok(None));
    let files = Files { certificate: "c.pem".into(), key: "k.pem".into() };
    assert_eq!(tls("certificate = 'c.pem'\nkey = 'k.pem'"), Ok(Some(files)));
}

#[test]
fn documented_rates_are_held_where_all_is_as_in_the_cloud() {
    let rates = |file: &str| {
        let limits = load(file, &[], None).unwrap().limits;
        (limits.api_requests_per_second, limits.account_requests_per_second)
    };
    assert_eq!(rates(""), (0, 0));
    assert_eq!(rates("[limits]\naccount_requests_per_second = 7"), (0, 7));
    assert_eq!(rates("[server]\nstrict = true"), (50, 100));
    assert_eq!(rates("[server]\nstrict = true\n[limits]\napi_requests_per_second = 7"), (7, 100));
}

#[test]
fn a_stranger_s_variable_is_only_remarked_upon() {
    let config = load("", &[("UNLADE_EXPRT_WORKERS", "1"), ("PATH", "/bin")], None).unwrap();
    assert_eq!(config.unknown_variables, ["UNLADE_EXPRT_WORKERS"]);
}

/// The table of docs/settings.md as a settings file.
fn documented() -> String {
    let document = include_str!("../../../../docs/settings.md");
    let rows = document.lines().filter_map(|line| {
        let (setting, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
        let (section, key) = setting.split_once('.')?;
        Some(format!("{section}.{key} = {}\n", rest.split_once('`')?.0))
    });
    rows.collect()
}

/// Each section as the program understands the file.
fn understood(file: &str) -> Vec<String> {
    let mut layers = Layers::default();
    layers.file(Path::new("test.toml"), file).unwrap();
    let mut sections = vec![
        format!("{:?}", layers.section::<settings::Server>("server").unwrap()),
        format!("{:?}", layers.section::<settings::Tls>("tls").unwrap()),
        format!("{:?}", layers.section::<settings::Export>("export").unwrap()),
        format!("{:?}", layers.section::<settings::Batch>("batch").unwrap()),
        format!("{:?}", layers.section::<settings::Jobs>("jobs").unwrap()),
        format!("{:?}", layers.section::<settings::Log>("log").unwrap()),
        format!("{:?}", layers.section::<settings::Audit>("audit").unwrap()),
        format!("{:?}", layers.section::<settings::Database>("database").unwrap()),
        format!("{:?}", layers.section::<settings::Storage>("storage").unwrap()),
        format!("{:?}", layers.section::<Limits>("limits").unwrap()),
        format!("{:?}", layers.section::<Retention>("retention").unwrap()),
    ];
    assert_eq!(sections.len(), settings::SECTIONS.len(), "a section that is not compared");
    assert_eq!(layers.unknown(), Vec::<String>::new());
    sections.sort();
    sections
}

#[test]
fn the_defaults_are_those_of_the_document() {
    assert!(documented().contains("limits.export_kept = 50"));
    assert_eq!(understood(&documented()), understood(""));
}

#[test]
fn what_goes_first_is_named_by_kinds_each_once() {
    let load = |priority| load("", &[("UNLADE_BATCH_PRIORITY", priority)], None);
    let first = |priority| load(priority).unwrap().batch_priority;
    assert_eq!(first(""), [""; 0]);
    assert_eq!(first("freezeDevices, createCommands,"), ["freezeDevices", "createCommands"]);
    let refused = |priority| load(priority).err().unwrap();
    let unknown = refused("freezeDevices,freezedevices");
    assert!(unknown.contains("batch.priority: freezedevices is not one of createDevices, "), "{unknown}");
    assert!(
        refused("freezeDevices,freezeDevices").contains("batch.priority: freezeDevices stands there twice")
    );
}

#[test]
fn a_lease_too_short_to_be_held_or_too_long_to_be_believed_is_refused() {
    for seconds in ["2", "301"] {
        let refused = load("", &[("UNLADE_JOBS_LEASE_SECONDS", seconds)], None).err().unwrap_or_default();
        assert!(refused.contains("jobs.lease_seconds: must be 3 to 300"), "{refused}");
    }
    assert_eq!(load("[jobs]\nlease_seconds = 3", &[], None).unwrap().lease.until(0), 3_000);
}

#[test]
fn a_bucket_that_cannot_be_spoken_to_is_named_by_its_setting() {
    let file = |text: &str| load(&format!("[storage]\n{text}"), &[], None).err().unwrap_or_default();
    assert_eq!(file(""), "");
    assert_eq!(file("bucket = 'b'\nendpoint = 'http://127.0.0.1:1'"), "");
    for (setting, text) in [
        ("endpoint", "bucket = 'b'\nendpoint = 'http://s3.example'"),
        ("sse", "bucket = 'b'\nsse = 'rot13'"),
        ("secret_access_key", "bucket = 'b'\naccess_key_id = 'a'"),
        ("presigned_downloads", "presigned_downloads = true"),
        ("presigned_downloads", "bucket = 'b'\npresigned_downloads = true\n[server]\nstrict = true"),
        ("sweep_age_seconds", "sweep_age_seconds = 59"),
        ("sweep_age_seconds", "sweep_age_seconds = 500\n[jobs]\nlease_seconds = 300"),
    ] {
        let refusal = file(text);
        assert!(refusal.contains(&format!("storage.{setting}")), "{refusal}");
    }
}

#[test]
fn no_debug_output_has_the_secret_of_the_bucket() {
    let variables = [
        ("UNLADE_STORAGE_BUCKET", "b"),
        ("UNLADE_STORAGE_ACCESS_KEY_ID", "id"),
        ("UNLADE_STORAGE_SECRET_ACCESS_KEY", "hush"),
    ];
    let config = load("", &variables, None).unwrap();
    assert_eq!(config.storage.bucket.as_ref().unwrap().secret_access_key, "hush");
    assert!(!format!("{:?}", config.storage).contains("hush"));
}

#[test]
fn a_node_of_many_needs_a_database_that_it_can_share() {
    let refused = load("[server]\nrole = 'worker'", &[], None).err().unwrap_or_default();
    assert!(refused.contains("server.role"), "{refused}");
    let file =
        "[server]\nrole = 'worker'\n[database]\nurl = 'postgres://u:secret@db/unlade'\nprofile = 'citus'";
    let config = load(file, &[("UNLADE_DATABASE_PREPARED", "false")], None).unwrap();
    let Database::Server(server) = config.database else { panic!("not a server") };
    assert_eq!((server.profile, server.prepared, server.snapshots), (db::Profile::Citus, false, 2));
    let shown = format!("{:?}", settings::Database { url: server.url, ..settings::Database::default() });
    assert!(!shown.contains("secret"), "{shown}");
}
