//! What bodies and queries of these paths have in common: one object in the body, named for what it is about.

use domain::{
    iam::names::{self, NAME128},
    order::{
        Fields,
        rule::{self, Rule},
    },
};
use serde_json::Value as Json;
use store::identity::Domain;
use types::{Code, Fault, text};

use crate::query::Query;

/// Reads the one object that a body has: `{"user": {...}}`.
pub(super) fn read<'v, T>(
    body: &'v Json,
    name: &str,
    read: impl FnOnce(&mut Fields<'v>) -> T,
) -> Result<T, Fault> {
    let mut fields = Fields::of(body, Code::IamInvalid)?;
    match inner(&mut fields, name, read) {
        Some(value) => fields.finish(value),
        None => Err(fields.finish(()).err().unwrap_or(Code::IamInvalid.into())),
    }
}

/// Reads an object that must be there.
pub(super) fn inner<'v, T>(
    fields: &mut Fields<'v>,
    name: &str,
    read: impl FnOnce(&mut Fields<'v>) -> T,
) -> Option<T> {
    let value = fields.within(name, read);
    if fields.json(name).is_none() {
        fields.wrong(name, text!("is required", "不能为空"));
    }
    value
}

/// A user's name, which begins with a letter.
pub(super) fn user_name_of(fields: &mut Fields<'_>) -> Option<String> {
    let name = fields.text("name", names::USER)?;
    if let Err(why) = names::of_user(&name) {
        fields.wrong("name", why);
        return None;
    }
    Some(name)
}

/// A field that may name the account, which there is one of.
pub(super) fn of_domain(fields: &mut Fields<'_>, name: &str, domain: &Domain) {
    let known = [&domain.domain_id, &domain.domain_name];
    if let Some(named) = fields.text(name, NAME128)
        && !known.contains(&&named)
    {
        fields.wrong(name, text!("is not this account", "不是当前账号"));
    }
}

/// The part of a list that a query asks for by `page` and `per_page`; without them, all of it.
pub(super) fn paged<T>(query: &mut Query, all: Vec<T>) -> Vec<T> {
    let per_page = query.whole("per_page", 1, 300, 300, Code::IamInvalid) as usize;
    let page = query.whole("page", 1, 1_000_000, 1, Code::IamInvalid) as usize;
    if query.get("page").is_none() && query.get("per_page").is_none() {
        return all;
    }
    all.into_iter().skip((page - 1) * per_page).take(per_page).collect()
}

/// A parameter that an id or a name is compared with.
pub(super) fn sought(query: &mut Query, name: &str) -> Option<String> {
    query.text(name, NAME128, Code::IamInvalid)
}

/// `true` or `false`.
pub(super) fn truth(query: &mut Query, name: &str) -> Option<bool> {
    match query.get(name)? {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => {
            query.wrong(Code::IamInvalid, name, text!("must be true or false", "取值只能是true或false"));
            None
        }
    }
}

/// An enterprise project's id: `0` or a UUID.
pub(super) const ENTERPRISE_PROJECT: Rule = rule::ID36;
