"""Names of options on Deribit: BTC-9JUN20-9875-P expires on 9 June 2020, 08:00 UTC."""

import numpy as np
import pandas as pd

from .._columns import Cells
from .._errors import Fault
from .._parse import cell_faults


_NAME = r"^([A-Z]+)-(\d{1,2}[A-Z]{3}\d{2})-(\d+(?:d\d+)?)-([CP])$"
_HOUR = np.timedelta64(8, "h")


def parse_names(names: Cells, faults: list[Fault]) -> dict[str, Cells]:
    """Asset, expiry, strike and type of options settled in coin.

    Args:
        names: The column of names.
        faults: Grows by the names that are none, such as of futures, and of options
            settled in USDC (SOL_USDC-...), whose prices are not in coin.

    Returns:
        Columns `asset`, `expiry`, `strike` and `kind`, with the places of the names.
    """
    values, column = names
    parts = values.astype(str).str.extract(_NAME)
    day = pd.to_datetime(parts[1], format="%d%b%y", errors="coerce")
    bad = (parts.isna().any(axis=1) | day.isna()).to_numpy()
    remedy = "Keep options settled in coin only (kind=option)."
    problem = "is no option settled in coin, such as BTC-9JUN20-9875-P"
    faults += cell_faults(values, column, bad, lambda _: (problem, remedy))
    strike = pd.to_numeric(parts[2].str.replace("d", "."), errors="coerce")
    found = {
        "asset": parts[0],
        "expiry": day + _HOUR,
        "strike": strike,
        "kind": parts[3],
    }
    return {name: (pd.Series(cells), column) for name, cells in found.items()}
