"""V11: deltas that Deribit shows, by Black-76."""

from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64

from ..data.options import read_options
from ..options import black76_delta
from ._row import Check, SkipCase
from ._shared import shared_folder


MEDIAN, TAIL = 0.0012, 0.025
"""Largest median and 99th percentile of the absolute error of a delta [coin]."""


def deribit_deltas() -> Iterator[Check]:
    """Errors of delta in each snapshot, which are to be none within a bound.

    The forward is that of the option's expiry, the year has 365 days, the volatility
    is the mark's, and delta is not less the premium: N(d1) of a call.
    """
    folder = shared_folder() / "deribit_2026"
    paths = sorted(folder.glob("deribit_options_snapshot_*.csv*"))
    if not paths:
        raise SkipCase(
            f"real data is absent ({folder}); set JAXRISK_DATA to its folder"
        )
    for path in paths:
        error = delta_errors(path)
        when = path.name.removeprefix("deribit_options_snapshot_").split(".")[0]
        middle, tail = float(np.median(error)), float(np.quantile(error, 0.99))
        yield Check(f"delta, {when}: median error", 0.0, middle, MEDIAN)
        yield Check(f"delta, {when}: 99 % error", 0.0, tail, TAIL)


def delta_errors(path: Path) -> Float64[np.ndarray, " option"]:
    """Absolute differences from the deltas of a snapshot [coin]."""
    errors = []
    with jax.enable_x64(True):
        for chain in read_options(path):
            at = chain.forward, chain.strike, chain.time, chain.volatility
            given = (jnp.asarray(values) for values in at)
            delta = np.asarray(black76_delta(*given, jnp.asarray(chain.is_call)))
            errors.append(np.abs(delta - chain.delta))
    return np.concatenate(errors)
