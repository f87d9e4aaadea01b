//! The same exports by one, two and four nodes with one export worker each, ordered at a node that has none.

use std::time::{Duration, Instant};

use super::{
    Amounts,
    bed::{Bed, Node},
    page::{Page, Table},
    server::Postgres,
};
use crate::{Outcome, spreadsheets::Spread};

const NODES: [usize; 3] = [1, 2, 4];
/// As many exports as the most nodes, each of a batch task of its own.
const EXPORTS: usize = 4;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a round took with so many nodes.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    nodes_cpu: f64,
    database_cpu: f64,
}

pub(super) fn run(amounts: &Amounts, bed: &Bed, postgres: &Postgres, page: &mut Page) -> Outcome<()> {
    let tasks: Vec<_> = (0..EXPORTS).map(|_| bed.load(amounts.task)).collect::<Outcome<_>>()?;
    postgres.settle()?;
    let front = bed.node("front", 0, 0)?;
    let mut rounds = Vec::new();
    for round in 0..amounts.rounds {
        let costs = NODES.iter().map(|&count| {
            let cost = once(bed, &front, &tasks, count, postgres)?;
            println!(
                "  round {round}, {count} nodes: {:.2} s, nodes {:.2} CPU s, database {:.2} CPU s",
                cost.seconds, cost.nodes_cpu, cost.database_cpu
            );
            Ok(cost)
        });
        rounds.push(costs.collect::<Outcome<Vec<_>>>()?);
    }
    let millions = amounts.task as f64 * EXPORTS as f64 / 1e6;
    page.add(&table(&rounds, millions));
    page.fact("nodes_cpu", median(&rounds, 0, |cost| cost.nodes_cpu) / millions);
    page.fact("database_cpu", median(&rounds, 0, |cost| cost.database_cpu) / millions);
    Ok(())
}

fn once(bed: &Bed, front: &Node, tasks: &[String], count: usize, postgres: &Postgres) -> Outcome<Cost> {
    let nodes: Vec<_> =
        (0..count).map(|number| bed.node(&format!("node-{number}"), 1, 0)).collect::<Outcome<_>>()?;
    let nodes_cpu = || nodes.iter().map(|node| node.server.cpu_seconds()).sum::<Outcome<f64>>();
    let (begun, cpu, database_cpu) = (Instant::now(), nodes_cpu()?, postgres.cpu_seconds()?);
    let ids = tasks.iter().map(|task| front.client.order(task, "xls").map_err(|why| why.told()));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    front.client.finish(&ids.iter().map(String::as_str).collect::<Vec<_>>(), LOOK_EVERY)?;
    Ok(Cost {
        seconds: begun.elapsed().as_secs_f64(),
        nodes_cpu: nodes_cpu()? - cpu,
        database_cpu: postgres.cpu_seconds()? - database_cpu,
    })
}

fn median(rounds: &[Vec<Cost>], place: usize, of: fn(&Cost) -> f64) -> f64 {
    Spread::of(rounds.iter().map(|round| of(&round[place])).collect()).map_or(0.0, |spread| spread.median)
}

fn table(rounds: &[Vec<Cost>], millions: f64) -> Table {
    let mut table = Table::new(
        &format!(
            "The same {EXPORTS} exports, {millions} million rows in all, by nodes of one worker each · \
             由各有一个导出线程的节点完成同样的 {EXPORTS} 次导出，共 {millions} 百万行"
        ),
        &[
            "nodes 节点",
            "seconds 秒",
            "rows/s 行/秒",
            "× the speed of 1 node 相对单节点",
            "nodes, CPU s a million rows 节点每百万行 CPU 秒",
            "database, CPU s a million rows 数据库每百万行 CPU 秒",
            "database's share 数据库占比",
        ],
    );
    for (place, count) in NODES.iter().enumerate() {
        let of = |of| median(rounds, place, of);
        let faster = rounds.iter().map(|round| round[0].seconds / round[place].seconds).collect();
        let (nodes, database) = (of(|cost| cost.nodes_cpu), of(|cost| cost.database_cpu));
        let seconds = of(|cost| cost.seconds);
        table.line(&[
            count.to_string(),
            format!("{seconds:.2}"),
            format!("{:.0}", millions * 1e6 / seconds),
            Spread::of(faster).map_or("-".to_owned(), |spread| {
                format!("{:.2} ({:.2} to {:.2})", spread.median, spread.least, spread.most)
            }),
            format!("{:.2}", nodes / millions),
            format!("{:.2}", database / millions),
            format!("{:.0} %", database / (nodes + database) * 100.0),
        ]);
    }
    table
}
