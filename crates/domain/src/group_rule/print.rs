//! A rule as text. Read again, it is the same rule.

use std::fmt::{self, Display, Formatter};

use types::time;

use super::{Condition, Field, GroupRule, Test};

impl Display for GroupRule {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (at, all) in self.0.iter().enumerate() {
            out.write_str(if at == 0 { "" } else { " OR " })?;
            for (at, condition) in all.iter().enumerate() {
                out.write_str(if at == 0 { "" } else { " AND " })?;
                condition.fmt(out)?;
            }
        }
        Ok(())
    }
}

impl Display for Condition {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Text(field, test) => {
                field.fmt(out)?;
                test.write(out, |value| value.replace('\'', "''"))
            }
            Condition::Created(test) => {
                out.write_str("create_time")?;
                test.write(out, |ms| time::iso_ms(*ms))
            }
        }
    }
}

impl Display for Field {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let named = Field::ALL.iter().find(|(_, field)| field == self);
        out.write_str(named.map_or("", |(name, _)| name))
    }
}

impl<V> Test<V> {
    fn write(&self, out: &mut Formatter<'_>, show: impl Fn(&V) -> String) -> fmt::Result {
        let list = |values: &[V]| {
            let values: Vec<_> = values.iter().map(|value| format!("'{}'", show(value))).collect();
            values.join(", ")
        };
        match self {
            Test::Is(value) => write!(out, " = '{}'", show(value)),
            Test::IsNot(value) => write!(out, " != '{}'", show(value)),
            Test::Below(value) => write!(out, " < '{}'", show(value)),
            Test::Above(value) => write!(out, " > '{}'", show(value)),
            Test::Begins(value) => write!(out, " like '{}%'", show(value)),
            Test::In(values) => write!(out, " in ({})", list(values)),
            Test::NotIn(values) => write!(out, " not in ({})", list(values)),
        }
    }
}
