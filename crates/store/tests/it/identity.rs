//! The account: users, keys, tokens, policies, agencies and projects.

use std::collections::BTreeSet;

use domain::{ACCOUNT, Action, Caller, Limits, Permit, authorize};
use store::identity::{Grantee, PolicyOrder, Principal, ProjectOrder, UserOrder};
use types::Code;

use crate::{World, code, drivers, store, wait};

const READ: &str = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:query*"]}]}"#;

fn permit(action: Action) -> Permit {
    authorize(Caller::root("operator", ACCOUNT), action, ACCOUNT, 0).unwrap()
}

fn user(world: &World, name: &str) -> String {
    let order = UserOrder { user_name: Some(name.into()), ..UserOrder::default() };
    wait(world.store.create_user(&permit(Action::IAM_USERS_CREATE), order)).unwrap().user_id
}

fn project(world: &World, name: &str) -> String {
    let order = ProjectOrder { project_name: Some(name.into()), ..ProjectOrder::default() };
    wait(world.store.create_project(&permit(Action::IAM_PROJECTS_CREATE), order)).unwrap().project_id
}

fn policy(world: &World, name: &str) -> String {
    let order =
        PolicyOrder { policy_name: Some(name.into()), document: Some(READ.into()), ..PolicyOrder::default() };
    wait(world.store.create_policy(&permit(Action::IAM_ROLES_CREATE), order)).unwrap().policy_id
}

fn grant(world: &World, to: Grantee, project_id: Option<&str>, policy_id: &str) {
    let permit = permit(Action::IAM_GRANTS_ADD);
    wait(world.store.grant(&permit, to, project_id.map(str::to_owned), policy_id.into())).unwrap();
}

fn key(world: &World, user_id: &str) -> String {
    let permit = permit(Action::IAM_CREDENTIALS_CREATE);
    wait(world.store.create_key(&permit, user_id.into(), None, String::new())).unwrap().0.access_key_id
}

/// What the owner of a key may do in a project.
fn may(world: &World, access_key_id: &str, action: Action, project_id: &str) -> Result<(), Code> {
    let permanent = wait(world.store.known_key(access_key_id.into())).unwrap();
    let known = match permanent {
        Some(known) => known,
        None => wait(world.store.known_temporary_key(access_key_id.into()))
            .unwrap()
            .ok_or(Code::Unauthenticated)?,
    };
    let caller = wait(world.store.caller(known.principal, project_id, known.revision));
    let caller = caller.map_err(|error| code::<()>(Err(error)))?;
    authorize(caller, action, project_id, 0).map(|_| ()).map_err(|fault| fault.code)
}

fn principal(user_id: &str, project_id: &str) -> Principal {
    Principal {
        user_id: user_id.into(),
        user_name: user_id.into(),
        root: false,
        project_id: project_id.into(),
        session: None,
    }
}

#[test]
fn a_right_counts_from_the_next_request_on_and_no_longer_than_it_is_granted() {
    drivers(&Limits::default(), |world| {
        let (user_id, home) = (user(world, "ops"), world.root.project_id.as_str());
        let (key, policy_id) = (key(world, &user_id), policy(world, "reads"));
        let reads = || may(world, &key, Action::DEVICES_LIST, home);
        assert_eq!(reads(), Err(Code::Denied));
        let groups = permit(Action::IAM_GROUPS_CREATE);
        let group =
            wait(world.store.create_group(&groups, "readers".into(), String::new())).unwrap().group_id;
        grant(world, Grantee::Group(group.clone()), Some(home), &policy_id);
        assert_eq!(reads(), Err(Code::Denied));
        wait(world.store.add_member(&groups, group.clone(), user_id.clone())).unwrap();
        assert_eq!(reads(), Ok(()));
        assert_eq!(may(world, &key, Action::DEVICES_DELETE, home), Err(Code::Denied));
        let granted = world.store.delete_policy(&groups, policy_id.clone());
        assert_eq!(code(wait(granted)), Code::IamTaken);
        wait(world.store.remove_member(&groups, group.clone(), user_id.clone())).unwrap();
        assert_eq!(reads(), Err(Code::Denied));
        grant(world, Grantee::User(user_id.clone()), None, &policy_id);
        assert_eq!(reads(), Ok(()));
        let off = UserOrder { enabled: Some(false), ..UserOrder::default() };
        wait(world.store.update_user(&groups, user_id, off)).unwrap();
        assert_eq!(reads(), Err(Code::Unauthenticated));
    });
}

