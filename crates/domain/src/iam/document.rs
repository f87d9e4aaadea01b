//! A whole policy document.

use std::sync::Arc;

use types::{Text, text};

use super::json::{Node, Place, shown};
use super::statement::Statement;

/// The documented number of statements of one policy.
pub const STATEMENTS: usize = 8;
/// Of a document. Ours: room for a policy at each of its limits with names as long as they are, and little to keep for
/// each of a user's policies. It bounds the number of values of a condition, too. How deep a document may nest is
/// bounded by the reader of JSON, at 128; a policy has seven levels.
pub const DOCUMENT_BYTES: usize = 64 * 1024;

/// What `Version` may be, and `1.0`, which is the version of roles that an account cannot make.
const VERSIONS: [&str; 2] = ["1.1", "5.0"];
const FIELDS: [&str; 2] = ["Version", "Statement"];

/// One policy: parsed once, evaluated often.
#[derive(Clone, Debug)]
pub struct Policy {
    name: Arc<str>,
    statements: Vec<Statement>,
    warnings: Vec<Text>,
}

impl Policy {
    /// Reads a document. What is refused is named by its place: `Statement[0].Action[2]: ...`.
    pub fn parse(name: &str, document: &str) -> Result<Policy, Text> {
        let most = DOCUMENT_BYTES;
        if document.len() > most {
            return Err(text!("the document has more than {most} bytes", "策略内容超过{most}字节"));
        }
        let node: Node = serde_json::from_str(document).map_err(|error| {
            text!("the document is not JSON: ", "策略内容不是合法的JSON：") + Text::same(error.to_string())
        })?;
        let place = Place::root();
        let (mut version, mut statements) = (None, None);
        for (field, node) in node.object(&Place::document())? {
            let at = place.field(&field);
            match field.as_str() {
                "Version" => at.once(&mut version, read_version(&at, node)?)?,
                "Statement" => at.once(&mut statements, read_statements(&at, node)?)?,
                _ => return Err(at.unknown(&FIELDS)),
            }
        }
        place.need("Version", version)?;
        let statements = place.need("Statement", statements)?;
        let at = place.field("Statement");
        let warnings =
            statements.iter().enumerate().flat_map(|(index, one)| one.warnings(&at.item(index))).collect();
        Ok(Policy { name: name.into(), statements, warnings })
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the document says that its author may not have meant: a key that nobody knows, an action that does not
    /// exist. It is valid nevertheless, because the service, or a later server, may know more.
    pub fn warnings(&self) -> &[Text] {
        &self.warnings
    }

    pub(super) fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

fn read_version(place: &Place, node: Node) -> Result<(), Text> {
    let version = node.text(place)?;
    if version == "1.0" {
        return Err(place.says(text!(
            "1.0 is the version of system roles; a policy has 1.1 or 5.0",
            "1.0是系统角色的版本，策略的版本是1.1或5.0"
        )));
    }
    if !VERSIONS.contains(&version.as_str()) {
        let said = shown(&version);
        return Err(place.says(text!("“{said}” must be 1.1 or 5.0", "“{said}”必须是1.1或5.0")));
    }
    Ok(())
}

fn read_statements(place: &Place, node: Node) -> Result<Vec<Statement>, Text> {
    let nodes = node.list(place)?;
    place.most(nodes.len(), STATEMENTS)?;
    let nodes = nodes.into_iter().enumerate();
    nodes.map(|(index, node)| Statement::read(&place.item(index), node)).collect()
}
