//! The roles that the service brings along, as documents of the same language: their own text is not public.

use types::Text;

use super::Policy;

/// A role that every account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id, which stands in grants.
    pub id: &'static str,
    /// Its name, which no policy of an account may have.
    pub name: &'static str,
    /// What it may do, for people.
    pub description: &'static str,
    /// What it may do.
    pub document: &'static str,
}

/// All rights on every service of the account but its users; here, on the one service that there is.
pub const TENANT_ADMINISTRATOR: Role = Role {
    id: "te_admin",
    name: "Tenant Administrator",
    description: "Full access to all services except IAM",
    document: r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:*"]}]}"#,
};

/// All rights on the service.
pub const FULL_ACCESS: Role = Role {
    id: "iotda_full_access",
    name: "IoTDA FullAccess",
    description: "Full access to IoTDA",
    document: r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:*"]}]}"#,
};

/// All that changes nothing: each action that does so begins with `query`.
pub const READ_ONLY_ACCESS: Role = Role {
    id: "iotda_read_only_access",
    name: "IoTDA ReadOnlyAccess",
    description: "Read-only access to IoTDA",
    document: r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:query*"]}]}"#,
};

/// Every role.
pub const ALL: [Role; 3] = [TENANT_ADMINISTRATOR, FULL_ACCESS, READ_ONLY_ACCESS];

impl Role {
    /// The role of that name.
    pub fn of(name: &str) -> Option<Role> {
        ALL.into_iter().find(|role| role.name == name)
    }

    /// The role, ready to be evaluated.
    pub fn policy(&self) -> Result<Policy, Text> {
        Policy::parse(self.name, self.document)
    }
}
