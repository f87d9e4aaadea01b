//! Who may do what. [`authorize`] is the only maker of a [`Permit`], and no operation compiles without one.
//! Today the account's root may do everything and nobody else exists; IAM policies come behind this gate.

use types::{Code, Fault};

/// What a policy can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    name: &'static str,
    adds: bool,
}

/// `adds` stands behind what takes room that it does not give back.
macro_rules! actions {
    ($($name:ident = $text:literal $($adds:ident)?;)*) => {
        impl Action {
            $(
                #[doc = $text]
                pub const $name: Action = Action { name: $text, adds: actions!(@adds $($adds)?) };
            )*
            /// Every action of the operations that exist.
            pub const ALL: &[Action] = &[$(Action::$name,)*];
        }
    };
    (@adds) => { false };
    (@adds adds) => { true };
}

actions! {
    APPS_CREATE = "iotda:apps:create" adds;
    APPS_LIST = "iotda:apps:queryList";
    APPS_QUERY = "iotda:apps:query";
    PRODUCTS_CREATE = "iotda:products:create" adds;
    PRODUCTS_LIST = "iotda:products:queryList";
    PRODUCTS_QUERY = "iotda:products:query";
    DEVICES_REGISTER = "iotda:devices:register" adds;
    DEVICES_LIST = "iotda:devices:queryList";
    DEVICES_QUERY = "iotda:devices:query";
    DEVICES_FREEZE = "iotda:devices:freeze";
    DEVICES_UNFREEZE = "iotda:devices:unfreeze";
    DEVICES_DELETE = "iotda:devices:delete";
    BATCHTASKFILES_CREATE = "iotda:batchtaskfiles:create" adds;
    BATCHTASKFILES_LIST = "iotda:batchtaskfiles:queryList";
    BATCHTASKFILES_DELETE = "iotda:batchtaskfiles:delete";
    BATCHTASKS_CREATE = "iotda:batchtasks:create" adds;
    BATCHTASKS_LIST = "iotda:batchtasks:queryList";
    BATCHTASKS_QUERY = "iotda:batchtasks:query";
    BATCHTASKS_DELETE = "iotda:batchtasks:delete";
    EXPORTTASKS_CREATE = "iotda:exporttasks:create" adds;
    EXPORTTASKS_LIST = "iotda:exporttasks:queryList";
    EXPORTTASKS_QUERY = "iotda:exporttasks:query";
    EXPORTTASKS_DELETE = "iotda:exporttasks:delete";
}

impl Action {
    /// The action's name in a policy.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// Whether it takes room that it does not give back: new records, files and work. What only reads, changes
    /// a record in place or deletes does not, and goes on when the disk is short of space.
    pub const fn adds(self) -> bool {
        self.adds
    }
}

/// Who sent a request, proven by a signature.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The IAM user.
    pub user_id: String,
    /// The project that the key belongs to.
    pub project_id: String,
    /// Whether it is the account's root.
    pub root: bool,
}

/// Proof that a caller may do one action in one project.
#[derive(Clone, Debug)]
pub struct Permit {
    caller: Caller,
    action: Action,
}

impl Permit {
    /// The project that the action may touch.
    pub fn project_id(&self) -> &str {
        &self.caller.project_id
    }

    /// The IAM user, whose limits count.
    pub fn user_id(&self) -> &str {
        &self.caller.user_id
    }

    /// What it permits.
    pub fn action(&self) -> Action {
        self.action
    }
}

/// The gate: may `caller` do `action` in the project that the path names?
pub fn authorize(caller: Caller, action: Action, project_id: &str) -> Result<Permit, Fault> {
    if caller.project_id != project_id {
        return Err(Code::ForeignProject.into());
    }
    if !caller.root {
        return Err(Code::Denied.into());
    }
    Ok(Permit { caller, action })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(root: bool) -> Caller {
        Caller { user_id: "u".into(), project_id: "p".into(), root }
    }

    #[test]
    fn what_makes_something_takes_room_and_nothing_else_does() {
        for action in Action::ALL {
            let makes = action.as_str().ends_with(":create") || action.as_str().ends_with(":register");
            assert_eq!(action.adds(), makes, "{}", action.as_str());
        }
    }

    #[test]
    fn the_project_is_asked_before_the_action() {
        let refused =
            |root, project| authorize(caller(root), Action::APPS_LIST, project).map_err(|fault| fault.code);
        assert_eq!(refused(false, "other").unwrap_err(), Code::ForeignProject);
        assert_eq!(refused(false, "p").unwrap_err(), Code::Denied);
        assert_eq!(refused(true, "p").unwrap().action(), Action::APPS_LIST);
    }
}
