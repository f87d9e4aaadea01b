//! The account over HTTP, in the identity service's own paths and shapes (Keystone's, version 3, and the service's
//! additions): tokens, projects, temporary keys, and the administration of users, groups, keys, policies and agencies.
//! `docs/iam-api.md` has the table. Refusals have Keystone's shape, too (`respond`).

pub(crate) mod agencies;
mod asked;
pub(crate) mod credentials;
pub(crate) mod domains;
pub(crate) mod enterprise_projects;
pub(crate) mod grants;
pub(crate) mod groups;
pub(crate) mod members;
mod order;
mod passwords;
pub(crate) mod policies;
pub(crate) mod projects;
mod scope;
mod shape;
pub(crate) mod temporary_keys;
pub(crate) mod tokens;
pub(crate) mod users;

pub(crate) use passwords::Passwords;

/// Where these endpoints lie.
const PATHS: [&str; 3] = ["/v3/", "/v3.0/", "/v1.0/enterprise-projects/"];

/// Whether a path is one of the identity service's, which tells of refusals in a form of its own.
pub(crate) fn speaks_at(path: &str) -> bool {
    PATHS.iter().any(|ours| path.starts_with(ours))
}
