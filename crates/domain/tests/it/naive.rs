//! The language once more, read straight off the JSON, as slow and as plain as can be: what the evaluator is judged by.

use serde_json::Value;
use unlade_domain::iam::Resource;

/// `Some(true)` allowed, `Some(false)` denied by a statement, `None` nobody allowed it.
pub(crate) fn decide(
    documents: &[Value],
    action: &str,
    resource: Resource<'_>,
    instance: Option<&str>,
    facts: &[(String, String)],
) -> Option<bool> {
    let statements = documents.iter().flat_map(|document| document["Statement"].as_array().unwrap());
    let applies: Vec<bool> = statements
        .filter(|one| {
            about_action(one, action)
                && about_resource(one, resource, instance, facts)
                && conditions(one, facts)
        })
        .map(|one| one["Effect"] == "Allow")
        .collect();
    if applies.contains(&false) { Some(false) } else { applies.first().copied() }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        list => list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect(),
    }
}

fn wild(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], rest) => rest.is_empty(),
        (['*', after @ ..], _) => (0..=text.len()).any(|taken| wild(after, &text[taken..])),
        (['?', after @ ..], [_, rest @ ..]) => wild(after, rest),
        ([one, after @ ..], [other, rest @ ..]) => one == other && wild(after, rest),
        _ => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    wild(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

fn about_action(statement: &Value, action: &str) -> bool {
    let (action, all) = (action.to_lowercase(), texts(&statement["Action"]));
    all.iter().any(|written| {
        let written = written.to_lowercase();
        written == "*" || written.split(':').zip(action.split(':')).all(|(one, other)| matches(one, other))
    })
}

fn about_resource(
    statement: &Value,
    resource: Resource<'_>,
    instance: Option<&str>,
    facts: &[(String, String)],
) -> bool {
    if statement.get("Resource").is_none() {
        return true;
    }
    let known = |key: &str, pattern: &str| match facts.iter().find(|(known, _)| known == key) {
        _ if pattern == "*" => true,
        Some((_, value)) => matches(pattern, value),
        None => statement["Effect"] == "Deny",
    };
    texts(&statement["Resource"]).iter().any(|written| {
        if *written == "*" {
            return true;
        }
        let parts: Vec<&str> = written.split(':').collect();
        let thing = match resource {
            Resource::Any => parts[3..] == ["*", "*"],
            Resource::App(id) => matches(parts[3], "app") && matches(parts[4], id),
        };
        let around = |id| !matches(parts[3], "app") && matches(parts[3], "instance") && matches(parts[4], id);
        (thing || instance.is_some_and(around))
            && matches(&parts[0].to_lowercase(), "iotda")
            && known("g:RequestedRegion", parts[1])
            && known("g:PrincipalAccount", parts[2])
    })
}

fn conditions(statement: &Value, facts: &[(String, String)]) -> bool {
    let Some(conditions) = statement.get("Condition") else { return true };
    conditions.as_object().unwrap().iter().all(|(operator, keys)| {
        keys.as_object().unwrap().iter().all(|(key, values)| {
            let known: Vec<&str> =
                facts.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect();
            holds(operator, &texts(values), &known)
        })
    })
}

fn holds(operator: &str, values: &[&str], known: &[&str]) -> bool {
    let (prefix, name) = operator.split_once(':').unwrap_or(("", operator));
    let (name, if_exists) = (name.replace("IfExists", ""), name.ends_with("IfExists"));
    let (base, negated) = (name.replace("Not", "").replace("AnyOf", ""), name.contains("Not"));
    let empty = known.iter().all(|text| text.is_empty());
    match base.as_str() {
        "Null" | "IsNull" => return values.contains(&known.is_empty().to_string().as_str()) != negated,
        "IsNullOrEmpty" => return values.contains(&empty.to_string().as_str()),
        _ => {}
    }
    if known.is_empty() {
        return if_exists || prefix == "ForAllValues";
    }
    let positive = |known: &str| values.iter().any(|value| compares(&base, known, value));
    match prefix {
        "ForAllValues" => known.iter().filter(|one| positive(one) == negated).count() == 0,
        "ForAnyValue" => known.iter().filter(|one| positive(one) != negated).count() > 0,
        _ if negated => known.iter().filter(|one| positive(one)).count() == 0,
        _ => known.iter().filter(|one| positive(one)).count() > 0,
    }
}

/// Only for values that the properties make: short numbers, times in UTC, networks of IPv4.
fn compares(base: &str, known: &str, value: &str) -> bool {
    let (low, lower) = (known.to_lowercase(), value.to_lowercase());
    let numbers = || Some((known.parse::<f64>().ok()?, value.parse::<f64>().ok()?));
    let number = |test: fn(&f64, &f64) -> bool| numbers().is_some_and(|(one, other)| test(&one, &other));
    let time = |test: fn(&str, &str) -> bool| known.ends_with('Z') && test(known, value);
    match base {
        "StringEquals" => known == value,
        "StringEqualsIgnoreCase" => low == lower,
        "StringLike" => low.contains(&lower),
        "StringStartWith" => low.starts_with(&lower),
        "StringEndWith" => low.ends_with(&lower),
        "StringMatch" => matches(value, known),
        "NumberEquals" => number(f64::eq),
        "NumberLessThan" => number(f64::lt),
        "NumberLessThanEquals" => number(f64::le),
        "NumberGreaterThan" => number(f64::gt),
        "NumberGreaterThanEquals" => number(f64::ge),
        "DateLessThan" => time(|one, other| one < other),
        "DateLessThanEquals" => time(|one, other| one <= other),
        "DateGreaterThan" => time(|one, other| one > other),
        "DateGreaterThanEquals" => time(|one, other| one >= other),
        "Bool" => low == lower,
        "IpAddress" => {
            let (network, prefix) = value.split_once('/').unwrap_or((value, "32"));
            let bits = |text: &str| {
                let octets: Option<Vec<u64>> = text.split('.').map(|octet| octet.parse().ok()).collect();
                octets
                    .filter(|octets| octets.len() == 4)
                    .map(|octets| octets.iter().fold(0, |sum, octet| sum * 256 + octet))
            };
            let size = 1_u64 << (32 - prefix.parse::<u32>().unwrap());
            bits(known).is_some_and(|known| Some(known / size) == bits(network).map(|network| network / size))
        }
        other => panic!("{other}"),
    }
}
