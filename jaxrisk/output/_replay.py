"""One path with everything recorded, as a labeled dataset."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from ._dataset import Attribute, label
from ._schema import Variable


_ASSET = ("time", "asset")
_RESERVE = ("time", "reserve")

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
    "account_owed": Variable(("account",), "1", "share of its debt not repaid"),
    "account_bad_debt": Variable(
        ("account",), "USD", "debt above collateral at the horizon, market prices"
    ),
}

_COORDINATES = {
    "time": Variable(("time",), "day", "end of the step, since the start"),
    "asset": Variable(("asset",), "1", "asset"),
    "reserve": Variable(("reserve",), "1", "reserve of a market"),
    "market": Variable(("market",), "1", "market"),
    "account": Variable(("account",), "1", "account or cohort"),
}


def replay_dataset(
    variables: Mapping[str, np.ndarray],
    *,
    coordinates: Mapping[str, np.ndarray],
    attributes: Mapping[str, Attribute],
) -> xr.Dataset:
    """Label the arrays of one path.

    Args:
        variables: Every entry of `REPLAY_SCHEMA`.
        coordinates: Labels of its dimensions.
        attributes: Path number, seed, status, config hash.
    """
    return xr.Dataset(
        {name: label(REPLAY_SCHEMA[name], array) for name, array in variables.items()},
        coords={name: label(_COORDINATES[name], axis) for name, axis in coordinates.items()},
        attrs=dict(attributes),
    )