#[test]
fn a_key_that_was_made_for_a_project_shows_nothing_of_it() {
    drivers(&Limits::default(), |world| {
        let (user_id, home) = (user(world, "ops"), world.root.project_id.clone());
        let (other, policy_id) = (project(world, "other"), policy(world, "reads"));
        let seen = || {
            let projects = wait(world.store.projects_of(principal(&user_id, &home))).unwrap();
            projects.into_iter().map(|project| project.project_id).collect::<BTreeSet<_>>()
        };
        assert!(seen().is_empty());
        grant(world, Grantee::User(user_id.clone()), Some(&other), &policy_id);
        assert_eq!(seen(), BTreeSet::from([other.clone()]));
        grant(world, Grantee::User(user_id.clone()), None, &policy_id);
        assert_eq!(seen(), BTreeSet::from([home.clone(), other]));
    });
}

#[test]
fn tokens_and_temporary_keys_end_and_are_no_more_than_two_hundred() {
    drivers(&Limits::default(), |world| {
        let user_id = user(world, "ops");
        let issue =
            || wait(world.store.issue_token(user_id.clone(), None, None, "password".into(), 60)).unwrap().0;
        let make = || {
            let home = world.root.project_id.clone();
            wait(world.store.make_temporary_key(user_id.clone(), None, home, None, 900))
                .unwrap()
                .access_key_id
        };
        let token = |text: &str| wait(world.store.known_token(text.into())).unwrap().is_some();
        let known = |id: &str| wait(world.store.known_temporary_key(id.into())).unwrap().is_some();
        let (first_token, first_key) = (issue(), make());
        assert!(token(&first_token) && known(&first_key));
        assert!(wait(world.store.known_key(first_key.clone())).unwrap().is_none(), "it is no permanent one");
        let mut last = (first_token.clone(), first_key.clone());
        for _ in 0..200 {
            world.clock.advance(1);
            last = (issue(), make());
        }
        assert!(!token(&first_token) && !known(&first_key));
        assert!(token(&last.0) && known(&last.1));
        world.clock.advance(60_000);
        assert!(!token(&last.0) && known(&last.1));
        world.clock.advance(840_000);
        assert!(!known(&last.1));
    });
}

#[test]
fn names_are_taken_once_and_limits_hold() {
    let limits = Limits { users: 2, projects: 2, access_keys: 1, ..Limits::default() };
    drivers(&limits, |world| {
        let user_id = user(world, "ops");
        let order = UserOrder { user_name: Some("more".into()), ..UserOrder::default() };
        let more = permit(Action::IAM_CREDENTIALS_CREATE);
        assert_eq!(code(wait(world.store.create_user(&more, order))), Code::IamQuota);
        key(world, &user_id);
        let create = world.store.create_key(&more, user_id.clone(), None, String::new());
        assert_eq!(code(wait(create)), Code::IamQuota);
        let other = project(world, "other");
        let order = ProjectOrder { project_name: Some("other".into()), ..ProjectOrder::default() };
        let home = world.root.project_id.clone();
        let change = world.store.update_project(&more, home, order.clone());
        assert_eq!(code(wait(change)), Code::IamTaken);
        assert_eq!(wait(world.store.update_project(&more, other.clone(), order)).unwrap().project_id, other);
        let order = ProjectOrder { project_name: Some("third".into()), ..ProjectOrder::default() };
        assert_eq!(code(wait(world.store.create_project(&more, order))), Code::IamQuota);
        policy(world, "reads");
        let order = PolicyOrder {
            policy_name: Some("IoTDA FullAccess".into()),
            document: Some(READ.into()),
            ..PolicyOrder::default()
        };
        assert_eq!(code(wait(world.store.create_policy(&more, order))), Code::IamTaken);
    });
}

#[test]
fn an_agency_that_is_gone_gives_nothing_more() {
    drivers(&Limits::default(), |world| {
        let (user_id, home) = (user(world, "ops"), world.root.project_id.clone());
        let agencies = permit(Action::IAM_AGENCIES_CREATE);
        let agency = wait(world.store.create_agency(&agencies, "auditor".into(), String::new())).unwrap();
        grant(world, Grantee::Agency(agency.agency_id.clone()), Some(&home), &policy(world, "reads"));
        let assumed = Some(agency.agency_id.clone());
        let made = world.store.make_temporary_key(user_id.clone(), assumed.clone(), home.clone(), None, 900);
        let id = wait(made).unwrap().access_key_id;
        assert_eq!(may(world, &id, Action::DEVICES_LIST, &home), Ok(()));
        assert_eq!(may(world, &id, Action::DEVICES_FREEZE, &home), Err(Code::Denied));
        wait(world.store.delete_agency(&agencies, agency.agency_id)).unwrap();
        assert_eq!(may(world, &id, Action::DEVICES_LIST, &home), Err(Code::Unauthenticated));
    });
}
