//! Any document as a policy, and any request: refused by its place, or decided alike by whatever asks.
//!
//! An input is a document, then, from a line `---` on, a line `key=value` for each thing that is known of the request.
#![no_main]

use domain::Action;
use domain::iam::{Decision, Effect, Facts, Grants, Policy, Question, Resource, roles};
use libfuzzer_sys::fuzz_target;
use types::{Language, Text};

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];
/// Whoever reads a refusal reads this much.
const REFUSAL_CHARS: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (document, known) = text.split_once("\n---\n").unwrap_or((text, ""));
    let policy = match Policy::parse("fuzzed", document) {
        Ok(policy) => policy,
        Err(refused) => {
            assert!(LANGUAGES.iter().all(|one| said(&refused, *one) <= REFUSAL_CHARS), "{refused:?}");
            return;
        }
    };
    let every = Policy::parse("fuzzed", document).expect("it was read before");
    assert_eq!(every.warnings(), policy.warnings());
    let lines = known.lines().filter_map(|line| line.split_once('='));
    let mut facts = Facts::new().in_instance(Some("i1"));
    for (key, value) in lines {
        facts.add(key.to_owned(), value);
    }
    let alone = Grants::new(vec![policy]);
    let role = roles::FULL_ACCESS.policy().expect("a role is a policy");
    let beside = Grants::new(vec![role, every]);
    for action in Action::ALL.iter().map(|action| action.as_str()).chain(["obs:bucket:list", "", "::"]) {
        for resource in [Resource::Any, Resource::App("a1"), Resource::App("")] {
            let question = Question { action, resource, facts: &facts };
            judge(&alone, &question);
            judge(&beside, &question);
            let one = alone.decide(&question);
            if let Decision::Denied { explicit: true, .. } = one {
                assert!(!beside.decide(&question).is_allowed(), "a role took a Deny away");
            }
        }
    }
});

fn judge(grants: &Grants, question: &Question<'_>) {
    let decision = grants.decide(question);
    let explanation = grants.explain(question);
    let applies = |effect| explanation.looked.iter().find(|one| one.applies() && one.effect == effect);
    let decides = applies(Effect::Deny).or_else(|| applies(Effect::Allow));
    assert_eq!(decides.map(|one| &one.statement), decision.by());
    assert_eq!(explanation.decision, decision);
    assert!(LANGUAGES.iter().all(|one| said(&explanation.text(), *one) > 0));
}

fn said(text: &Text, language: Language) -> usize {
    text.in_language(language).chars().count()
}
