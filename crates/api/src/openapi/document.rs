//! `docs/openapi.json` is what the code makes, and holds every row of the router.

use std::{collections::BTreeSet, fs, path::Path};

use domain::Limits;
use serde_json::Value as Json;

use super::{Server, of, text};
use crate::router;

const DOCUMENT: &str = "docs/openapi.json";

fn usual() -> Server {
    Server { limits: Limits::default(), strict: false }
}

#[test]
fn openapi_json_is_what_the_code_reads() {
    let (path, made) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(DOCUMENT), text(&usual()));
    if std::env::var_os("UNLADE_UPDATE_DOCS").is_some() {
        #[expect(clippy::disallowed_methods, reason = "a generated document in the source tree, asked for")]
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{DOCUMENT} is stale: UNLADE_UPDATE_DOCS=1 cargo test -p unlade-api openapi_json");
}

#[test]
fn every_row_of_the_router_is_in_it_and_nothing_else() {
    let document = of(&usual());
    let told: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(|method| (path.clone(), method.clone()))
        })
        .collect();
    let served: BTreeSet<(String, String)> = router::endpoints()
        .flat_map(|(_, path, answering)| {
            answering.named.into_iter().map(move |method| (path.clone(), method.into()))
        })
        .collect();
    assert_eq!(told, served);
}

#[test]
fn every_operation_of_a_project_says_what_it_does_and_what_it_answers() {
    let document = of(&usual());
    for (name, path, answering) in router::endpoints().filter(|(_, path, _)| path.starts_with("/v5/")) {
        assert!(answering.about.is_some(), "{name}");
        for method in answering.named {
            let operation = &document["paths"][&path][method];
            assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
            let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
            assert!(statuses.iter().any(|status| status.starts_with('2')), "{name}: {statuses:?}");
        }
    }
}

#[test]
fn a_limit_that_is_set_stands_in_it() {
    let limit = |document: Json| {
        let body =
            &document["paths"]["/v5/iot/{project_id}/batchtasks/{task_id}/stop"]["post"]["requestBody"];
        body["content"]["application/json"]["schema"]["properties"]["targets"]["maxItems"].clone()
    };
    assert_eq!(limit(of(&usual())), 100);
    let server = Server { limits: Limits { batch_named_targets: 7, ..Limits::default() }, strict: true };
    assert_eq!(limit(of(&server)), 7);
}
