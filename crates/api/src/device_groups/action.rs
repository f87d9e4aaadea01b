//! CreateOrDeleteDeviceInGroup. One action allows both, as the service has it.

use axum::extract::State;
use domain::{Action, order::rule};
use types::Code;

use crate::{Api, audit, call::Call, error::Answer, openapi::About, query::Query, respond::done};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_ADD_DEVICE, "Puts a device into a static group, or takes it out.")
        .of_ids(rule::GROUP_ID, Code::GroupMissing)
        .asks(order)
        .gives_nothing(200)
        .refuses(&[
            Code::DeviceMissing,
            Code::DeviceInGroup,
            Code::DeviceNotInGroup,
            Code::GroupFull,
            Code::GroupsOfDeviceQuota,
            Code::GroupDynamic,
        ]);
}

pub(crate) async fn action(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_ADD_DEVICE)?;
    let group_id = super::id(&call)?;
    let (adds, device_id) = call.asked(order)?;
    audit::device(&device_id);
    let groups = api.store.device_groups();
    if adds {
        groups.add_device(&permit, group_id, device_id).await?;
    } else {
        groups.remove_device(&permit, group_id, device_id).await?;
    }
    Ok(done())
}

fn order(query: &mut Query) -> (bool, String) {
    let actions = [("addDevice", true), ("removeDevice", false)];
    let adds = query.word("action_id", &actions, Code::InvalidInput);
    let device_id = query.text("device_id", rule::ID128, Code::InvalidInput);
    let adds = query.required("action_id", adds, Code::InvalidInput);
    (adds, query.required("device_id", device_id, Code::InvalidInput))
}
