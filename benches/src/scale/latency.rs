//! How long calls take while exports run and while none does.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{
    Amounts,
    bed::{Bed, Node},
    page::{Page, Table},
};
use crate::{Outcome, client::Client};

const EXPORTS: usize = 4;
/// Whoever waits for an export looks seldom, not to be the load that is measured.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Among which an export that is waited for is found.
const NEWEST: usize = 50;

type Call = fn(&Client) -> Outcome<()>;

const CALLS: [(&str, Call); 3] = [
    ("`GET /healthz`, unsigned", Client::health),
    ("list of export tasks, signed", Client::list),
    ("create a batch task of one device, signed", Client::create_batch_task),
];

/// The times of each of [`CALLS`].
type Times = [Vec<f64>; 3];

pub(super) fn run(amounts: &Amounts, beds: [&Bed; 2], page: &mut Page) -> Outcome<()> {
    let mut table = Table::new(
        &format!(
            "Milliseconds of a call, one at a time, while no export runs and while {EXPORTS} do · \
             没有导出与同时运行 {EXPORTS} 个导出时，逐次调用的毫秒数"
        ),
        &["over 数据库", "call 调用", "exports 导出", "p50", "p99", "most 最大"],
    );
    for bed in beds {
        let tasks: Vec<_> = (0..EXPORTS).map(|_| bed.load(amounts.task)).collect::<Outcome<_>>()?;
        let node = bed.node("calls", EXPORTS, 1)?;
        let idle = calls(&node.client, amounts.calls)?;
        let busy = beside_exports(&node, &tasks, amounts.calls)?;
        // What was ordered must not be left to be done beside what is measured next.
        bed.quiet(&node.client)?;
        for (exports, times) in [(0, idle), (EXPORTS, busy)] {
            for ((name, _), mut times) in CALLS.iter().zip(times) {
                times.sort_by(f64::total_cmp);
                let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] * 1e3;
                let line = [at(0.5), at(0.99), at(1.0)].map(|ms| format!("{ms:.2}"));
                println!("  {}, {exports} exports, {name}: {line:?} ms", bed.label());
                let [p50, p99, most] = line;
                table.line(&[
                    bed.label().to_owned(),
                    (*name).to_owned(),
                    exports.to_string(),
                    p50,
                    p99,
                    most,
                ]);
            }
        }
    }
    page.add(&table);
    Ok(())
}

/// All kinds in turn, so that what disturbs the machine disturbs each.
fn calls(client: &Client, count: usize) -> Outcome<Times> {
    let mut times = Times::default();
    for _ in 0..count {
        for ((_, call), times) in CALLS.iter().zip(&mut times) {
            let begun = Instant::now();
            call(client)?;
            times.push(begun.elapsed().as_secs_f64());
        }
    }
    Ok(times)
}

/// The same while each of `tasks` is exported again and again.
fn beside_exports(node: &Node, tasks: &[String], count: usize) -> Outcome<Times> {
    let enough = AtomicBool::new(false);
    let address = &node.server.address;
    std::thread::scope(|scope| {
        let exporters: Vec<_> =
            tasks.iter().map(|task| scope.spawn(|| export(address, task, &enough))).collect();
        let times = calls(&node.client, count).map_err(|error| error.to_string());
        enough.store(true, Ordering::Relaxed);
        for exporter in exporters {
            exporter.join().map_err(|_| "an exporter panicked")??;
        }
        Ok(times?)
    })
}

fn export(address: &str, task: &str, enough: &AtomicBool) -> Result<(), String> {
    let client = Client::new(address).map_err(|error| error.to_string())?;
    while !enough.load(Ordering::Relaxed) {
        let id = client.order(task, "xls").map_err(|why| why.told())?;
        client.finish_among(&[&id], NEWEST, LOOK_EVERY).map_err(|error| error.to_string())?;
    }
    Ok(())
}
