//! The paths of the identity service and its neighbours.

use super::Endpoint;
use crate::{
    answering::{Answering, delete, get, head, patch, post, put},
    iam,
};

/// Every endpoint of the identity service and its neighbours, which know no project but those that they are about.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let rows = who().into_iter().chain(may());
    rows.map(|(operation, path, endpoint)| (operation, path.to_owned(), endpoint)).chain(grants()).collect()
}

/// Tokens, projects, users and groups.
fn who() -> Vec<(&'static str, &'static str, Answering)> {
    vec![
        ("CreateToken", "/v3/auth/tokens", post(iam::tokens::create)),
        ("ShowToken", "/v3/auth/tokens", get(iam::tokens::show)),
        ("RevokeToken", "/v3/auth/tokens", delete(iam::tokens::revoke)),
        ("ListAuthProjects", "/v3/auth/projects", get(iam::projects::list_own)),
        ("ListAuthDomains", "/v3/auth/domains", get(iam::domains::list)),
        ("CreateTemporaryAccessKey", "/v3.0/OS-CREDENTIAL/securitytokens", post(iam::temporary_keys::create)),
        ("ListProjects", "/v3/projects", get(iam::projects::list)),
        ("CreateProject", "/v3/projects", post(iam::projects::create)),
        ("ShowProject", "/v3/projects/{project_id}", get(iam::projects::show)),
        ("UpdateProject", "/v3/projects/{project_id}", patch(iam::projects::update)),
        (
            "MigrateResource",
            "/v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate",
            post(iam::enterprise_projects::migrate),
        ),
        ("ListUsers", "/v3/users", get(iam::users::list)),
        ("CreateUser", "/v3/users", post(iam::users::create)),
        ("ShowUser", "/v3/users/{user_id}", get(iam::users::show)),
        ("UpdateUser", "/v3/users/{user_id}", patch(iam::users::update).put(iam::users::update)),
        ("DeleteUser", "/v3/users/{user_id}", delete(iam::users::delete)),
        ("ChangePassword", "/v3/users/{user_id}/password", post(iam::users::change_password)),
        ("ListGroupsOfUser", "/v3/users/{user_id}/groups", get(iam::members::list_groups)),
        ("ListProjectsOfUser", "/v3/users/{user_id}/projects", get(iam::projects::list_of_user)),
        ("ListGroups", "/v3/groups", get(iam::groups::list)),
        ("CreateGroup", "/v3/groups", post(iam::groups::create)),
        ("ShowGroup", "/v3/groups/{group_id}", get(iam::groups::show)),
        ("UpdateGroup", "/v3/groups/{group_id}", patch(iam::groups::update).put(iam::groups::update)),
        ("DeleteGroup", "/v3/groups/{group_id}", delete(iam::groups::delete)),
        ("ListUsersOfGroup", "/v3/groups/{group_id}/users", get(iam::members::list_users)),
        ("AddUserToGroup", "/v3/groups/{group_id}/users/{user_id}", put(iam::members::add)),
        ("CheckUserInGroup", "/v3/groups/{group_id}/users/{user_id}", head(iam::members::check)),
        ("RemoveUserFromGroup", "/v3/groups/{group_id}/users/{user_id}", delete(iam::members::remove)),
    ]
}

/// Keys, policies and agencies.
fn may() -> Vec<(&'static str, &'static str, Answering)> {
    vec![
        ("ListAccessKeys", "/v3.0/OS-CREDENTIAL/credentials", get(iam::credentials::list)),
        ("CreateAccessKey", "/v3.0/OS-CREDENTIAL/credentials", post(iam::credentials::create)),
        ("ShowAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", get(iam::credentials::show)),
        ("UpdateAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", put(iam::credentials::update)),
        ("DeleteAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", delete(iam::credentials::delete)),
        ("ListRoles", "/v3/roles", get(iam::policies::list)),
        ("ShowRole", "/v3/roles/{role_id}", get(iam::policies::show)),
        ("ListCustomPolicies", "/v3.0/OS-ROLE/roles", get(iam::policies::list_own)),
        ("CreateCustomPolicy", "/v3.0/OS-ROLE/roles", post(iam::policies::create)),
        ("ShowCustomPolicy", "/v3.0/OS-ROLE/roles/{role_id}", get(iam::policies::show)),
        (
            "UpdateCustomPolicy",
            "/v3.0/OS-ROLE/roles/{role_id}",
            patch(iam::policies::update).put(iam::policies::update),
        ),
        ("DeleteCustomPolicy", "/v3.0/OS-ROLE/roles/{role_id}", delete(iam::policies::delete)),
        ("ListAgencies", "/v3.0/OS-AGENCY/agencies", get(iam::agencies::list)),
        ("CreateAgency", "/v3.0/OS-AGENCY/agencies", post(iam::agencies::create)),
        ("ShowAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", get(iam::agencies::show)),
        ("UpdateAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", put(iam::agencies::update)),
        ("DeleteAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", delete(iam::agencies::delete)),
    ]
}

/// Where something is granted, and to whom: the path of what is granted, and what stands behind a grant's own path.
const GRANTED: [(&str, &str); 8] = [
    ("/v3/projects/{project_id}/groups/{group_id}/roles", ""),
    ("/v3/projects/{project_id}/users/{user_id}/roles", ""),
    ("/v3.0/OS-AGENCY/projects/{project_id}/agencies/{agency_id}/roles", ""),
    ("/v3/domains/{domain_id}/groups/{group_id}/roles", ""),
    ("/v3/domains/{domain_id}/users/{user_id}/roles", ""),
    ("/v3.0/OS-AGENCY/domains/{domain_id}/agencies/{agency_id}/roles", ""),
    ("/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles", "/inherited_to_projects"),
    ("/v3.0/OS-INHERIT/domains/{domain_id}/agencies/{agency_id}/roles", "/inherited_to_projects"),
];

/// Grants of policies.
fn grants() -> impl Iterator<Item = Endpoint> {
    GRANTED.into_iter().flat_map(|(roles, end)| {
        let (all, one) = (format!("{roles}{end}"), format!("{roles}/{{role_id}}{end}"));
        [
            ("ListGrants", all, get(iam::grants::list)),
            ("AddGrant", one.clone(), put(iam::grants::add)),
            ("CheckGrant", one.clone(), head(iam::grants::check)),
            ("RevokeGrant", one, delete(iam::grants::revoke)),
        ]
    })
}
