"""What every test runs under: four CPU devices, strict arithmetic, fixed examples."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from hypothesis import HealthCheck, settings


# Device count has to be settled before the backend starts, that is before any array.
jax.config.update("jax_num_cpu_devices", 4)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

# Compiling takes longer than any deadline, and says nothing about the law under test.
settings.register_profile(
    "fixed",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("fixed"), derandomize=False)
settings.load_profile(os.environ.get("JAXRISK_HYPOTHESIS", "fixed"))

_REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs an accelerator where there is none, and say so."""
    waiting = [item for item in items if item.get_closest_marker("gpu")]
    if waiting and jax.default_backend() == "cpu":
        for item in waiting:
            item.add_marker(pytest.mark.skip(reason="no accelerator on this machine"))


@pytest.fixture(scope="module", autouse=True)
def _programs_of_one_file() -> Iterator[None]:
    """Forget a file's compiled programs at its end.

    Each holds maps of memory, of which Linux grants a process some 65,000: the compiler
    crashes at the last of them, and all tests together come that far.
    """
    yield
    engine = sys.modules.get("jaxrisk.engine._programs")
    for programs in (engine._COMPILED, engine._TRACED) if engine else ():
        programs.clear()
    jax.clear_caches()
    gc.collect()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real market data, which is not part of the repository."""
    folder = Path(
        os.environ.get("JAXRISK_DATA", _REPOSITORY.parent / "shared" / "data")
    )
    if not folder.is_dir():
        pytest.skip(f"real data is absent ({folder}); set JAXRISK_DATA to its folder")
    return folder
