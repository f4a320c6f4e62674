"""Aave v3: `userReserves` of its subgraph, in JSON or as a flattened CSV."""

import numpy as np

from .._errors import Fault
from ._amounts import flags, raw_integers, scales, tokens
from ._batch import Batch, Field
from ._entries import SUPPLY
from ._format import AbstractRecordFormat, Wishes
from ._ledger import Ledger
from ._positions import COLLATERAL, DEBT, Place


MARKET = "aave_v3"
KIND = ("e_mode", "reserve", "decimals", "token", "pool", "enabled")
# A subgraph may index several pools, in which an account stands on its own.
ONE_POOL = "Query one pool at a time: where: {pool: ...}."


class AaveUserReserves(AbstractRecordFormat):
    """One record for each account and reserve: supply, two debts, and what it is for.

    Supply counts as collateral if `usageAsCollateralEnabledOnUser` is true. Both debts
    are added before they are scaled.
    """

    name = "aave_v3"
    about = "userReserves of an Aave v3 subgraph"
    key = "userReserves"
    signature = (
        frozenset({"supply"}),
        frozenset({"variable_debt"}),
        frozenset({"enabled", "decimals"}),
    )
    fields = (
        Field("account", ("user.id", "user", "userAddress", "account")),
        Field("reserve", ("reserve.symbol", "symbol", "reserveSymbol")),
        Field("decimals", ("reserve.decimals", "decimals")),
        Field("supply", ("currentATokenBalance",)),
        Field("variable_debt", ("currentVariableDebt",)),
        Field("stable_debt", ("currentStableDebt",), needed=False),
        Field("enabled", ("usageAsCollateralEnabledOnUser",)),
        Field(
            "e_mode",
            (
                "user.eModeCategoryId.label",
                "user.eModeCategoryId.id",
                "user.eModeCategoryId",
                "eModeCategoryId.id",
                "eModeCategoryId",
            ),
            needed=False,
        ),
        Field("token", ("reserve.underlyingAsset", "underlyingAsset"), needed=False),
        Field("pool", ("pool.id", "reserve.pool.id", "pool"), needed=False),
    )

    def enter(
        self, batch: Batch, wishes: Wishes, ledger: Ledger, faults: list[Fault]
    ) -> None:
        """Two entries a record: what is held, and what is owed."""
        kinds, kind = batch.kinds(KIND)
        ledger.agreement.check_tokens(kinds, faults)
        ledger.agreement.check(kinds, "pool", ONE_POOL, faults)
        scale = scales(kinds, "decimals", faults)
        enabled = flags(kinds, "enabled", faults)
        supply = raw_integers(batch, "supply", faults)
        debt = raw_integers(batch, "variable_debt", faults)
        stable = raw_integers(batch, "stable_debt", faults)
        if any(stable):
            debt = [one + other for one, other in zip(debt, stable, strict=True)]
        if None in enabled:
            faults += [
                batch.fault(row, "enabled", "is empty.", "Write true or false.")
                for row, number in enumerate(kind.tolist())
                if enabled[number] is None and supply[row]
            ]
        market = wishes.market or MARKET

        def place_held(mode: str, reserve: str, flag: bool | None) -> Place:
            side = COLLATERAL if flag else SUPPLY
            return Place(market, wishes.mode(mode), reserve.strip(), side)

        def place_owed(mode: str, reserve: str) -> Place:
            return Place(market, wishes.mode(mode), reserve.strip(), DEBT)

        told = (kinds.texts("e_mode"), kinds.texts("reserve"))
        owner = np.array(ledger.owners(batch.texts("account")), np.int64)
        owed = [row for row, amount in enumerate(debt) if amount]
        # A record without any balance counts once, as a zero balance.
        pairs = enumerate(zip(supply, debt, strict=True))
        held = [row for row, (amount, other) in pairs if amount or not other]
        units = [scale[number] for number in kind.tolist()]
        for rows, raw, places in (
            (held, supply, ledger.places((*told, enabled), place_held)),
            (owed, debt, ledger.places(told, place_owed)),
        ):
            whole = [raw[row] for row in rows]
            ledger.add(
                owner[rows],
                np.array(places, np.int64)[kind[rows]],
                tokens(whole, [units[row] for row in rows]),
                [batch.row[row] for row in rows],
                raw=whole,
            )
