//! What the export is to reach beside its peers, and how far it has come: a table of ratios of one run.

use super::results::{Results, Spread};
use super::whole::Cost;

/// How a measured number is better.
#[derive(Clone, Copy)]
enum Better {
    More,
    Less,
}

/// A number, and what it came of if that is several numbers.
#[derive(Clone, Copy)]
struct Measured {
    number: f64,
    spread: Option<Spread>,
}

/// One line: what is compared, in both languages, and from where on it is good.
struct Target {
    english: String,
    chinese: String,
    measured: Option<Measured>,
    bar: f64,
    aim: f64,
    better: Better,
    unit: &'static str,
}

const HEAD: &str = "\
| target | 目标 | measured 实测 | bar 下限 | aim 目标值 | |
|---|---|--:|--:|--:|---|";

/// The table, about the smallest and the largest of the row counts.
pub(super) fn table(results: &Results, few: i64, many: i64) -> Vec<String> {
    let targets = [speed(results, few, many), frugal(results, few, many), other_formats(results, many)];
    [HEAD.to_owned()].into_iter().chain(targets.iter().flatten().map(line)).collect()
}

fn cpu(cost: &Cost) -> f64 {
    cost.cpu_seconds
}

fn speed(results: &Results, few: i64, many: i64) -> Vec<Target> {
    let hungry = !results.costs(many, "poi-4g").is_empty();
    let (poi, heap, heap_chinese) =
        if hungry { ("poi-4g", " at 4 GiB", "（4 GiB 堆）") } else { ("poi", "", "") };
    vec![
        more(
            format!(".xls, {few} rows, against POI HSSF, rows per CPU second"),
            format!(".xls，{few} 行，对比 POI HSSF，每 CPU 秒行数"),
            results.ratio(few, ["poi", "xls"], cpu),
            [15.0, 20.0],
        ),
        more(
            "the same with `isal`".to_owned(),
            "同上，启用 `isal`".to_owned(),
            results.ratio(few, ["poi", "xls-isal"], cpu),
            [30.0, 40.0],
        ),
        more(
            format!(".xls, {many} rows, with `isal`, against POI HSSF{heap}"),
            format!(".xls，{many} 行，启用 `isal`，对比 POI HSSF{heap_chinese}"),
            results.ratio(many, [poi, "xls-isal"], cpu),
            [35.0, 45.0],
        ),
    ]
}

fn frugal(results: &Results, few: i64, many: i64) -> Vec<Target> {
    // The worst run counts, not the one in the middle.
    let added = |rows| {
        let costs = results.costs(rows, "xls").iter().filter_map(|cost| cost.added_mib);
        costs.max_by(f64::total_cmp)
    };
    let growth = added(many).zip(added(few)).map(|(many, few)| many / few);
    let size = |key| {
        let ours = results.median(few, key, |cost| cost.bytes as f64)?;
        results.zipped.get(&few).map(|zipped| (ours / *zipped as f64 - 1.0) * 100.0)
    };
    let less = |english: String, chinese: String, number: Option<f64>, [bar, aim]: [f64; 2], unit| Target {
        english,
        chinese,
        measured: number.map(|number| Measured { number, spread: None }),
        bar,
        aim,
        better: Better::Less,
        unit,
    };
    vec![
        less(
            format!("peak memory that an export adds, {many} rows, the worst run"),
            format!("一次导出增加的内存峰值，{many} 行，取最差的一次"),
            added(many),
            [46.0, 20.0],
            " MiB",
        ),
        less(
            format!("the same beside that at {few} rows"),
            format!("同上，与 {few} 行时相比"),
            growth,
            [1.5, 1.5],
            "x",
        ),
        less(
            format!("size of the .zip beside zip -6 of POI's .xls, {few} rows"),
            format!(".zip 的大小，对比 POI 的 .xls 经 zip -6 压缩，{few} 行"),
            size("xls"),
            [10.0, 5.0],
            " %",
        ),
        less(
            "the same with `isal`".to_owned(),
            "同上，启用 `isal`".to_owned(),
            size("xls-isal"),
            [10.0, 5.0],
            " %",
        ),
    ]
}

