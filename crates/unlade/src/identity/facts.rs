//! `--fact KEY=VALUE`: what is known of the request that is asked about.

use domain::iam::{Facts, keys};

use crate::error::Error;

const KEYS: [&str; 13] = [
    keys::CURRENT_TIME,
    keys::DOMAIN_NAME,
    keys::MFA_PRESENT,
    keys::MFA_AGE,
    keys::PROJECT_NAME,
    keys::SERVICE_NAME,
    keys::USER_ID,
    keys::USER_NAME,
    keys::ENTERPRISE_PROJECT_ID,
    keys::SOURCE_IP,
    keys::REQUESTED_REGION,
    keys::PRINCIPAL_ACCOUNT,
    keys::TAG_KEYS,
];

/// What was given, each key as the server writes it.
pub(super) fn given(facts: &[String]) -> Result<Vec<(String, String)>, Error> {
    facts.iter().map(|fact| one(fact)).collect()
}

fn one(fact: &str) -> Result<(String, String), Error> {
    let Some((key, value)) = fact.split_once('=') else {
        return Err(Error::Input(format!("--fact: {fact:?} is not KEY=VALUE")));
    };
    let known = KEYS.into_iter().find(|known| known.eq_ignore_ascii_case(key));
    let is_tag = [keys::REQUEST_TAG, keys::RESOURCE_TAG].iter().any(|prefix| key.starts_with(prefix));
    match known {
        Some(known) => Ok((known.to_owned(), value.to_owned())),
        None if is_tag => Ok((key.to_owned(), value.to_owned())),
        None => Err(Error::Input(format!(
            "--fact: {key:?} is no key of a condition; there are {}",
            KEYS.join(", ")
        ))),
    }
}

/// What the server knows by itself, with `given` in its place.
pub(super) fn known(by_itself: &Facts, given: &[(String, String)]) -> Facts {
    let mut facts = Facts::new().in_instance(by_itself.instance());
    for key in KEYS.into_iter().filter(|key| !given.iter().any(|(given, _)| given == key)) {
        by_itself.values(key).for_each(|value| facts.add(key, value));
    }
    given.iter().for_each(|(key, value)| facts.add(key.clone(), value.clone()));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_stands_for_what_the_server_would_know() {
        let by_itself = Facts::new().with(keys::USER_NAME, "ops").with(keys::CURRENT_TIME, "now");
        let given =
            given(&["g:currenttime=2030-01-01T00:00:00Z".into(), "g:TagKeys=a".into(), "g:TagKeys=b".into()]);
        let facts = known(&by_itself, &given.unwrap());
        let values = |key| facts.values(key).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(values(keys::CURRENT_TIME), ["2030-01-01T00:00:00Z"]);
        assert_eq!(
            (values(keys::USER_NAME), values(keys::TAG_KEYS)),
            (vec!["ops".to_owned()], vec!["a".to_owned(), "b".to_owned()])
        );
        assert!(one("g:Usrname=a").is_err() && one("g:UserName").is_err());
        assert!(one("g:ResourceTag/Team=a").is_ok());
    }
}
