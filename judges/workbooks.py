"""Files of given rows, written by the export's own encoder."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

# The program that `cargo xtask test --suite judges` builds: crates/export/examples/rows_to_zip.rs.
ROWS_TO_ZIP = "UNLADE_ROWS_TO_ZIP"

# What is in a zip besides rows.
BESIDE = ("manifest.json", "-summary.csv")


def write(directory, rows_by_name, file_format="xls", language="en"):
    """Writes a file for each name; returns their paths by name."""
    for name, rows in rows_by_name.items():
        lines = (json.dumps(row) + "\n" for row in rows)
        (directory / f"{name}.jsonl").write_text("".join(lines), encoding="ascii")
    subprocess.run([os.environ[ROWS_TO_ZIP], file_format, str(directory), language], check=True, timeout=120)
    return {name: extract(directory / "objects" / f"{name}.zip", directory / file_format) for name in rows_by_name}


def extract(archive, directory):
    """Takes the only file of rows out of a zip; returns its path."""
    with zipfile.ZipFile(archive) as file:
        (name,) = (name for name in file.namelist() if not name.endswith(BESIDE))
        return Path(file.extract(name, directory))