fn other_formats(results: &Results, many: i64) -> Vec<Target> {
    let mut targets = Vec::new();
    for (suffix, with_english, with_chinese) in [("", "", ""), ("-isal", ", with `isal`", "，启用 `isal`")]
    {
        let key = |of: &'static [&'static str; 2]| if suffix.is_empty() { of[0] } else { of[1] };
        let xlsx = key(&["xlsx", "xlsx-isal"]);
        targets.push(more(
            format!(".xlsx, {many} rows, against rust_xlsxwriter at its default{with_english}, rows per CPU second"),
            format!(".xlsx，{many} 行，对比默认设置的 rust_xlsxwriter{with_chinese}，每 CPU 秒行数"),
            results.ratio(many, ["rust_xlsxwriter", xlsx], cpu),
            [3.0, 5.0],
        ));
        targets.push(more(
            format!(".csv, zipped, {many} rows, against the sqlite3 CLI, not zipped{with_english}, rows per CPU second"),
            format!(".csv（已压缩），{many} 行，对比 sqlite3 命令行（未压缩）{with_chinese}，每 CPU 秒行数"),
            results.ratio(many, ["sqlite3", key(&["csv", "csv-isal"])], cpu),
            [1.3, 1.6],
        ));
        let [one, two] =
            if suffix.is_empty() { ["xls-one-core", "xls"] } else { ["xls-isal-one-core", "xls-isal"] };
        targets.push(more(
            format!(".xls, {many} rows, wall time of the server on one core against two{with_english}"),
            format!(".xls，{many} 行，服务器单核与双核的用时之比{with_chinese}"),
            results.ratio(many, [one, two], |cost| cost.seconds),
            [1.4, 1.7],
        ));
    }
    targets
}

fn more(english: String, chinese: String, ratio: Option<Spread>, [bar, aim]: [f64; 2]) -> Target {
    let measured = ratio.map(|spread| Measured { number: spread.median, spread: Some(spread) });
    Target { english, chinese, measured, bar, aim, better: Better::More, unit: "x" }
}

fn line(target: &Target) -> String {
    let Target { english, chinese, measured, bar, aim, better, unit } = target;
    let reaches = |number: f64, mark: f64| match better {
        Better::More => number >= mark,
        Better::Less => number <= mark,
    };
    let verdict = match measured {
        None => "not measured 未测",
        Some(measured) if reaches(measured.number, *aim) => "aim reached 达到目标值",
        Some(measured) if reaches(measured.number, *bar) => "bar reached 达到下限",
        Some(_) => "missed 未达到",
    };
    let measured = measured.map_or("-".to_owned(), |measured| told(measured, unit));
    format!("| {english} | {chinese} | {measured} | {bar}{unit} | {aim}{unit} | {verdict} |")
}

fn told(Measured { number, spread }: Measured, unit: &str) -> String {
    let around = |Spread { least, most, .. }| format!(" ({least:.1} to {most:.1})");
    format!("{number:.1}{unit}{}", spread.map(around).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(better: Better, number: Option<f64>) -> String {
        let measured = number.map(|number| Measured { number, spread: None });
        let [english, chinese] = [String::new(), String::new()];
        let (bar, aim) = match better {
            Better::More => (1.3, 1.6),
            Better::Less => (46.0, 20.0),
        };
        line(&Target { english, chinese, measured, bar, aim, better, unit: "" })
    }

    #[test]
    fn a_target_is_missed_reached_or_not_measured() {
        for (better, number, word) in [
            (Better::More, Some(1.29), "missed"),
            (Better::More, Some(1.3), "bar"),
            (Better::More, Some(1.7), "aim"),
            (Better::Less, Some(46.1), "missed"),
            (Better::Less, Some(46.0), "bar"),
            (Better::Less, Some(12.0), "aim"),
            (Better::Less, None, "not measured"),
        ] {
            let line = verdict(better, number);
            assert!(line.contains(word), "{number:?}: {line}");
        }
    }
}
