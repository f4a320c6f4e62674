"""Short names of swept fields, for coordinates and expressions."""

import re
from collections.abc import Collection, Sequence


def short_names(paths: Sequence[str], *, taken: Collection[str] = ()) -> dict[str, str]:
    """A name for every dotted path: its last words, as few as tell it from others.

    Args:
        paths: Such as `markets.aave_v3.reserves.WETH.loan_to_value`.
        taken: Names that are something else.

    Returns:
        Names by path, such as `loan_to_value`; `WETH_loan_to_value` where another
        reserve is swept too.
    """
    found = {}
    for path in paths:
        words = path.split(".")
        lengths = range(1, len(words) + 1)
        names = [_joined(words[-length:]) for length in lengths]
        others = {
            _joined(other.split(".")[-length:])
            for other in paths
            if other != path
            for length in range(1, other.count(".") + 2)
        }
        free = (name for name in names if name not in others and name not in taken)
        found[path] = next(free, f"{names[-1]}_")
    return found


def _joined(words: Sequence[str]) -> str:
    name = re.sub(r"\W", "_", "_".join(words))
    return f"_{name}" if name[:1].isdigit() else name
