//! ListDeviceGroups

use axum::extract::State;
use domain::{Action, order::rule};
use store::device_groups::GroupFilter;
use types::{Code, device_group::DeviceGroups};

use super::KINDS;
use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_LIST, "Lists groups.")
        .asks(|query| (query.page(), filter(query)))
        .gives::<DeviceGroups>(200)
        .refuses(&[Code::AppForeign]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let found = api.store.device_groups().list(&permit, filter, page).await?;
    Ok(ok(&DeviceGroups { page: found.page(), device_groups: found.records }))
}

fn filter(query: &mut Query) -> GroupFilter {
    GroupFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        name: query.text("name", rule::GROUP_TEXT64, Code::InvalidInput),
        group_type: query.word("group_type", &KINDS, Code::InvalidInput).map(str::to_owned),
        modified_after_ms: query.moment("last_modified_time"),
    }
}
