//! What makes two export tasks "the same condition": they share one result file, which the newer task's
//! success replaces.

use sha2::{Digest, Sha256};
use types::export_task::AppType;

/// The condition of an export task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The IAM user who asks.
    pub user_id: String,
    /// In which project.
    pub project_id: String,
    /// The Source's name.
    pub resource_type: String,
    /// Canonical JSON: the Source's own keys in the Source's own order.
    pub resource_condition: String,
    /// The Format's name.
    pub export_format: String,
    /// The scope.
    pub app_type: AppType,
    /// The app of scope APP. An app named with scope GLOBAL narrows nothing and is no part of the condition.
    pub app_id: Option<String>,
}

impl Condition {
    /// The same for the same condition, different for any other: each part is hashed with its length.
    pub fn key(&self) -> String {
        let scope = if self.app_type == AppType::App { self.app_id.as_deref() } else { None };
        let parts = [
            self.user_id.as_str(),
            &self.project_id,
            &self.resource_type,
            &self.resource_condition,
            &self.export_format,
            self.app_type.as_str(),
            scope.unwrap_or_default(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_named_with_global_does_not_count() {
        let global = Condition {
            user_id: "u".into(),
            project_id: "p".into(),
            resource_type: "BatchTask".into(),
            resource_condition: r#"{"task_id":"ab"}"#.into(),
            export_format: "xls".into(),
            app_type: AppType::Global,
            app_id: None,
        };
        let named = Condition { app_id: Some("a".into()), ..global.clone() };
        let app = Condition { app_type: AppType::App, ..named.clone() };
        assert_eq!(global.key(), named.key());
        assert_ne!(named.key(), app.key());
        assert_ne!(app.key(), Condition { app_id: Some("b".into()), ..app.clone() }.key());
        assert_ne!(global.key(), Condition { user_id: "v".into(), ..global.clone() }.key());
    }
}
