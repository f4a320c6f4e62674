"""Scenarios side by side on the same draws, each alone and with each of others."""

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from .._status import Status
from ..engine import System, simulate
from ..output import COORDINATES, Variable
from ..output._dataset import label
from ..run import Model
from ..run._provenance import provenance
from ..sweep._measure import Entries, Measured, compared, measured
from ..sweep._schema import SCHEMA
from ._catalogue import NONE, Catalogue


ALONG = ("scope", "level", "reserve", "asset")
"""What numbers of a scenario may be told apart by."""

STATED = {
    "failed_paths": Variable((), "1", "paths that failed, and are left out"),
    "unsettled_paths": Variable(
        (), "1", "paths that count, on which liquidations ran out of rounds in a step"
    ),
    "meaning": Variable((), "1", "what the scenario does"),
}

UNSETTLED = int(Status.CASCADE_STILL_RUNNING)

Heard = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Say nothing."""
    del done, total


def compare(
    model: Model,
    rows: Sequence[str],
    columns: Sequence[str] = (),
    *,
    paths: int,
    seed: int,
    heard: Heard = unheard,
) -> xr.Dataset:
    """Run every scenario, alone and together with each of others, on the same draws.

    One program is compiled for all. Paths of one scenario, and those of none, are held
    in memory at a time.

    Args:
        model: What is stressed.
        rows: Names of scenarios; several joined by + come together.
        columns: Those that come with each of them in turn; no such axis without any.
        paths: Of every scenario.
        seed: In [0, 2^64).
        heard: Called with the paths done and to do, over all scenarios.

    Returns:
        Dims `scenario`, and `against` if there are columns; the first row and column
        are "as it is". Estimates as in a result, with `X_difference` from as it is,
        `failed_paths` and `unsettled_paths`.

    Raises:
        ScenarioError: There is no such scenario, or it cannot be here.
    """
    catalogue = Catalogue(model)
    down = {name: catalogue.stress(name) for name in rows}
    across = {name: catalogue.stress(name) for name in columns}
    down, across = ({NONE: catalogue.none, **each} for each in (down, across))
    axes, config = model.axes, model.config
    base, cells = None, []
    for first in down.values():
        for second in across.values():
            both = first + second
            outcome = outcomes(catalogue.stressed(both), paths=paths, seed=seed)
            found = measured(config, axes, outcome)
            base = base or found
            stated: Entries = {
                "failed_paths": np.array((~found.valid).sum()),
                "unsettled_paths": np.array((outcome["status"] == UNSETTLED).sum()),
                "meaning": np.array(catalogue.words(both)),
            }
            gaps = _as_far_as_known(compared(found, base), found, base)
            cells.append(found.entries | gaps | stated)
            heard(len(cells) * paths, len(down) * len(across) * paths)
    return _dataset(model, cells, (list(down), list(across)), paths=paths, seed=seed)


def _as_far_as_known(gaps: Entries, one: Measured, base: Measured) -> Entries:
    """Differences; without an error where one of the two has none, and they differ."""
    told = dict(gaps)
    for name in gaps:
        stem = name.removesuffix("_difference_se")
        if stem == name:
            continue
        known = np.logical_and(
            *(np.isfinite(each.entries[f"{stem}_se"]) for each in (one, base))
        )
        same = (gaps[name] == 0) & (gaps[f"{stem}_difference"] == 0)
        told[name] = np.where(known | same, gaps[name], np.inf)
    return told


def outcomes(system: System, *, paths: int, seed: int) -> Entries:
    """Numbers of every path, path axis last."""
    parts = [vars(part) for part in simulate(system, paths=paths, seed=seed)]
    return {
        name: np.concatenate([part[name] for part in parts], axis=-1)
        for name in parts[0]
    }


def _dataset(
    model: Model,
    cells: list[Entries],
    names: tuple[list[str], list[str]],
    *,
    paths: int,
    seed: int,
) -> xr.Dataset:
    """Label everything; an axis of nothing but "as it is" is none."""
    axes, config = model.axes, model.config
    used = [
        (dim, own)
        for dim, own in zip(("scenario", "against"), names, strict=True)
        if dim == "scenario" or len(own) > 1
    ]
    dims, shape = tuple(dim for dim, _ in used), tuple(len(own) for _, own in used)
    known = {**SCHEMA, **STATED}
    # A scenario of which every path failed has no differences.
    entries = [
        name
        for name in dict.fromkeys(name for cell in cells for name in cell)
        if not set(known[name].dims) - set(ALONG)
        and all(name in cell for cell in cells)
    ]
    variables = {}
    for name in entries:
        values = np.stack([cell[name] for cell in cells])
        of = known[name]
        whole = Variable((*dims, *of.dims), of.unit, of.sentence)
        variables[name] = label(whole, values.reshape(*shape, *values.shape[1:]))
    labels = {
        "scope": np.array(axes.scopes),
        "level": np.array(config.run.levels),
        "reserve": np.array(axes.reserves),
        "asset": np.array(axes.assets),
    }
    coordinates = {name: label(COORDINATES[name], own) for name, own in labels.items()}
    for dim, own in used:
        told = Variable((dim,), "1", "name of the scenario")
        coordinates[dim] = label(told, np.array(own))
    attributes = {**provenance(model, seed=seed), "paths": paths}
    return xr.Dataset(variables, coords=coordinates, attrs=attributes)
