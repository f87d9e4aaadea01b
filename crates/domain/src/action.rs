//! What can be allowed: one action an operation, in the words of the API's documentation.

/// What a policy can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    name: &'static str,
    of: Of,
    adds: bool,
}

/// What an action is about, which decides what a policy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// The account: its users, groups, policies and projects.
    Domain,
    /// The project as a whole.
    Project,
    /// One app of it, or what belongs to one.
    App,
}

/// `adds` stands behind what takes room that it does not give back.
macro_rules! actions {
    ($($name:ident = $of:ident $text:literal $($adds:ident)?;)*) => {
        impl Action {
            $(
                #[doc = $text]
                pub const $name: Action = Action { name: $text, of: Of::$of, adds: actions!(@adds $($adds)?) };
            )*
            /// Every action of the operations that exist.
            pub const ALL: &[Action] = &[$(Action::$name,)*];
        }
    };
    (@adds) => { false };
    (@adds adds) => { true };
}

actions! {
    APPS_CREATE = Project "iotda:apps:create" adds;
    APPS_LIST = App "iotda:apps:queryList";
    APPS_QUERY = App "iotda:apps:query";
    APPS_MODIFY = App "iotda:apps:modify";
    APPS_DELETE = App "iotda:apps:delete";
    PRODUCTS_CREATE = App "iotda:products:create" adds;
    PRODUCTS_LIST = App "iotda:products:queryList";
    PRODUCTS_QUERY = App "iotda:products:query";
    PRODUCTS_MODIFY = App "iotda:products:modify";
    PRODUCTS_DELETE = App "iotda:products:delete";
    DEVICES_REGISTER = App "iotda:devices:register" adds;
    DEVICES_LIST = App "iotda:devices:queryList";
    DEVICES_QUERY = App "iotda:devices:query";
    DEVICES_MODIFY = App "iotda:devices:modify";
    DEVICES_RESET_SECRET = App "iotda:devices:resetSecret";
    DEVICES_FREEZE = App "iotda:devices:freeze";
    DEVICES_UNFREEZE = App "iotda:devices:unfreeze";
    DEVICES_DELETE = App "iotda:devices:delete";
    TAGS_BIND = App "iotda:tags:bind" adds;
    TAGS_UNBIND = App "iotda:tags:unbind";
    TAGS_QUERY_RESOURCES = App "iotda:tags:queryResources";
    SHADOW_QUERY = App "iotda:shadow:query";
    SHADOW_CONFIG = App "iotda:shadow:config" adds;
    SHADOW_DELETE = App "iotda:shadow:delete";
    DEVICES_GROUPS_LIST = App "iotda:devices:queryGroupList";
    GROUP_CREATE = App "iotda:group:create" adds;
    GROUP_LIST = App "iotda:group:queryList";
    GROUP_QUERY = App "iotda:group:query";
    GROUP_MODIFY = App "iotda:group:modify";
    GROUP_DELETE = App "iotda:group:delete";
    GROUP_ADD_DEVICE = App "iotda:group:addDevice" adds;
    GROUP_DEVICES_LIST = App "iotda:group:queryDeviceList";
    BATCHTASKFILES_CREATE = Project "iotda:batchtaskfiles:create" adds;
    BATCHTASKFILES_LIST = Project "iotda:batchtaskfiles:queryList";
    BATCHTASKFILES_DELETE = Project "iotda:batchtaskfiles:delete";
    BATCHTASKS_CREATE = App "iotda:batchtasks:create" adds;
    BATCHTASKS_LIST = App "iotda:batchtasks:queryList";
    BATCHTASKS_QUERY = App "iotda:batchtasks:query";
    BATCHTASKS_RETRY = App "iotda:batchtasks:retry";
    BATCHTASKS_STOP = App "iotda:batchtasks:stop";
    BATCHTASKS_CONFIRM = App "iotda:batchtasks:confirm";
    BATCHTASKS_DELETE = App "iotda:batchtasks:delete";
    EXPORTTASKS_CREATE = App "iotda:exporttasks:create" adds;
    EXPORTTASKS_LIST = App "iotda:exporttasks:queryList";
    EXPORTTASKS_QUERY = App "iotda:exporttasks:query";
    EXPORTTASKS_DELETE = App "iotda:exporttasks:delete";
    OTAPACKAGES_CREATE = App "iotda:otapackages:create" adds;
    OTAPACKAGES_LIST = App "iotda:otapackages:queryList";
    OTAPACKAGES_QUERY = App "iotda:otapackages:query";
    OTAPACKAGES_DELETE = App "iotda:otapackages:delete";
    IAM_USERS_CREATE = Domain "iam:users:createUser" adds;
    IAM_USERS_LIST = Domain "iam:users:listUsers";
    IAM_USERS_GET = Domain "iam:users:getUser";
    IAM_USERS_UPDATE = Domain "iam:users:updateUser";
    IAM_USERS_DELETE = Domain "iam:users:deleteUser";
    IAM_CREDENTIALS_CREATE = Domain "iam:credentials:createCredential" adds;
    IAM_CREDENTIALS_LIST = Domain "iam:credentials:listCredentials";
    IAM_CREDENTIALS_GET = Domain "iam:credentials:getCredential";
    IAM_CREDENTIALS_UPDATE = Domain "iam:credentials:updateCredential";
    IAM_CREDENTIALS_DELETE = Domain "iam:credentials:deleteCredential";
    IAM_GROUPS_CREATE = Domain "iam:groups:createGroup" adds;
    IAM_GROUPS_LIST = Domain "iam:groups:listGroups";
    IAM_GROUPS_GET = Domain "iam:groups:getGroup";
    IAM_GROUPS_UPDATE = Domain "iam:groups:updateGroup";
    IAM_GROUPS_DELETE = Domain "iam:groups:deleteGroup";
    IAM_MEMBERS_ADD = Domain "iam:permissions:addUserToGroup" adds;
    IAM_MEMBERS_CHECK = Domain "iam:permissions:checkUserInGroup";
    IAM_MEMBERS_REMOVE = Domain "iam:permissions:removeUserFromGroup";
    IAM_ROLES_CREATE = Domain "iam:roles:createRole" adds;
    IAM_ROLES_LIST = Domain "iam:roles:listRoles";
    IAM_ROLES_GET = Domain "iam:roles:getRole";
    IAM_ROLES_UPDATE = Domain "iam:roles:updateRole";
    IAM_ROLES_DELETE = Domain "iam:roles:deleteRole";
    IAM_GRANTS_ADD = Domain "iam:permissions:grantRole" adds;
    IAM_GRANTS_LIST = Domain "iam:permissions:listRoles";
    IAM_GRANTS_CHECK = Domain "iam:permissions:checkRole";
    IAM_GRANTS_REVOKE = Domain "iam:permissions:revokeRole";
    IAM_AGENCIES_CREATE = Domain "iam:agencies:createAgency" adds;
    IAM_AGENCIES_LIST = Domain "iam:agencies:listAgencies";
    IAM_AGENCIES_GET = Domain "iam:agencies:getAgency";
    IAM_AGENCIES_UPDATE = Domain "iam:agencies:updateAgency";
    IAM_AGENCIES_DELETE = Domain "iam:agencies:deleteAgency";
    IAM_AGENCIES_ASSUME = Domain "iam:agencies:assume";
    IAM_PROJECTS_CREATE = Domain "iam:projects:createProject" adds;
    IAM_PROJECTS_LIST = Domain "iam:projects:listProjects";
    IAM_PROJECTS_GET = Domain "iam:projects:getProject";
    IAM_PROJECTS_UPDATE = Domain "iam:projects:updateProject";
    AUDIT_LIST = Domain "cts:trace:list";
}

impl Action {
    /// The action's name in a policy.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// What it is about.
    pub const fn of(self) -> Of {
        self.of
    }

    /// Whether it changes anything; what does not lists, shows or checks.
    pub fn changes(self) -> bool {
        let verb = self.name.rsplit(':').next().unwrap_or_default();
        !["list", "get", "query", "check"].iter().any(|reads| verb.starts_with(reads))
    }

    /// Whether it takes room that it does not give back: new records, files and work. What only reads, changes
    /// a record in place or deletes does not, and goes on when the disk is short of space.
    pub const fn adds(self) -> bool {
        self.adds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_something_takes_room_and_nothing_else_does() {
        for action in Action::ALL {
            let verb = action.as_str().rsplit(':').next().unwrap();
            let makes = ["create", "register", "add", "grant", "bind", "config"]
                .iter()
                .any(|word| verb.starts_with(word));
            assert_eq!(action.adds(), makes, "{}", action.as_str());
        }
    }
}
