//! What answers at a path: axum's router of methods, which does not tell its methods, beside what the document of the API
//! is made from.

use axum::{
    handler::Handler,
    routing::{MethodFilter, MethodRouter},
};

use crate::{Api, openapi::About};

/// What answers at a path.
pub(crate) struct Answering {
    pub(crate) methods: MethodRouter<Api>,
    /// The methods that it answers, as OpenAPI writes them.
    pub(crate) named: Vec<&'static str>,
    /// What it says about itself.
    pub(crate) about: Option<fn(&mut About<'_>)>,
}

impl Answering {
    fn and<H: Handler<T, Api>, T: 'static>(
        mut self,
        named: &'static str,
        by: MethodFilter,
        handler: H,
    ) -> Self {
        self.named.push(named);
        Self { methods: self.methods.on(by, handler), ..self }
    }

    pub(crate) fn told(self, about: fn(&mut About<'_>)) -> Self {
        Self { about: Some(about), ..self }
    }

    pub(crate) fn head<H: Handler<T, Api>, T: 'static>(self, handler: H) -> Self {
        self.and("head", MethodFilter::HEAD, handler)
    }

    pub(crate) fn put<H: Handler<T, Api>, T: 'static>(self, handler: H) -> Self {
        self.and("put", MethodFilter::PUT, handler)
    }
}

pub(crate) fn nobody() -> Answering {
    Answering { methods: MethodRouter::new(), named: Vec::new(), about: None }
}

pub(crate) fn get<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().and("get", MethodFilter::GET, handler)
}

pub(crate) fn post<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().and("post", MethodFilter::POST, handler)
}

pub(crate) fn put<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().put(handler)
}

pub(crate) fn patch<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().and("patch", MethodFilter::PATCH, handler)
}

pub(crate) fn delete<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().and("delete", MethodFilter::DELETE, handler)
}

pub(crate) fn head<H: Handler<T, Api>, T: 'static>(handler: H) -> Answering {
    nobody().head(handler)
}
