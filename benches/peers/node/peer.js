// exceljs, streaming: `exceljs DATABASE OUT.xlsx`
'use strict';

const Database = require('better-sqlite3');
const ExcelJS = require('exceljs');

const COLUMNS = [
  'target', 'status', 'output', 'error_code', 'error_msg', 'device_name', 'node_id', 'start_time', 'end_time',
];
/** The stream is drained by the event loop, so the loop must get its turn. */
const ROWS_A_TURN = 1000;

async function write(database, out) {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: out });
  const sheet = book.addWorksheet('Sheet1');
  sheet.addRow(COLUMNS).commit();
  let count = 0;
  const query = new Database(database, { readonly: true })
    .prepare(`SELECT ${COLUMNS.join(', ')} FROM subtask ORDER BY id`);
  for (const row of query.raw().iterate()) {
    sheet.addRow(row).commit();
    count += 1;
    if (count % ROWS_A_TURN === 0) await new Promise(setImmediate);
  }
  sheet.commit();
  await book.commit();
}

function versions() {
  const of = (name) => `${name} ${require(`${name}/package.json`).version}`;
  console.log(`Node ${process.versions.node}, ${of('exceljs')}, ${of('better-sqlite3')}`);
}

const [writer, database, out] = process.argv.slice(2);
if (writer === 'versions') {
  versions();
} else {
  write(database, out);
}
