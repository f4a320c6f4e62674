"""V17: a real book, and one cent of peg."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..data import STETH_THRESHOLD, read_lido_book
from ..lending import Part
from ._position import AAVE_V2, COLLATERAL, FLOAT64, accounts_of
from ._row import Check, SkipCase
from ._shared import shared_folder


BONUS = 0.07
LIQUIDATABLE = {
    1.00: 0.0,
    0.99: 0.0,
    0.98: 18.22,
    0.97: 18.47,
    0.96: 18.66,
    0.95: 21353.4,
    0.94: 21725.9,
    0.93: 21959.6,
    0.92: 22906.7,
}
"""stETH that may be seized, by stETH/ETH price."""


def lido_book() -> Iterator[Check]:
    """What keepers may seize on Aave v2 at a close factor of 50 %, by price of stETH.

    Source: Lido's model of Aave liquidations, snapshot of 19 June 2023.
    """
    path = shared_folder() / "lido_aave_steth_2023-06-19" / "b1.csv"
    if not path.is_file():
        raise SkipCase(f"real data is absent ({path}); set JAXRISK_DATA to its folder")
    with jax.enable_x64(True):
        accounts = accounts_of(
            read_lido_book(path), threshold=STETH_THRESHOLD, bonus=BONUS
        )
        rules = AAVE_V2.build(FLOAT64)
        one = jnp.ones((accounts.members.size, 1))
        whole = Part(kept=one, owed=one, members=one)
        for price, expected in LIQUIDATABLE.items():
            prices = jnp.array([price, 1.0])[:, None]
            values = accounts.value(whole, prices, prices, prices)
            closing = rules.closing(accounts, values, one)
            share = np.asarray(jnp.where(values.health < 1, closing.seized, 0))
            seized = (accounts.collateral[:, COLLATERAL] @ share).item()
            yield Check(
                f"stETH liquidatable at {price:.2f} ETH",
                expected,
                seized,
                1e-3 * expected,
            )
