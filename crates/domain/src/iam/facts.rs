//! What is known of one request, by the names that conditions use.

use std::borrow::Cow;

use super::operator::Kind;

/// The keys that the server knows, as a condition writes them.
pub mod keys {
    /// When the request is decided, ISO 8601.
    pub const CURRENT_TIME: &str = "g:CurrentTime";
    /// The name of the account.
    pub const DOMAIN_NAME: &str = "g:DomainName";
    /// Whether the token was got with a second factor.
    pub const MFA_PRESENT: &str = "g:MFAPresent";
    /// For how many seconds such a token has been valid.
    pub const MFA_AGE: &str = "g:MFAAge";
    /// The name of the project.
    pub const PROJECT_NAME: &str = "g:ProjectName";
    /// The service that is asked.
    pub const SERVICE_NAME: &str = "g:ServiceName";
    /// The id of the IAM user.
    pub const USER_ID: &str = "g:UserId";
    /// The name of the IAM user.
    pub const USER_NAME: &str = "g:UserName";
    /// The enterprise project of the app, or else of the project.
    pub const ENTERPRISE_PROJECT_ID: &str = "g:EnterpriseProjectId";
    /// The address that the request came from.
    pub const SOURCE_IP: &str = "g:SourceIp";
    /// The region that was asked; a Resource may name one.
    pub const REQUESTED_REGION: &str = "g:RequestedRegion";
    /// The id of the caller's account; a Resource may name one.
    pub const PRINCIPAL_ACCOUNT: &str = "g:PrincipalAccount";
    /// The names of the tags in the request: as many values as there are tags.
    pub const TAG_KEYS: &str = "g:TagKeys";
    /// Before the name of a tag in the request.
    pub const REQUEST_TAG: &str = "g:RequestTag/";
    /// Before the name of a tag on what is asked for.
    pub const RESOURCE_TAG: &str = "g:ResourceTag/";
}

/// Every key, and what its values are.
const KNOWN: [(&str, Kind); 13] = [
    (keys::CURRENT_TIME, Kind::Time),
    (keys::DOMAIN_NAME, Kind::Text),
    (keys::MFA_PRESENT, Kind::Truth),
    (keys::MFA_AGE, Kind::Number),
    (keys::PROJECT_NAME, Kind::Text),
    (keys::SERVICE_NAME, Kind::Text),
    (keys::USER_ID, Kind::Text),
    (keys::USER_NAME, Kind::Text),
    (keys::ENTERPRISE_PROJECT_ID, Kind::Text),
    (keys::SOURCE_IP, Kind::Address),
    (keys::REQUESTED_REGION, Kind::Text),
    (keys::PRINCIPAL_ACCOUNT, Kind::Text),
    (keys::TAG_KEYS, Kind::Text),
];

/// Of these, what no request to this server has: nobody gets a token by a second factor, and tags of what is asked for are
/// not looked at before it is allowed.
const UNFILLED: [&str; 2] = [keys::MFA_AGE, keys::RESOURCE_TAG];

/// The tag's name follows, and its value may read as anything.
const TAGS: [&str; 2] = [keys::REQUEST_TAG, keys::RESOURCE_TAG];

/// A key of a condition.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// As the server writes it, if it knows it.
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
    /// Whether any request has it.
    pub(super) known: bool,
}

impl Key {
    /// A key is known in any case, but what follows a tag's prefix is the tag's own name.
    pub(super) fn of(name: &str) -> Self {
        for (known, kind) in KNOWN {
            if known.eq_ignore_ascii_case(name) {
                return Self { name: known.into(), kind, known: !UNFILLED.contains(&known) };
            }
        }
        for prefix in TAGS {
            if let Some((head, tag)) = name.split_at_checked(prefix.len())
                && head.eq_ignore_ascii_case(prefix)
                && !tag.is_empty()
            {
                let known = !UNFILLED.contains(&prefix);
                return Self { name: format!("{prefix}{tag}").into(), kind: Kind::Any, known };
            }
        }
        Self { name: name.into(), kind: Kind::Any, known: false }
    }
}

/// What is known of one request. A key that was given twice has two values.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    known: Vec<(Cow<'static, str>, String)>,
    /// The instance of the service in which what is asked for lies; no condition can ask for it, but a Resource can.
    instance: Option<String>,
}

impl Facts {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// And this. The key is one of [`keys`], in its case.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.add(key, value);
        self
    }

    /// And that what is asked for lies in this instance of the service.
    #[must_use]
    pub fn in_instance(self, instance: Option<&str>) -> Self {
        Self { instance: instance.map(str::to_owned), ..self }
    }

    /// The instance of the service in which what is asked for lies.
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// And this, if it is known.
    #[must_use]
    pub fn with_some(self, key: impl Into<Cow<'static, str>>, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// And all of these.
    #[must_use]
    pub fn and(mut self, others: &Facts) -> Self {
        self.known.extend_from_slice(&others.known);
        self
    }

    /// Adds one value of a key.
    pub fn add(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.known.push((key.into(), value.into()));
    }

    /// All values of a key.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.known.iter().filter(move |(known, _)| *known == key).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_in_any_case_and_a_tag_by_its_own_name() {
        let name = |name: &str| (Key::of(name).name.to_string(), Key::of(name).known);
        assert_eq!(name("G:username"), ("g:UserName".to_owned(), true));
        assert_eq!(name("g:requesttag/Team"), ("g:RequestTag/Team".to_owned(), true));
        assert_eq!(name("g:resourcetag/Team"), ("g:ResourceTag/Team".to_owned(), false));
        assert_eq!(name("G:mfaage"), ("g:MFAAge".to_owned(), false));
        assert_eq!(name("g:ResourceTag/"), ("g:ResourceTag/".to_owned(), false));
        assert_eq!(name("g:Usrname"), ("g:Usrname".to_owned(), false));
        assert_eq!(name("设备"), ("设备".to_owned(), false));
    }

    #[test]
    fn a_key_that_was_given_twice_has_two_values() {
        let facts = Facts::new().with(keys::TAG_KEYS, "a").with(keys::USER_ID, "u").with(keys::TAG_KEYS, "b");
        assert_eq!(facts.values(keys::TAG_KEYS).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(facts.with_some(keys::SOURCE_IP, None::<String>).values(keys::SOURCE_IP).count(), 0);
    }
}
