//! AddDeviceGroup

use axum::extract::State;
use domain::{
    Action, GroupRule, group_rule,
    order::{Fields, Shape, rule},
};
use types::{
    Code,
    device_group::{AddDeviceGroup, DeviceGroup},
    text,
};

use super::KINDS;
use crate::{Api, call::Call, error::Answer, openapi::About, respond::created};

pub(crate) fn about(about: &mut About<'_>) {
    let kinds = KINDS.map(|(word, _)| word);
    about
        .lets(Action::GROUP_CREATE, "Adds a group of devices.")
        .takes_by(Code::InvalidInput, ("group_type", &kinds), Some("STATIC"), order)
        .gives::<DeviceGroup>(201)
        .refuses(&[
            Code::AppForeign,
            Code::ParentGroupMissing,
            Code::GroupNameTaken,
            Code::GroupQuota,
            Code::GroupTooDeep,
            Code::GroupDynamic,
        ]);
}

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_CREATE)?;
    let (app_id, order) = call.read(Code::InvalidInput, order)?;
    let group = api.store.device_groups().add(&permit, app_id, order).await?;
    Ok(created(&group))
}

fn order(fields: &mut Fields<'_>) -> (Option<String>, AddDeviceGroup) {
    let app_id = fields.text("app_id", rule::ID36);
    let is_dynamic = fields.word("group_type", &KINDS) == Some("DYNAMIC");
    let name = fields.required_text("name", rule::GROUP_TEXT64);
    let description = fields.text("description", rule::GROUP_TEXT64);
    let mut order = AddDeviceGroup { name, description, super_group_id: None, dynamic_group_rule: None };
    if is_dynamic {
        let rule = dynamic_rule(fields);
        order.dynamic_group_rule = Some(fields.required("dynamic_group_rule", rule));
        fields.refuse("super_group_id", text!("a dynamic group has none", "动态设备组不支持该参数"));
    } else {
        order.super_group_id = fields.text("super_group_id", rule::GROUP_ID);
        fields.refuse("dynamic_group_rule", text!("only a dynamic group has one", "仅动态设备组支持该参数"));
    }
    (app_id, order)
}

fn dynamic_rule(fields: &mut Fields<'_>) -> Option<String> {
    let written = || Shape::Written(group_rule::CHARS_MAX, "A rule, as docs/registry.md has its language.");
    let value = fields.given("dynamic_group_rule", written)?;
    let Some(text) = value.as_str() else {
        fields.wrong("dynamic_group_rule", text!("must be a string", "必须是字符串"));
        return None;
    };
    match GroupRule::parse(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            fields.wrong("dynamic_group_rule", error.text());
            None
        }
    }
}
