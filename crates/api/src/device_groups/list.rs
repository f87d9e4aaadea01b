//! ListDeviceGroups

use axum::extract::State;
use domain::{Action, order::rule};
use store::device_groups::GroupFilter;
use types::{Code, Text, device_group::DeviceGroups, text};

use super::KINDS;
use crate::{Api, call::Call, error::Answer, query::Query, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_LIST)?;
    let mut query = call.query()?;
    let page = query.page();
    let filter = GroupFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        name: query.text("name", rule::GROUP_TEXT64, Code::InvalidInput),
        group_type: group_type(&mut query),
        modified_after_ms: query.moment("last_modified_time"),
    };
    query.finish(())?;
    let found = api.store.device_groups().list(&permit, filter, page).await?;
    Ok(ok(&DeviceGroups { page: found.page(), device_groups: found.records }))
}

fn group_type(query: &mut Query) -> Option<String> {
    let given = query.get("group_type")?;
    if let Some((_, known)) = KINDS.iter().find(|(word, _)| *word == given) {
        return Some((*known).to_owned());
    }
    let words = KINDS.map(|(word, _)| word);
    query.wrong(
        Code::InvalidInput,
        "group_type",
        text!("must be one of ", "取值只能是") + Text::words(&words),
    );
    None
}
