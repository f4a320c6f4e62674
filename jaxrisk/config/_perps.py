"""Perpetual futures: contracts, who holds them, and who pays when they fail."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._oracle import InstantOracleConfig, OracleConfig
from ._perp_holders import CrossAccountConfig, RungConfig
from ._section import Section, refused
from ._units import (
    Exponent,
    FundingRate,
    Hours,
    OpenRatio,
    PositiveMinutes,
    PositiveUsd,
    Ratio,
    Usd,
)


class PowerLawBookConfig(Section):
    """Depth as quoted: a sale of `depth_usd` moves the price by `reference_move`."""

    kind: Literal["power_law"]
    depth_usd: PositiveUsd
    """Sale that moves the price by `reference_move` [USD]."""
    reference_move: OpenRatio = 0.02
    """Fall of the price after a sale of `depth_usd` [ratio]."""
    exponent: Exponent = 1.0
    """Impact grows as flow to this power; 1 is linear, 0.5 the square root."""


class ConstantProductBookConfig(Section):
    """A constant-product pool against USD, virtual on most exchanges; no fee."""

    kind: Literal["constant_product"]
    quote_reserve_usd: PositiveUsd
    """USD side of the pool at the start; the token side is worth as much."""


PerpBookConfig = Annotated[
    PowerLawBookConfig | ConstantProductBookConfig, Field(discriminator="kind")
]


class FundingConfig(Section):
    """What longs pay shorts; interest and clamp are Binance's."""

    interval_hours: Hours = 8.0
    """Interval that the rates are quoted for [h]; they are paid pro rata of time."""
    interest: FundingRate = 1e-4
    """Rate at no premium [ratio an interval]."""
    clamp: Ratio = 5e-4
    """What interest may make up for of the premium [ratio an interval]."""
    cap: Ratio = 0.0075
    """Largest rate, to either side [ratio an interval]."""


class ContractConfig(Section):
    """One perpetual."""

    book: PerpBookConfig
    """Order book of the perpetual; that of the spot is in venues."""
    maintenance: OpenRatio
    """Margin below which a position is closed [ratio of notional]."""
    liquidation_fee: Ratio = 0.0
    """What a closed position pays to the insurance fund [ratio of notional]."""
    premium_cap: OpenRatio | None = None
    """Most that the mark price may be off the index [ratio]; null for no bound."""
    arbitrage: Ratio = 1.0
    """Share of makers' inventory hedged in spot in the round it arises [ratio]."""
    arbitrage_half_life_minutes: PositiveMinutes | None = None
    """Time in which makers hedge half of the rest [min]; null: all of it in a step."""
    funding: FundingConfig = FundingConfig()
    """What longs pay shorts."""
    rungs: Annotated[tuple[RungConfig, ...], Strict(False)] = ()
    """Isolated positions, by side and leverage."""

    @model_validator(mode="after")
    def _holders_are_solvent(self) -> "ContractConfig":
        for index, rung in enumerate(self.rungs):
            margin = rung.least_margin
            if margin < self.maintenance:
                raise refused(
                    f"rungs.{index}.leverage",
                    f"its margin is {margin:.4g} of notional at the start, below "
                    f"maintenance ({self.maintenance:g}), so it would be closed at "
                    "once; lower leverage or entry_spread, or bring the entry nearer "
                    "to spot",
                )
        return self


class PerpsConfig(Section):
    """The perpetuals of one exchange."""

    contracts: Annotated[dict[str, ContractConfig], Field(min_length=1)]
    """Perpetuals by underlying asset; their books are of one kind."""
    accounts: Annotated[tuple[CrossAccountConfig, ...], Strict(False)] = ()
    """Accounts with several positions under one balance."""
    insurance_usd: Usd
    """Insurance fund of the exchange at the start [USD]."""
    losses: Literal["deleverage", "socialise"]
    """Who pays when the fund is empty: those closed against the bankrupt, at their
    bankruptcy price, or all profits in part."""
    index: OracleConfig = InstantOracleConfig(kind="instant")
    """Oracle of the index prices."""

    @model_validator(mode="after")
    def _somebody_trades_in_one_kind_of_book(self) -> "PerpsConfig":
        rungs = any(contract.rungs for contract in self.contracts.values())
        if not rungs and not self.accounts:
            raise refused("", "nobody holds a perpetual; add rungs or accounts")
        kinds = list(dict.fromkeys(one.book.kind for one in self.contracts.values()))
        if len(kinds) > 1:
            raise refused(
                "contracts",
                f"their books are of {len(kinds)} kinds ({', '.join(kinds)}), and the "
                "perpetuals of an exchange have one; choose one of them",
            )
        return self

    @model_validator(mode="after")
    def _accounts_are_solvent(self) -> "PerpsConfig":
        for index, account in enumerate(self.accounts):
            held = account.positions
            known = [one for one in held if one in self.contracts]
            needed = sum(
                held[one].open_interest_usd * self.contracts[one].maintenance
                for one in known
            )
            if len(known) == len(held) and account.equity_usd < needed:
                raise refused(
                    f"accounts.{index}.balance_usd",
                    f"its equity is {account.equity_usd:,.6g} USD at the start, below "
                    f"the maintenance margin of {needed:,.6g} USD, so it would be "
                    "closed at once; raise it, or bring the entries nearer to spot",
                )
        return self
