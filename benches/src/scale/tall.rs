//! Batch tasks of more and more rows, each exported by a node of its own: the memory must not grow.

use std::{
    fs::File,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    Amounts,
    bed::Bed,
    page::{Page, Table},
    server::Postgres,
};
use crate::Outcome;

const LOOK_EVERY: Duration = Duration::from_millis(100);

pub(super) fn run(amounts: &Amounts, bed: &Bed, postgres: &Postgres, page: &mut Page) -> Outcome<()> {
    let mut table = Table::new(
        "One export of more and more rows from PostgreSQL, by a new node · 由新启动的节点从 PostgreSQL 导出越来越多的行",
        &[
            "rows 行数",
            "seconds 秒",
            "rows/s 行/秒",
            "node, CPU s 节点 CPU 秒",
            "database, CPU s 数据库 CPU 秒",
            "peak MiB 内存峰值",
            "added MiB 增加",
            "MB out 文件",
            "workbooks 工作簿",
        ],
    );
    for &rows in &amounts.tall {
        let begun = Instant::now();
        let task = bed.load(rows)?;
        let loaded = begun.elapsed().as_secs_f64();
        postgres.settle()?;
        println!("  {rows} rows loaded in {loaded:.1} s ({:.0}/s)", rows as f64 / loaded);
        table.line(&export(bed, &task, rows, postgres)?);
        page.fact("load", rows as f64 / loaded);
    }
    let bytes = postgres.run("SELECT pg_total_relation_size('subtask') / (SELECT COUNT(*) FROM subtask)")?;
    page.fact("row_bytes", bytes.unwrap_or_default().parse()?);
    page.add(&table);
    Ok(())
}

fn export(bed: &Bed, task: &str, rows: i64, postgres: &Postgres) -> Outcome<[String; 9]> {
    let node = bed.node("tall", 1, 0)?;
    let (server, client) = (&node.server, &node.client);
    server.forget_peak()?;
    let resident = server.resident_mib()?;
    let (begun, cpu, database) = (Instant::now(), server.cpu_seconds()?, postgres.cpu_seconds()?);
    let id = client.order(task, "xls").map_err(|why| why.told())?;
    client.finish(&[&id], LOOK_EVERY)?;
    let seconds = begun.elapsed().as_secs_f64();
    let (cpu, database) = (server.cpu_seconds()? - cpu, postgres.cpu_seconds()? - database);
    let peak = server.peak_mib()?;
    let zip = tempfile::NamedTempFile::new()?;
    client.download(&id, zip.path())?;
    let workbooks = whole(zip.path(), rows)?;
    println!("  {rows} rows exported in {seconds:.1} s, peak {peak:.1} MiB");
    Ok([
        rows.to_string(),
        format!("{seconds:.2}"),
        format!("{:.0}", rows as f64 / seconds),
        format!("{cpu:.2}"),
        format!("{database:.2}"),
        format!("{peak:.0}"),
        format!("{:.1}", peak - resident),
        format!("{:.1}", zip.path().metadata()?.len() as f64 / 1e6),
        workbooks.to_string(),
    ])
}

/// Whether the manifest tells of all rows, and of as many in its workbooks together; answers how many these are.
fn whole(zip: &Path, rows: i64) -> Outcome<usize> {
    let mut archive = zip::ZipArchive::new(File::open(zip)?)?;
    let mut text = String::new();
    archive.by_name("manifest.json")?.read_to_string(&mut text)?;
    let manifest: Value = serde_json::from_str(&text)?;
    let books = manifest["workbooks"].as_array().ok_or("no workbooks")?;
    let sum: i64 = books.iter().filter_map(|book| book["rows"].as_i64()).sum();
    let told = ["rows", "snapshot_rows"].map(|name| manifest[name].as_i64());
    if told != [Some(rows); 2] || sum != rows || archive.len() != books.len() + 1 {
        return Err(format!("the manifest does not tell of {rows} rows: {text}").into());
    }
    Ok(books.len())
}
