"""Pegs of several assets, each in the form that its basis has."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float64, Shaped

from ..data.prices import PriceSeries
from ._basis import log_basis
from ._estimate import CalibrationError, Fit
from ._ledger import Ledger
from ._peg import fit_peg


USD = "USD"
"""What an asset may be pegged to without prices."""

Window = tuple[np.datetime64 | None, np.datetime64 | None]


def check_pegs(prices: Sequence[PriceSeries], pegs: Mapping[str, str]) -> None:
    """Refuse pegs of or to assets without prices.

    Args:
        prices: One series an asset.
        pegs: What each pegged asset is pegged to.

    Raises:
        CalibrationError: With the first that is wrong.
    """
    known = [one.asset for one in prices]
    for asset, reference in pegs.items():
        for name in {asset, reference} - {USD}:
            if name not in known:
                raise CalibrationError(
                    f"the peg of {asset} to {reference}: {name} has no prices. Known "
                    f"are {', '.join(known) or 'none'}; add its file, or name it so."
                )
        if reference in pegs:
            raise CalibrationError(
                f"the peg of {asset} to {reference}: {reference} is pegged itself. Peg "
                f"{asset} to {pegs[reference]}."
            )


def fit_pegs(
    ledger: Ledger,
    prices: Sequence[PriceSeries],
    pegs: Mapping[str, str],
    window: Window,
) -> dict[str, Fit]:
    """Fit the basis of every pegged asset.

    Args:
        ledger: Keeps the fits.
        prices: One series an asset.
        pegs: What each pegged asset is pegged to (`check_pegs`).
        window: First and last time used; None: all.
    """
    known = {one.asset: one for one in prices}
    start, end = window
    made: dict[str, Fit] = {}
    for asset, reference in pegs.items():
        time, basis = log_basis(known[asset], known.get(reference))
        inside = np.ones(time.size, dtype=bool)
        if start is not None:
            inside &= time >= start
        if end is not None:
            inside &= time <= end
        fit = ledger.fit(
            f"peg of {asset}",
            lambda t=time[inside], x=basis[inside], of=(asset, reference): _fit(
                t, x, of
            ),
        )
        if fit is not None:
            made[asset] = fit
    return made


def _fit(
    time: Shaped[np.ndarray, " time"],
    basis: Float64[np.ndarray, " time"],
    subject: tuple[str, str],
) -> Fit:
    """With an exchange rate that grows, if the likelihood repays it (BIC).

    A dollar is one for one. A staking token may be, as those that pay rewards in
    kind; or its rate grows, and a basis about zero would not return.
    """
    if subject[1] == USD:
        return fit_peg(time, basis, subject=subject)
    found: list[Fit] = []
    refused: list[CalibrationError] = []
    for grows in (False, True):
        try:
            found.append(fit_peg(time, basis, subject=subject, growth=grows))
        except CalibrationError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return min(found, key=lambda fit: fit.bic)
