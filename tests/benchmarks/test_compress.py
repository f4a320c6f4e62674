"""A book of a million accounts, within its bars."""

import importlib.util
import sys
from pathlib import Path

import pytest


BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no memory")
def test_a_million_accounts_load_and_compress_in_20_seconds_and_2_gb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of wall time, on a machine that does nothing else."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    found = importlib.util.spec_from_file_location(
        "benchmarks_compress", BENCHMARKS / "compress.py"
    )
    assert found is not None
    assert found.loader is not None
    benchmark = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, found.name, benchmark)
    found.loader.exec_module(benchmark)
    for file in benchmark.draw(tmp_path, 1_000_000):
        used = benchmark.measure(benchmark.LOAD_AND_COMPRESS, file, 384)
        assert used["seconds"] < benchmark.BAR_SECONDS
        assert 0.5e9 < used["peak_bytes"] < benchmark.BAR_BYTES
