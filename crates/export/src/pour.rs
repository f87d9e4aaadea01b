//! The rows of a snapshot on their way from the Source into the file, until one cannot be taken.

use db::{Flow, Tx};
use jobs::Stop;

use crate::{Source, attempt::Ended, encode::Encoder, report::Tally, row::Cell, source::Selection};

/// Rows between two looks at whether to go on.
const LOOK_EVERY: i64 = 256;

/// Moves the rows and counts what a report tells. `look` is given the rows so far, and may end it.
pub(crate) fn pour(
    source: &dyn Source,
    snapshot: &mut dyn Tx,
    selection: Selection<'_>,
    encoder: &mut (dyn Encoder + '_),
    look: &mut dyn FnMut(i64) -> Result<(), Stop>,
) -> Result<Tally, Ended> {
    let mut tally = Tally::new(source.counted());
    let mut failure = None;
    let mut take = |cells: &[Cell<'_>]| -> Result<(), Ended> {
        tally.row(cells);
        if tally.rows() % LOOK_EVERY == 0 {
            look(tally.rows())?;
        }
        Ok(encoder.row(cells)?)
    };
    source.rows(snapshot, selection, &mut |cells| match take(cells) {
        Ok(()) => Flow::More,
        Err(ended) => {
            failure = Some(ended);
            Flow::Stop
        }
    })?;
    match failure {
        Some(ended) => Err(ended),
        None => Ok(tally),
    }
}

#[cfg(test)]
mod tests {
    use db::Db;

    use super::*;
    use crate::{
        encode::{Encoded, Error},
        report::Report,
        source::bad::{Bad, SOUND},
    };

    /// An Encoder that counts, and takes no more than so many rows.
    struct Taken {
        rows: i64,
        most: i64,
    }

    impl Encoder for Taken {
        fn row(&mut self, _: &[Cell<'_>]) -> Result<(), Error> {
            if self.rows == self.most {
                return Err(Error::Limit("full".to_owned()));
            }
            self.rows += 1;
            Ok(())
        }
        fn finish(self: Box<Self>, _: &Report) -> Result<Encoded, Error> {
            Err(Error::Limit("is not to be finished".to_owned()))
        }
    }

    /// Pours `rows`; answers what came of it and how many were taken.
    fn poured(
        rows: i64,
        most: i64,
        look: &mut dyn FnMut(i64) -> Result<(), Stop>,
    ) -> (Result<i64, Ended>, i64) {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("empty.db"), db::Options::default()).unwrap();
        let selection = Selection { project_id: "", condition: "", only_app: None };
        let mut taken = Taken { rows: 0, most };
        let ended = db.read_blocking(|snapshot| {
            pour(&Bad { rows, ..SOUND }, snapshot, selection, &mut taken, look).map(|tally| tally.rows())
        });
        (ended, taken.rows)
    }

    #[test]
    fn every_row_is_taken() {
        assert!(matches!(poured(3, 9, &mut |_| Ok(())), (Ok(3), 3)));
    }

    #[test]
    fn a_claim_that_is_lost_ends_it_at_the_next_look() {
        let mut looks = Vec::new();
        let (ended, taken) = poured(10_000, 10_000, &mut |rows| {
            looks.push(rows);
            if looks.len() < 3 { Ok(()) } else { Err(Stop::Lost) }
        });
        assert!(matches!(ended, Err(Ended::Stopped(Stop::Lost))));
        assert_eq!((looks, taken), (vec![256, 512, 768], 767));
    }

    #[test]
    fn a_limit_of_the_file_fails_for_good_and_no_row_more_is_read() {
        let (ended, taken) = poured(100, 7, &mut |_| Ok(()));
        assert!(matches!(ended, Err(Ended::Failed(_))), "{ended:?}");
        assert_eq!(taken, 7);
    }
}
