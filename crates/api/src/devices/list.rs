//! ListDevices

use axum::extract::State;
use domain::{Action, order::rule};
use store::devices::DeviceFilter;
use types::{Code, device::Devices, text};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_LIST, "Lists devices, newest first.")
        .asks(|query| (query.page(), filter(query)))
        .gives::<Devices>(200)
        .refuses(&[Code::StartAfterEnd, Code::AppMissing]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let found =
        api.store.devices().list(&permit, filter, page).await.map_err(super::foreign_app_is_missing)?;
    Ok(ok(&Devices { page: found.page(), devices: found.records }))
}

fn filter(query: &mut Query) -> DeviceFilter {
    let (start_ms, end_ms) = (query.moment("start_time"), query.moment("end_time"));
    if start_ms.zip(end_ms).is_some_and(|(start, end)| start >= end) {
        query.wrong(
            Code::StartAfterEnd,
            "start_time",
            text!("must be earlier than end_time", "必须早于end_time"),
        );
    }
    DeviceFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        product_id: query.text("product_id", rule::ID36, Code::InvalidInput),
        gateway_id: query.text("gateway_id", rule::ID128, Code::InvalidInput),
        is_cascade: query.boolean("is_cascade_query").unwrap_or(false),
        node_id: query.text("node_id", rule::NODE_ID, Code::InvalidInput),
        device_name: query.text("device_name", rule::DEVICE_NAME, Code::InvalidInput),
        start_ms,
        end_ms,
    }
}
