"""One path again, with everything recorded."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from .._status import EXPLANATION, FATAL, Status
from ..config import parse
from ..engine import StepInfo, record
from ..output import OutputError, Result, replay_dataset
from ..risk import Axes
from ._model import Model, prepare
from ._provenance import book_facts
from ._sales import has_derivatives, sales


if TYPE_CHECKING:
    import xarray as xr

MINUTES_PER_DAY = 1440
_AS_RECORDED = (
    "price",
    "oracle_price",
    "repaid",
    "seized",
    "realized",
    "covered",
    "flow",
    "keeper_profit",
    "protocol_fee",
)


def replay(result: Result, path: int) -> "xr.Dataset":
    """Simulate one path of a stored result again, and label what happened.

    The path's numbers are those of the run: draws have addresses, not a history.

    Args:
        result: From `jaxrisk.Result.open`.
        path: Number of the path, from 0.

    Raises:
        OutputError: The result has no such path, or its book has changed since.
    """
    facts = result.to_xarray().attrs
    if not 0 <= path < facts["paths"]:
        raise OutputError(
            f"Path {path} is not one of the {facts['paths']:,} paths of this result, "
            f"which are numbered from 0 to {facts['paths'] - 1}. Choose one of these."
        )
    config = parse(json.loads(facts["config"]), folder=Path(facts["config_folder"]))
    _check_book(facts, book_facts(config))
    model = prepare(config)
    trajectory = record(model.system, seed=int(facts["seed"]), paths=np.array([path]))
    one = jax.tree.map(lambda values: values[..., 0], trajectory)
    variables = {
        **{name: getattr(one.info, name) for name in _AS_RECORDED},
        **_derivatives(model, trajectory.info),
        "fundamental_price": one.info.fundamental,
        "account_kept": one.kept,
        "account_owed": one.owed,
        "account_lost": one.lost,
        "account_bad_debt": one.bad_debt,
    }
    days = np.arange(1, config.steps + 1) * config.step_minutes / MINUTES_PER_DAY
    status = _status(one.info.status)
    return replay_dataset(
        variables,
        coordinates={
            "time": days,
            "asset": np.array(model.axes.assets),
            "reserve": np.array(model.axes.reserves),
            "market": np.array(model.axes.markets),
            "account": model.book.account,
            **_derivative_labels(model.axes),
        },
        attributes={
            "title": config.name,
            "path": path,
            "seed": facts["seed"],
            "config_hash": facts["config_hash"],
            "status": status.name.lower(),
            "explanation": EXPLANATION[status],
        },
    )


def _derivatives(model: Model, info: StepInfo) -> dict[str, np.ndarray]:
    """What dealers and perpetuals did on the one path; nothing without them."""
    axes, report = model.axes, info.perps
    if not has_derivatives(axes):
        return {}
    sold = sales(axes, info)
    entries = {"keeper_flow": sold.keepers}
    if axes.dealers:
        entries |= {"dealer_flow": sold.dealers, "dealer_turnover": info.turnover}
    if axes.perps:
        entries |= {
            "perp_flow": sold.perps,
            "perp_liquidated": report.liquidated,
            "perp_deleveraged": report.deleveraged,
            "basis": info.basis,
            "funding_rate": info.funding_rate,
            "funding_paid": report.funding,
            "insurance_paid": report.insurance_paid,
        }
    return {name: np.asarray(values)[..., 0] for name, values in entries.items()}


def _derivative_labels(axes: Axes) -> dict[str, np.ndarray]:
    named = {"dealer": axes.dealers, "perp": axes.perps}
    return {name: np.array(labels) for name, labels in named.items() if labels}


def _check_book(stored: dict[str, Any], found: dict[str, Any]) -> None:
    if found.get("book_hash") != stored.get("book_hash"):
        raise OutputError(
            "The book file has changed since this result was made, so the path would "
            "be another one. Restore the file, or run the config again."
        )


def _status(steps: np.ndarray) -> Status:
    """The event of a path: the first one, or a fatal one whenever it came."""
    events = [Status(code) for code in steps.tolist() if code != Status.OK]
    fatal = [event for event in events if event in FATAL]
    return next(iter([*fatal, *events]), Status.OK)
