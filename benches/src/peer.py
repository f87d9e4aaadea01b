"""What a Python programmer would write: the rows of the export into an .xls by xlwt, without zip or Summary."""

import json, resource, sqlite3, sys, time, os
import xlwt

directory, out = sys.argv[1:3]
begun = time.perf_counter()
database = sqlite3.connect("file:%s/unlade.db?mode=ro" % directory, uri=True)
rows = database.execute(
    "SELECT target, status, output, error_code, error_msg, device_name, node_id, row_number, started_ms, ended_ms"
    " FROM subtask ORDER BY ordinal"
)
book, sheet, line, count = xlwt.Workbook(encoding="utf-8"), None, 0, 0
for row in rows:
    if sheet is None or line == 65536:
        sheet, line = book.add_sheet("Results %d" % (count + 1)), 1
    for column, cell in enumerate(row):
        if cell is not None:
            sheet.write(line, column, cell)
    if line % 1000 == 0:
        sheet.flush_row_data()
    line, count = line + 1, count + 1
book.save(out)
used = resource.getrusage(resource.RUSAGE_SELF)
figure = {
    "rows": count,
    "bytes": os.path.getsize(out),
    "seconds": time.perf_counter() - begun,
    "cpu_seconds": used.ru_utime + used.ru_stime,
    "peak_mib": used.ru_maxrss / 1024,
}
print(json.dumps(figure))
