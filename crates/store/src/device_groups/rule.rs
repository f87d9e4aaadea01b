//! The rule of a dynamic group as SQL about a device `d`. Values are arguments, never text; what is compared is the
//! same on every server, because nothing depends on how one compares letters of another case or what its LIKE takes.

use db::Value;
use domain::group_rule::{Condition, Field, GroupRule, Test};

/// A condition in SQL, and the values of its places.
pub(super) struct Where<'r> {
    pub(super) sql: String,
    args: Vec<Value<'r>>,
}

impl<'r> Where<'r> {
    /// Behind `args`, which another part of the statement has.
    pub(super) fn of(rule: &'r GroupRule, args: &[Value<'r>]) -> Self {
        let mut out = Self { sql: String::new(), args: args.to_vec() };
        let any: Vec<_> = rule.0.iter().map(|all| format!("({})", out.all(all))).collect();
        out.sql = format!("({})", any.join(" OR "));
        out
    }

    /// The arguments of the whole statement.
    pub(super) fn args(&self) -> &[Value<'r>] {
        &self.args
    }

    /// The place of one more argument.
    pub(super) fn place(&mut self, value: Value<'r>) -> String {
        self.args.push(value);
        format!("?{}", self.args.len())
    }

    fn all(&mut self, all: &'r [Condition]) -> String {
        let (of_tags, others): (Vec<_>, Vec<_>) = all.iter().partition(|condition| condition.is_of_tag());
        let mut parts: Vec<_> = others.into_iter().map(|condition| self.condition(condition)).collect();
        if !of_tags.is_empty() {
            let of_tag: Vec<_> = of_tags.into_iter().map(|condition| self.condition(condition)).collect();
            parts.push(format!(
                "EXISTS (SELECT 1 FROM tag t WHERE t.project_id = d.project_id AND t.device_id = d.device_id AND {})",
                of_tag.join(" AND ")
            ));
        }
        parts.join(" AND ")
    }

    fn condition(&mut self, condition: &'r Condition) -> String {
        match condition {
            Condition::Created(test) => self.test("d.created_ms", test, |ms| Value::Int(*ms)),
            Condition::Text(Field::GroupId, test) => self.member(test),
            Condition::Text(field, test) => self.test(column(*field), test, |text| Value::Text(text)),
        }
    }

    fn member(&mut self, test: &'r Test<String>) -> String {
        let (not, ids) = match test {
            Test::IsNot(id) => ("NOT ", std::slice::from_ref(id)),
            Test::NotIn(ids) => ("NOT ", ids.as_slice()),
            Test::In(ids) => ("", ids.as_slice()),
            Test::Is(id) | Test::Below(id) | Test::Above(id) | Test::Begins(id) => {
                ("", std::slice::from_ref(id))
            }
        };
        let places = self.places(ids, |text| Value::Text(text));
        format!(
            "{not}EXISTS (SELECT 1 FROM group_member g
               WHERE g.project_id = d.project_id AND g.device_id = d.device_id AND g.group_id IN ({places}))"
        )
    }

    fn test<V>(&mut self, column: &str, test: &'r Test<V>, value: impl Fn(&'r V) -> Value<'r>) -> String {
        match test {
            Test::Is(with) => format!("{column} = {}", self.place(value(with))),
            Test::IsNot(with) => format!("{column} <> {}", self.place(value(with))),
            Test::Below(with) => format!("{column} < {}", self.place(value(with))),
            Test::Above(with) => format!("{column} > {}", self.place(value(with))),
            // Not LIKE: SQLite's finds `a` in `A`.
            Test::Begins(with) => {
                let place = self.place(value(with));
                format!("SUBSTR({column}, 1, LENGTH({place})) = {place}")
            }
            Test::In(all) => format!("{column} IN ({})", self.places(all, value)),
            Test::NotIn(all) => format!("{column} NOT IN ({})", self.places(all, value)),
        }
    }

    fn places<V>(&mut self, all: &'r [V], value: impl Fn(&'r V) -> Value<'r>) -> String {
        let places: Vec<_> = all.iter().map(|one| self.place(value(one))).collect();
        places.join(", ")
    }
}

/// What a field is in SQL. What a device lacks is empty, which no value of a rule is.
fn column(field: Field) -> &'static str {
    match field {
        Field::AppId => "d.app_id",
        Field::DeviceId => "d.device_id",
        Field::GatewayId => "d.gateway_id",
        Field::ProductId => "d.product_id",
        Field::DeviceName => "COALESCE(d.device_name, '')",
        Field::NodeId => "d.node_id",
        Field::Status => "CASE WHEN d.frozen <> 0 THEN 'FROZEN' ELSE d.status END",
        Field::NodeType => "d.node_type",
        Field::SwVersion => "COALESCE(d.sw_version, '')",
        Field::FwVersion => "COALESCE(d.fw_version, '')",
        Field::Marker => "d.record_id",
        Field::TagKey => "t.tag_key",
        Field::TagValue => "COALESCE(t.tag_value, '')",
        // Is asked of `group_member`, not of a column.
        Field::GroupId => "''",
    }
}
