//! ShowApplications

use axum::extract::State;
use domain::Action;
use types::{Code, app::Apps, text};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_LIST)?;
    let mut query = call.query()?;
    let default_app = match query.get("default_app") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            query.wrong(
                Code::InvalidInput,
                "default_app",
                text!("must be true or false", "取值只能是true或false"),
            );
            None
        }
    };
    let applications = api.store.apps().list(&permit, query.finish(default_app)?).await?;
    Ok(ok(&Apps { applications }))
}
