//! Reads of the same rows that make nothing: what an export over each database cannot beat, and what the driver adds to
//! a bare client of the server.

use std::time::Instant;

use futures_util::TryStreamExt;
use tokio_postgres::{NoTls, types::ToSql};

use super::{
    Amounts,
    bed::Bed,
    page::{Page, Table},
    server::Postgres,
};
use crate::{Outcome, exports, spreadsheets::Spread};

/// The statement of `store::subtasks::report`.
const REPORT: &str =
    "SELECT target, status, output, error_code, error_msg, device_name, node_id, row_number, started_ms, ended_ms
       FROM subtask WHERE task_id = $1 ORDER BY ordinal";

pub(super) fn run(amounts: &Amounts, beds: [&Bed; 2], postgres: &Postgres, page: &mut Page) -> Outcome<()> {
    let mut table = Table::new(
        "A bare scan of the rows of one batch task · 对一个批量任务各行的纯扫描",
        &["reader 读取方式", "rows 行数", "rows/s 行/秒", "least to most 最小至最大"],
    );
    let rows = amounts.scan;
    let mut line = |name: &str, mut read: Box<dyn FnMut() -> Outcome<i64> + '_>| {
        // The first brings the rows into memory.
        read()?;
        let speeds = (0..amounts.rounds).map(|_| {
            let begun = Instant::now();
            match read()? {
                seen if seen == rows => Ok(rows as f64 / begun.elapsed().as_secs_f64()),
                seen => Err(format!("{seen} rows, not {rows}").into()),
            }
        });
        let spread = Spread::of(speeds.collect::<Outcome<_>>()?).ok_or("no run")?;
        println!("  {name}: {:.0} rows/s", spread.median);
        table.line(&[
            name.to_owned(),
            rows.to_string(),
            format!("{:.0}", spread.median),
            format!("{:.0} to {:.0}", spread.least, spread.most),
        ]);
        Outcome::Ok(())
    };
    for bed in beds {
        let task = bed.load(rows)?;
        if bed.is_server() {
            postgres.settle()?;
        }
        let house = bed.house()?;
        let name = format!("the store's snapshot, {} · 存储层快照", bed.label());
        line(&name, Box::new(|| Ok(exports::read(&house, &task)?.0)))?;
        if bed.is_server() {
            line("tokio-postgres, `query_raw`", Box::new(|| bare(postgres, &task)))?;
        }
    }
    page.add(&table);
    Ok(())
}

/// The same rows by the client library alone, on one thread; no value is looked at.
fn bare(postgres: &Postgres, task: &str) -> Outcome<i64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&postgres.url, NoTls).await?;
        let driven = tokio::spawn(connection);
        let arguments: [&(dyn ToSql + Sync); 1] = [&task];
        let mut stream = std::pin::pin!(client.query_raw(REPORT, arguments).await?);
        let mut rows = 0;
        while stream.try_next().await?.is_some() {
            rows += 1;
        }
        drop(client);
        driven.await??;
        Ok(rows)
    })
}
