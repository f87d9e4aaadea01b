//! ListProducts

use axum::extract::State;
use domain::{Action, order::rule};
use store::products::ProductFilter;
use types::{Code, product::Products};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::PRODUCTS_LIST, "Lists products, newest first.")
        .asks(|query| (query.page(), filter(query)))
        .gives::<Products>(200)
        .refuses(&[Code::AppForeign]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let found = api.store.products().list(&permit, filter, page).await?;
    Ok(ok(&Products { page: found.page(), products: found.records }))
}

fn filter(query: &mut Query) -> ProductFilter {
    ProductFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        product_name: query.text("product_name", rule::NAME64, Code::InvalidInput),
    }
}
