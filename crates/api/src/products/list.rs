//! ListProducts

use axum::extract::State;
use domain::{Action, order::rule};
use store::products::ProductFilter;
use types::{Code, product::Products};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_LIST)?;
    let mut query = call.query()?;
    let page = query.page();
    let filter = ProductFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        product_name: query.text("product_name", rule::NAME64, Code::InvalidInput),
    };
    query.finish(())?;
    let found = api.store.products().list(&permit, filter, page).await?;
    Ok(ok(&Products { page: found.page(), products: found.records }))
}
