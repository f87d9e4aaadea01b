//! Paging as the v5 lists do it: newest first, `marker` = only records below that id, then `offset`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::RecordId;

/// What a caller asked for.
#[derive(Clone, Copy, Debug)]
pub struct PageOrder {
    /// Records a page, 1 to 50.
    pub limit: i64,
    /// Only records with a smaller id.
    pub marker: RecordId,
    /// Records to skip behind the marker, 0 to 500.
    pub offset: i64,
}

/// One page of records.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The records, newest first.
    pub records: Vec<T>,
    /// How many records match in all, whatever the page.
    pub count: i64,
    /// The id of the last record.
    pub marker: Option<RecordId>,
}

/// `page` of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page {
    /// How many records match in all.
    pub count: i64,
    /// The id of the last record answered; absent from an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
}

impl<T> Paged<T> {
    /// The answer's `page`.
    pub fn page(&self) -> Page {
        Page { count: self.count, marker: self.marker.map(|id| id.to_string()) }
    }
}
