"""Aave v3: `userReserves` of its subgraph, in JSON or as a flattened CSV."""

from itertools import compress

from .._errors import Fault
from ._amounts import flags, raw_integers, scales, tokens
from ._batch import Batch, Field
from ._format import AbstractRecordFormat, Wishes
from ._ledger import SUPPLY, Ledger
from ._positions import COLLATERAL, DEBT, Place


MARKET = "aave_v3"
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
        ledger.agreement.check_tokens(batch, faults)
        ledger.agreement.check(batch, "pool", ONE_POOL, faults)
        scale = scales(batch, "decimals", faults)
        supply = raw_integers(batch, "supply", faults)
        debt = raw_integers(batch, "variable_debt", faults)
        stable = raw_integers(batch, "stable_debt", faults)
        if any(stable):
            debt = [one + other for one, other in zip(debt, stable, strict=True)]
        enabled = flags(batch, "enabled", faults)
        faults += [
            batch.fault(index, "enabled", "is empty.", "Write true or false.")
            for index, flag in enumerate(enabled)
            if flag is None and supply[index]
        ]
        market = wishes.market or MARKET

        def place_held(mode: str, reserve: str, flag: bool | None) -> Place:
            side = COLLATERAL if flag else SUPPLY
            return Place(market, wishes.mode(mode), reserve.strip(), side)

        def place_owed(mode: str, reserve: str) -> Place:
            return Place(market, wishes.mode(mode), reserve.strip(), DEBT)

        told = (batch.texts("e_mode"), batch.texts("reserve"))
        owners = ledger.owners(batch.texts("account"))
        is_owed = [amount > 0 for amount in debt]
        # A record without any balance counts once, as a zero balance.
        is_held = [
            amount > 0 or not other
            for amount, other in zip(supply, is_owed, strict=True)
        ]
        for chosen, raw, places in (
            (is_held, supply, ledger.places((*told, enabled), place_held)),
            (is_owed, debt, ledger.places(told, place_owed)),
        ):
            ledger.add(
                compress(owners, chosen),
                compress(places, chosen),
                compress(tokens(raw, scale), chosen),
                compress(batch.row, chosen),
            )
