//! AddDeviceGroup

use axum::extract::State;
use domain::{
    Action, GroupRule,
    order::{Fields, rule},
};
use types::{Code, device_group::AddDeviceGroup, text};

use super::KINDS;
use crate::{Api, call::Call, error::Answer, respond::created};

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let app_id = fields.text("app_id", rule::ID36);
    let order = order(&mut fields);
    let (app_id, order) = fields.finish((app_id, order))?;
    let group = api.store.device_groups().add(&permit, app_id, order).await?;
    Ok(created(&group))
}

fn order(fields: &mut Fields<'_>) -> AddDeviceGroup {
    let is_dynamic = fields.word("group_type", &KINDS) == Some("DYNAMIC");
    let order = AddDeviceGroup {
        name: fields.required_text("name", rule::GROUP_TEXT64),
        description: fields.text("description", rule::GROUP_TEXT64),
        super_group_id: fields.text("super_group_id", rule::GROUP_ID),
        dynamic_group_rule: dynamic_rule(fields),
    };
    if is_dynamic {
        fields.required("dynamic_group_rule", order.dynamic_group_rule.as_ref().map(|_| ()));
        if order.super_group_id.is_some() {
            fields.wrong("super_group_id", text!("a dynamic group has none", "动态设备组不支持该参数"));
        }
    } else if order.dynamic_group_rule.is_some() {
        fields.wrong("dynamic_group_rule", text!("only a dynamic group has one", "仅动态设备组支持该参数"));
    }
    order
}

fn dynamic_rule(fields: &mut Fields<'_>) -> Option<String> {
    let value = fields.json("dynamic_group_rule")?;
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
