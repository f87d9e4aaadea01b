//! Whether a file is the whole of its snapshot: the rows that were counted, those that came, those that were written
//! and those that the subject's own counters tell are compared before anything is published. What differs is tried
//! again, since only a fault of ours or of the disk can be the cause.

use crate::{
    attempt::{Ended, retry},
    encode::Part,
    report::Report,
    source::Subject,
};

/// Compares what came with what was counted.
pub(crate) fn rows(subject: &Subject, report: &Report) -> Result<(), Ended> {
    if report.rows != subject.rows {
        return Err(retry(format!("{} rows came of {} in the snapshot", report.rows, subject.rows)));
    }
    let Some(counters) = &subject.counters else { return Ok(()) };
    if report.rows != counters.rows {
        return Err(retry(format!("{} rows came, but the counters tell {}", report.rows, counters.rows)));
    }
    for (status, told) in &counters.statuses {
        let came = report.statuses.iter().find(|(known, _)| known == status).map_or(0, |(_, count)| *count);
        if came != *told {
            return Err(retry(format!("{came} rows are {status}, but the counters tell {told}")));
        }
    }
    Ok(())
}

/// Compares what was written with what came.
pub(crate) fn file(report: &Report, parts: &[Part]) -> Result<(), Ended> {
    let written: i64 = parts.iter().map(|part| part.rows).sum();
    if written == report.rows {
        return Ok(());
    }
    Err(retry(format!("the file has {written} of {} rows", report.rows)))
}

#[cfg(test)]
mod tests {
    use jobs::Stop;

    use super::*;
    use crate::{
        report::Tally,
        source::{Counted, Counters},
    };

    fn report(rows: i64, statuses: &[(&str, i64)]) -> Report {
        let statuses = statuses.iter().map(|(status, count)| ((*status).to_owned(), *count)).collect();
        Report { rows, statuses, ..Tally::new(Counted::default()).report(&Subject::default()) }
    }

    fn subject(rows: i64, counters: Option<(i64, [i64; 2])>) -> Subject {
        let counters = counters.map(|(rows, [success, fail])| Counters {
            rows,
            statuses: vec![("Success", success), ("Fail", fail)],
        });
        Subject { rows, counters, ..Subject::default() }
    }

    fn refused(compared: Result<(), Ended>) -> String {
        let Err(Ended::Stopped(Stop::Retry(why))) = compared else { panic!("{compared:?}") };
        why
    }

    #[test]
    fn equal_numbers_pass_with_counters_and_without() {
        let came = report(5, &[("Success", 5)]);
        for counters in [None, Some((5, [5, 0]))] {
            assert!(rows(&subject(5, counters), &came).is_ok());
        }
    }

    #[test]
    fn a_difference_is_named_and_tried_again() {
        let came = report(5, &[("Success", 4), ("Fail", 1)]);
        assert_eq!(refused(rows(&subject(6, None), &came)), "5 rows came of 6 in the snapshot");
        let wrong = subject(5, Some((6, [4, 1])));
        assert_eq!(refused(rows(&wrong, &came)), "5 rows came, but the counters tell 6");
        let wrong = subject(5, Some((5, [5, 0])));
        assert_eq!(refused(rows(&wrong, &came)), "4 rows are Success, but the counters tell 5");
    }

    #[test]
    fn a_file_that_lacks_a_row_is_refused() {
        let part = |rows| Part { name: String::new(), rows, sha256: String::new() };
        assert!(file(&report(5, &[]), &[part(3), part(2)]).is_ok());
        assert_eq!(refused(file(&report(5, &[]), &[part(3), part(1)])), "the file has 4 of 5 rows");
    }
}
