"""A file as `zip -6` would pack it, with any Python: `zip6.py FILE OUT.zip`."""

import os
import sys
import zipfile

with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
    out.write(sys.argv[1], os.path.basename(sys.argv[1]))
