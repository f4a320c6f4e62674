"""The cases, by number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ._algebra import liquidation_algebra
from ._behaviour import liquidity_providers, recursive_loops
from ._cascade import linear_cascade
from ._contagion import contagion
from ._delay import late_liquidation
from ._delay_slopes import late_liquidation_slopes
from ._deribit import deribit_deltas
from ._hedging import hedging_feedback
from ._identities import identities
from ._lido import lido_book
from ._loop import gapped_loop
from ._pools import pool_proceeds
from ._processes import first_passage, terminal_moments
from ._row import Check
from ._rules import close_factor_rules
from ._spiral import mint_and_burn


@dataclass(frozen=True)
class Case:
    """One case: what it is about, and how to run it.

    Attributes:
        description: In one line.
        run: Yields its checks, or raises `SkipCase`.
        slow: Whether it takes more than ten seconds on a laptop.
    """

    description: str
    run: Callable[[], Iterator[Check]]
    slow: bool = False


CASES = {
    "V1": Case("spread and correlation of prices", terminal_moments),
    "V2": Case("first passage, seen hourly", first_passage),
    "V3": Case("bad debt of a late liquidation", late_liquidation, slow=True),
    "V5": Case("slopes of a late liquidation", late_liquidation_slopes, slow=True),
    "V11": Case("deltas of Deribit by Black-76", deribit_deltas),
    "V12": Case("volatility under dealers' hedging", hedging_feedback, slow=True),
    "V14": Case("algebra of one liquidation", liquidation_algebra),
    "V15": Case("close factors and dust of Aave v2, v3 and v3.3", close_factor_rules),
    "V16": Case("a twelvefold loop after a gap in price", gapped_loop),
    "V17": Case("Lido's book on Aave v2, June 2023", lido_book),
    "V19": Case("constant product and StableSwap proceeds", pool_proceeds),
    "V20": Case("impermanent loss, and depth withdrawn", liquidity_providers),
    "V21": Case("recursive loops: multiple, fall to liquidation", recursive_loops),
    "V22": Case("linear cascade: 1/(1 - n)", linear_cascade),
    "V23": Case("clearing of debts, and fire sales", contagion),
    "V24": Case("conservation, signs, order, layout", identities, slow=True),
    "V27": Case("a mint-and-burn stablecoin, May 2022", mint_and_burn),
}
"""In the order in which they run; `docs/validation.md` says what each one is."""
