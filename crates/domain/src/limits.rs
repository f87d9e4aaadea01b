//! Every limit, with the documented value as default and its reason. All are settings (`[limits]`), so that
//! an operator can fit them to a fleet and a test need not make 30,000 devices.

use serde::Deserialize;

/// The limits in force.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Export tasks kept a user; the oldest goes. Documented: 50.
    pub export_kept: i64,
    /// Unfinished export tasks a user. Documented: 5.
    pub export_unfinished: i64,
    /// Seconds between two downloads of a user. Documented: 30.
    pub download_interval_seconds: i64,
    /// Targets given one by one to a batch task. Documented: 30,000.
    pub batch_targets: usize,
    /// Data rows of a batch task file. Documented: 100,000 on the current page.
    pub batch_file_rows: usize,
    /// Bytes of a batch task file. Not documented; 20 MiB holds 100,000 rows of every template.
    pub batch_file_bytes: u64,
    /// Batch task files a user. Documented: 10.
    pub batch_files: i64,
    /// Seconds that an unused batch task file is kept. Documented: an hour.
    pub batch_file_seconds: i64,
    /// Unfinished batch tasks a project. The code exists (014206), the number is not documented.
    pub batch_running: i64,
    /// Targets that one call retries, stops or confirms by name. Documented: 100.
    pub batch_named_targets: usize,
    /// Seconds that an upgrade waits for its device to come online. Not documented; a day.
    pub upgrade_online_seconds: i64,
    /// Messages kept a device, the newest. Documented: 20.
    pub device_messages: i64,
    /// Commands kept a device until it can be reached. Documented: 20.
    pub pending_commands: i64,
    /// Apps a project. Documented: 10.
    pub apps: i64,
    /// Products a project. Documented: 1,000.
    pub products: i64,
    /// Device groups a project. Documented: 1,000.
    pub device_groups: i64,
    /// Devices a static group. Documented: 20,000.
    pub group_devices: i64,
    /// OTA packages a project. Not documented.
    pub ota_packages: i64,
    /// Bytes of an OTA package that is uploaded. Not documented, because the cloud takes none.
    pub ota_package_bytes: u64,
    /// Devices a project. Documented: 2,000,000 in the standard edition.
    pub devices: i64,
    /// Sub-devices a gateway, on both levels. Documented: 50,000.
    pub gateway_devices: i64,
    /// Tags a device. Documented: 10.
    pub device_tags: i64,
    /// Wrong signatures or passwords in a row from one address that lock the key or the user there; 0 for none.
    /// Documented: 5.
    pub signature_failures: u32,
    /// Seconds that such a lock lasts. Documented: five minutes.
    pub lock_seconds: u32,
    /// Users of the account. Documented: 50.
    pub users: i64,
    /// User groups. Documented: 20.
    pub groups: i64,
    /// Policies that the account has made. Documented: 200.
    pub policies: i64,
    /// Agencies. Documented: 50.
    pub agencies: i64,
    /// Projects. Documented: 10 a region.
    pub projects: i64,
    /// Access keys a user. Documented: 2.
    pub access_keys: i64,
    /// Seconds that a token lasts. Documented: 24 hours.
    pub token_seconds: u32,
    /// Bytes of a JSON body. Documented: 12 MB at the gateway.
    pub request_bytes: usize,
    /// Bytes of bodies that are held in memory at a time, of all requests; further ones wait. Not documented; ten of the
    /// largest.
    pub held_bytes: usize,
    /// Requests a second of one user to one API. Documented: 50; 0 is none, or with `server.strict` the documented one.
    pub api_requests_per_second: u32,
    /// Requests a second of an account, which here is a project. Documented: 100; 0 as above.
    pub account_requests_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            export_kept: 50,
            export_unfinished: 5,
            download_interval_seconds: 30,
            batch_targets: 30_000,
            batch_file_rows: 100_000,
            batch_file_bytes: 20 << 20,
            batch_files: 10,
            batch_file_seconds: 3600,
            batch_running: 10,
            batch_named_targets: 100,
            upgrade_online_seconds: 86_400,
            device_messages: 20,
            pending_commands: 20,
            apps: 10,
            products: 1000,
            device_groups: 1000,
            group_devices: 20_000,
            ota_packages: 1000,
            ota_package_bytes: 512 << 20,
            devices: 2_000_000,
            gateway_devices: 50_000,
            device_tags: 10,
            signature_failures: 5,
            lock_seconds: 300,
            users: 50,
            groups: 20,
            policies: 200,
            agencies: 50,
            projects: 10,
            access_keys: 2,
            token_seconds: 86_400,
            request_bytes: 12 << 20,
            held_bytes: 128 << 20,
            api_requests_per_second: 0,
            account_requests_per_second: 0,
        }
    }
}

/// What the service documents of request rates.
const API_REQUESTS_PER_SECOND: u32 = 50;
const ACCOUNT_REQUESTS_PER_SECOND: u32 = 100;

impl Limits {
    /// As they are in force on a server that is `strict`, or is not: who runs at home need not be as slow as the cloud.
    #[must_use]
    pub fn for_server(self, strict: bool) -> Self {
        let or = |set: u32, documented: u32| if strict && set == 0 { documented } else { set };
        Self {
            api_requests_per_second: or(self.api_requests_per_second, API_REQUESTS_PER_SECOND),
            account_requests_per_second: or(self.account_requests_per_second, ACCOUNT_REQUESTS_PER_SECOND),
            ..self
        }
    }
}

/// A resumed download within this time of its counted start does not count again.
pub const DOWNLOAD_RESUME_SECONDS: i64 = 600;

/// Levels of device groups, one below the other. Documented: 5.
pub const GROUP_LEVELS: i64 = 5;

/// Static groups that a device may be in. Documented: 10.
pub const GROUPS_OF_DEVICE: i64 = 10;
