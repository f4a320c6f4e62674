"""The asset that a command is about."""

from typing import TYPE_CHECKING

from ._exits import MistakeError


if TYPE_CHECKING:
    from ..run import Model


def chosen_asset(model: "Model", asked: str | None) -> str:
    """The asset that was asked for, or that of most collateral in USD."""
    names = model.axes.assets
    if asked is not None:
        if asked not in names:
            raise MistakeError(
                f"--asset {asked}: no such asset. Choose from {', '.join(names)}."
            )
        return asked
    import numpy as np

    prices = model.system.prices
    price = np.exp(np.asarray(prices.anchor) + np.asarray(prices.lift @ prices.initial))
    listed = np.asarray(model.system.listing.asset)
    held = model.book.collateral.sum(axis=0) @ (listed * price)
    return names[int(np.argmax(held))]
