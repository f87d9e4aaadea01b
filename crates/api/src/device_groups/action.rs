//! CreateOrDeleteDeviceInGroup. One action allows both, as the service has it.

use axum::extract::State;
use domain::{Action, order::rule};
use types::{Code, Text, text};

use crate::{Api, audit, call::Call, error::Answer, query::Query, respond::done};

pub(crate) async fn action(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_ADD_DEVICE)?;
    let group_id = super::id(&call)?;
    let mut query = call.query()?;
    let (adds, device_id) = (adds(&mut query), device_id(&mut query));
    let (adds, device_id) = query.finish((adds, device_id))?;
    audit::device(&device_id);
    let groups = api.store.device_groups();
    if adds {
        groups.add_device(&permit, group_id, device_id).await?;
    } else {
        groups.remove_device(&permit, group_id, device_id).await?;
    }
    Ok(done())
}

fn adds(query: &mut Query) -> bool {
    let action = query.get("action_id");
    if !matches!(action, Some("addDevice" | "removeDevice")) {
        let words = Text::words(&["addDevice", "removeDevice"]);
        query.wrong(Code::InvalidInput, "action_id", text!("must be one of ", "取值只能是") + words);
        return false;
    }
    action == Some("addDevice")
}

fn device_id(query: &mut Query) -> String {
    if query.get("device_id").is_none() {
        query.wrong(Code::InvalidInput, "device_id", text!("is required", "不能为空"));
    }
    query.text("device_id", rule::ID128, Code::InvalidInput).unwrap_or_default()
}
