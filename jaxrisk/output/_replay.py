"""One path with everything recorded, as a labeled dataset."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from ._dataset import Attribute, label
from ._variable import Variable


_ASSET = ("time", "asset")
_RESERVE = ("time", "reserve")
_DEALER = ("time", "dealer")
_PERP = ("time", "perp")

_DERIVATIVES = {
    "keeper_flow": Variable(_ASSET, "USD", "net sales of keepers in the step"),
    "dealer_flow": Variable(_DEALER, "USD", "net sales of dealers in the step"),
    "dealer_turnover": Variable(_DEALER, "USD", "sales and purchases of dealers"),
    "perp_flow": Variable(_PERP, "USD", "net spot sales for perpetuals in the step"),
    "perp_liquidated": Variable(_PERP, "USD", "positions closed in the step, at mark"),
    "perp_deleveraged": Variable(_PERP, "USD", "the part of them that no book took"),
    "basis": Variable(_PERP, "1", "log of perpetual over spot, end of step"),
    "funding_rate": Variable(_PERP, "1", "what longs pay in a funding interval"),
    "funding_paid": Variable(_PERP, "USD", "paid by longs to shorts in the step"),
    "insurance_paid": Variable(("time",), "USD", "paid by the insurance fund"),
}

REPLAY_SCHEMA = {
    "price": Variable(_ASSET, "USD", "market price"),
    "oracle_price": Variable(_ASSET, "USD", "price that contracts act on"),
    "fundamental_price": Variable(_ASSET, "USD", "price without impact"),
    "flow": Variable(_ASSET, "USD", "net sales in the step, at prices before them"),
    "repaid": Variable(_RESERVE, "USD", "debt repaid by liquidations in the step"),
    "seized": Variable(_RESERVE, "USD", "collateral seized in the step, oracle value"),
    "realized": Variable(_RESERVE, "USD", "bad debt written off in the step"),
    "covered": Variable(("time", "market"), "USD", "deficit paid by the reserve fund"),
    "keeper_profit": Variable(("time",), "USD", "profit of keepers in the step"),
    "protocol_fee": Variable(("time",), "USD", "fee of markets in the step"),
    "account_kept": Variable(("account",), "1", "share of its collateral left"),
    "account_owed": Variable(("account",), "1", "share of its debt still owed"),
    "account_lost": Variable(("account",), "1", "share of its debt written off"),
    "account_bad_debt": Variable(
        ("account",), "USD", "written off or above collateral, at the horizon's prices"
    ),
    **_DERIVATIVES,
}
"""Variables of a path; those of dealers and perpetuals where there are any."""

_COORDINATES = {
    "time": Variable(("time",), "day", "end of the step, since the start"),
    "asset": Variable(("asset",), "1", "asset"),
    "reserve": Variable(("reserve",), "1", "reserve of a market"),
    "market": Variable(("market",), "1", "market"),
    "account": Variable(("account",), "1", "account or cohort"),
    "dealer": Variable(("dealer",), "1", "underlying of options that dealers hedge"),
    "perp": Variable(("perp",), "1", "underlying of a perpetual future"),
}


def replay_dataset(
    variables: Mapping[str, np.ndarray],
    *,
    coordinates: Mapping[str, np.ndarray],
    attributes: Mapping[str, Attribute],
) -> xr.Dataset:
    """Label the arrays of one path.

    Args:
        variables: Entries of `REPLAY_SCHEMA`.
        coordinates: Labels of its dimensions.
        attributes: Path number, seed, status, config hash.
    """
    return xr.Dataset(
        {name: label(REPLAY_SCHEMA[name], array) for name, array in variables.items()},
        coords={
            name: label(_COORDINATES[name], axis) for name, axis in coordinates.items()
        },
        attrs=dict(attributes),
    )


def path_bad_debt(dataset: xr.Dataset) -> tuple[float, float]:
    """Bad debt of a path: written off, and still open at the horizon [USD].

    An account without collateral owes what was written off already: its debt counts
    as realized, or was paid by the reserve fund.
    """
    is_open = dataset["account_kept"] > 0
    still_open = dataset["account_bad_debt"].where(is_open, 0).astype(float)
    return float(dataset["realized"].astype(float).sum()), float(still_open.sum())


def write_replay(dataset: xr.Dataset, store: Path) -> None:
    """Write one path as a Zarr store, in the place of an earlier one.

    Args:
        dataset: From `replay_dataset`.
        store: Folder to write, such as `replay_812.zarr`.
    """
    dataset.to_zarr(store, mode="w", zarr_format=3, consolidated=False)
