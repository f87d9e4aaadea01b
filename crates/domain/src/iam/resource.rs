//! What an action is done to, and what a statement says of it: `service:region:account:type:path`.

use types::{Text, text};

use super::facts::{Facts, keys};
use super::json::{Place, shown};
use super::pattern::{Case, Pattern};
use super::statement::Effect;

/// The documented length of one entry of Resource.
pub const RESOURCE_CHARS: usize = 128;

/// The service, as a resource begins.
const SERVICE: &str = "iotda";
const APP: &str = "app";
const INSTANCE: &str = "instance";

/// What an action is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The project as a whole: the resource type of the action is "-".
    Any,
    /// An app.
    App(&'a str),
}

impl Resource<'_> {
    /// As a policy would name it.
    pub fn name(&self) -> String {
        match self {
            Resource::Any => "*".to_owned(),
            Resource::App(id) => format!("{SERVICE}:*:*:{APP}:{id}"),
        }
    }
}

/// One entry of a statement's Resource.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// `*`
    All,
    Parts(Box<[Pattern; 5]>),
}

impl Entry {
    pub(super) fn read(place: &Place, written: &str) -> Result<Self, Text> {
        if written.chars().count() > RESOURCE_CHARS {
            let most = RESOURCE_CHARS;
            return Err(place.says(text!("has more than {most} characters", "超过{most}个字符")));
        }
        if written == "*" {
            return Ok(Entry::All);
        }
        let parts: Vec<&str> = written.splitn(5, ':').collect();
        let Ok([service, region, account, kind, path]) = <[&str; 5]>::try_from(parts) else {
            return Err(place.says(form(written)));
        };
        if [service, region, account, kind, path].contains(&"") {
            return Err(place.says(form(written)));
        }
        let word = |text| Pattern::stars(text, Case::Ignored);
        let path = Pattern::stars(path, Case::Kept);
        Ok(Entry::Parts(Box::new([word(service), word(region), word(account), word(kind), path])))
    }

    /// Whether it names `resource`. The project as a whole is named by what names everything, and by what names the
    /// instance that all of it lies in, which must be called one: `*` for its type could mean an app. A region or an account that is named, where nobody knows which is asked, is taken as what the caller likes least.
    pub(super) fn names(&self, resource: Resource<'_>, facts: &Facts, effect: Effect) -> bool {
        let Entry::Parts(parts) = self else { return true };
        let [service, region, account, kind, path] = parts.as_ref();
        let is = |part: &Pattern, key| {
            part.is_all()
                || facts.values(key).next().map_or(effect == Effect::Deny, |known| part.matches(known))
        };
        let thing = match resource {
            Resource::Any => kind.is_all() && path.is_all(),
            Resource::App(id) => kind.matches(APP) && path.matches(id),
        };
        let around = kind.matches(INSTANCE) && !kind.matches(APP);
        let around = around && facts.instance().is_some_and(|id| path.matches(id));
        (thing || around)
            && service.matches(SERVICE)
            && is(region, keys::REQUESTED_REGION)
            && is(account, keys::PRINCIPAL_ACCOUNT)
    }

    /// Whether it names something of this server.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Entry::All => true,
            Entry::Parts(parts) => {
                parts[0].matches(SERVICE) && (parts[3].matches(APP) || parts[3].matches(INSTANCE))
            }
        }
    }
}

fn form(written: &str) -> Text {
    let said = shown(written);
    text!(
        "“{said}” is neither * nor service:region:account:type:path, like IoTDA:*:*:app:0ab87cee",
        "“{said}”既不是*，也不是“服务:区域:账号:资源类型:资源路径”，例如IoTDA:*:*:app:0ab87cee"
    )
}
