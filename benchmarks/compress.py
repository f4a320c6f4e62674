"""A book of a million accounts: seconds and peak memory to load and compress it.

    .venv/bin/python benchmarks/compress.py [--accounts 1000000] [--cohorts 384]

The book is drawn, with names of 42 letters as on a chain, and written to a temporary
folder. Each case has a process of its own (on Linux, which tells its peak memory).
Bars: load and compress in under 20 s, with a peak under 2 GB. `whole` is all of
`jaxrisk book compress` without simulated paths: it also compares liquidation profiles
and writes the files, and has no bar.
"""

import argparse
import dataclasses
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _results import keep

from jaxrisk.data import synthetic_book, write_book
from jaxrisk.data._aave_v3_ethereum import AAVE_V3_ETHEREUM


CONFIG = str(Path(__file__).parents[1] / "configs" / "aave_v3_ethereum.yaml")
BAR_SECONDS = 20.0
BAR_BYTES = 2e9
SEED = 7

TIMED = """
import json, re, sys, time
from pathlib import Path
begun, cpu = time.perf_counter(), time.process_time()
{work}
# Not ru_maxrss, which starts at the size of the process that started this one.
status = Path("/proc/self/status").read_text()
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])
print(json.dumps({{
    "seconds": time.perf_counter() - begun,
    "processor_seconds": time.process_time() - cpu,
    "peak_bytes": peak * 1024,
}}))
"""
LOAD_AND_COMPRESS = """
from jaxrisk.config import compress_book, load, load_book
config = load(sys.argv[1], ["book.file=" + sys.argv[2], "book.cohorts=" + sys.argv[3]])
loaded = load_book(config)
assert compress_book(config, loaded).account.size < loaded.account.size
"""
WHOLE = """
from typer.testing import CliRunner
from jaxrisk.cli._app import app
words = ["--book", sys.argv[2], "--cohorts", sys.argv[3], "--check-paths", "0"]
out = sys.argv[2] + ".cohorts.csv"
done = CliRunner().invoke(app, ["book", "compress", sys.argv[1], "--out", out, *words])
assert done.exit_code == 0, done.output
"""


def measure(work: str, book: Path, cohorts: int) -> dict[str, float]:
    """Seconds and peak memory of some lines of Python in a process of their own."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", TIMED.format(work=work)),
            *(CONFIG, str(book), str(cohorts)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def draw(folder: Path, accounts: int) -> list[Path]:
    """A synthetic book, plain and gzipped."""
    rng = np.random.default_rng(SEED)
    names = np.array([f"0x{rng.bytes(20).hex()}" for _ in range(accounts)])
    book = dataclasses.replace(synthetic_book(SEED, accounts), account=names)
    plain, zipped = folder / "book.csv", folder / "book.csv.gz"
    write_book(plain, book, layout=AAVE_V3_ETHEREUM.layout, comments=["SYNTHETIC"])
    zipped.write_bytes(gzip.compress(plain.read_bytes(), 6, mtime=0))
    return [plain, zipped]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--cohorts", type=int, default=384)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        files = draw(Path(folder), given.accounts)
        print(f"drawn and written in {time.perf_counter() - begun:.0f} s", flush=True)
        cases = [("load and compress", LOAD_AND_COMPRESS, file) for file in files]
        for name, work, file in [*cases, ("whole", WHOLE, files[0])]:
            found = measure(work, file, given.cohorts)
            fits = found["seconds"] < BAR_SECONDS and found["peak_bytes"] < BAR_BYTES
            said = "no bar" if name == "whole" else ("met" if fits else "MISSED")
            rows.append({"case": name, "file": file.name, **vars(given), **found})
            print(
                f"{name:18} {file.name:12} {found['seconds']:5.1f} s"
                f" ({found['processor_seconds']:.1f} s processor)"
                f" {found['peak_bytes'] / 1e9:.2f} GB: {said}",
                flush=True,
            )
    keep("compress", rows)


if __name__ == "__main__":
    main()
