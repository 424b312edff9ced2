"""Runs the Python programs of the book's pages, which are the originals of the Rust beside them.

    run_locally -- python book.py PAGE..

`run_locally` of the examples sets what they read from the environment.
"""

import pathlib
import subprocess
import sys


def programs(page):
    parts = pathlib.Path(page).read_text(encoding="utf-8").split("```python\n")[1:]
    return [part.split("```")[0] for part in parts]


ran = 0
for page in sys.argv[1:]:
    for program in programs(page):
        print("--", page, flush=True)
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
        ran += 1
if ran == 0:
    sys.exit("no page has a program")
