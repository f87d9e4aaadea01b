//! Every limit of this crate, with its reason, and how they travel to the child as arguments.

use thiserror::Error;

const MIB: u64 = 1024 * 1024;

/// What an uploaded file may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself. 20 MiB: the largest upload the API takes.
    pub file_bytes: u64,
    /// Entries of the container. 200: a workbook with all its trimmings has some dozens.
    pub entries: u64,
    /// Bytes of one entry, inflated. 192 MiB: a sheet of 100,000 rows and 64 short columns, with room.
    pub part_bytes: u64,
    /// Bytes of all entries, inflated. 256 MiB.
    pub inflated_bytes: u64,
    /// How many times its size an entry above 1 MiB may inflate to. 200: sheets reach some dozens, bombs a thousand.
    pub inflated_ratio: u64,
    /// Rows below the header. 100,000: the limit of the API for one file.
    pub rows: u64,
    /// Columns. 64: several times what any template has.
    pub columns: u64,
    /// Bytes of one cell as UTF-8. 4,096: the longest field of the API is half of that.
    pub cell_bytes: u64,
    /// Address space of the child. 512 MiB: the largest entry, its strings and their index fit.
    pub memory_bytes: u64,
    /// Processor time of the child. 20 s: the largest file takes about one.
    pub cpu_seconds: u64,
    /// Time from start to end, including what the consumer of the rows takes between them. 30 s.
    pub wall_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 20 * MIB,
            entries: 200,
            part_bytes: 192 * MIB,
            inflated_bytes: 256 * MIB,
            inflated_ratio: 200,
            rows: 100_000,
            columns: 64,
            cell_bytes: 4096,
            memory_bytes: 512 * MIB,
            cpu_seconds: 20,
            wall_ms: 30_000,
        }
    }
}

/// An argument that is not one of [`Limits::arguments`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0} is not a limit of parse-upload")]
pub struct UnknownArgument(String);

impl Limits {
    /// The limits as arguments of a command, e.g. `--rows-max=100000`.
    pub fn arguments(&self) -> Vec<String> {
        self.clone().fields().into_iter().map(|(name, value)| format!("--{name}-max={value}")).collect()
    }

    /// Reads what [`Limits::arguments`] wrote; a limit that is not named keeps its default.
    ///
    /// # Errors
    /// The first argument that is unknown or not a number.
    pub fn from_arguments(
        arguments: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, UnknownArgument> {
        let mut limits = Self::default();
        for argument in arguments {
            let argument = argument.as_ref();
            limits.set(argument).ok_or_else(|| UnknownArgument(argument.to_owned()))?;
        }
        Ok(limits)
    }

    fn set(&mut self, argument: &str) -> Option<()> {
        let (name, value) = argument.strip_prefix("--")?.split_once("-max=")?;
        let value = value.parse().ok()?;
        let (_, field) = self.fields().into_iter().find(|(candidate, _)| *candidate == name)?;
        *field = value;
        Some(())
    }

    fn fields(&mut self) -> [(&'static str, &mut u64); 11] {
        [
            ("file-bytes", &mut self.file_bytes),
            ("entries", &mut self.entries),
            ("part-bytes", &mut self.part_bytes),
            ("inflated-bytes", &mut self.inflated_bytes),
            ("inflated-ratio", &mut self.inflated_ratio),
            ("rows", &mut self.rows),
            ("columns", &mut self.columns),
            ("cell-bytes", &mut self.cell_bytes),
            ("memory-bytes", &mut self.memory_bytes),
            ("cpu-seconds", &mut self.cpu_seconds),
            ("wall-ms", &mut self.wall_ms),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_travel_as_arguments() {
        let mut limits = Limits::default();
        for (index, (_, field)) in limits.fields().into_iter().enumerate() {
            *field = 1000 + index as u64;
        }
        assert_eq!(Limits::from_arguments(limits.arguments()), Ok(limits));
        assert_eq!(Limits::from_arguments([""; 0]), Ok(Limits::default()));
    }

    #[test]
    fn an_unknown_argument_is_refused() {
        for argument in
            ["", "--rows-max", "--rows-max=", "--rows-max=-1", "--rows=1", "--cows-max=1", "rows-max=1"]
        {
            assert_eq!(Limits::from_arguments([argument]), Err(UnknownArgument(argument.into())));
        }
    }
}
