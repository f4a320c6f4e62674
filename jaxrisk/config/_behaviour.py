"""Who acts of their own accord: borrowers, suppliers, liquidity providers."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._section import Section, refused
from ._units import (
    AtLeastOne,
    Days,
    Exponent,
    Factor,
    Few,
    Health,
    Hours,
    Members,
    OpenRatio,
    PositiveRatio,
    PositiveUsd,
    Rate,
    Ratio,
    Usd,
    Utilization,
    Volatility,
    Weight,
)


class TopUpConfig(Section):
    """Below a health, money comes from outside."""

    below_health: Health
    """Health below which it comes."""
    to_health: Health
    """Health that it aims at."""
    wealth_usd: Usd
    """What each account has outside of the market [USD]; it runs down."""
    by: Literal["repaying", "adding_collateral"] = "repaying"
    """What the money does."""
    hours: Hours | None = None
    """Time in which the gap is closed, at the pace of its start [h]; null: at once."""

    @model_validator(mode="after")
    def _aims_above_its_trigger(self) -> "TopUpConfig":
        _check_aim(self.below_health, self.to_health)
        return self


class UnwindConfig(Section):
    """Below a health, collateral is sold to repay debt."""

    below_health: Health
    """Health below which it is sold."""
    to_health: Health
    """Health that it aims at."""
    hours: Hours | None = None
    """Time in which the gap is closed, at the pace of its start [h]; null: at once."""

    @model_validator(mode="after")
    def _aims_above_its_trigger(self) -> "UnwindConfig":
        _check_aim(self.below_health, self.to_health)
        return self


class LeverUpConfig(Section):
    """Above a health, more is borrowed to buy collateral, within loan_to_value."""

    above_health: Health
    """Health above which it is borrowed."""
    to_health: Health
    """Health that it aims at."""
    hours: Hours | None = None
    """Time in which the gap is closed, at the pace of its start [h]; null: at once."""

    @model_validator(mode="after")
    def _aims_below_its_trigger(self) -> "LeverUpConfig":
        if self.to_health > self.above_health:
            raise refused(
                "to_health",
                f"levering up lowers health, and this is above above_health "
                f"({self.above_health:g}); lower it",
            )
        return self


class CarryConfig(Section):
    """A position held for its yield, which is left when that turns."""

    tolerance: Rate = 0.0
    """Loss a year that is borne, over equity [ratio a year]."""
    hours: Hours = 24.0
    """Time in which all debt is repaid, at the pace of the start [h]."""


class BorrowersConfig(Section):
    """Rules of some accounts; those without a rule are not applied."""

    market: str | None = None
    """Their market; null for all of them."""
    accounts: Annotated[str, Field(min_length=1)] = "*"
    """Their names: * stands for any letters, ? for one. Only those that owe act."""
    walks_away_below: AtLeastOne = 1.0
    """Collateral over debt below which they do nothing any more [ratio]."""
    top_up: TopUpConfig | None = None
    """Money from outside."""
    unwind: UnwindConfig | None = None
    """Sales of their own collateral."""
    lever_up: LeverUpConfig | None = None
    """Purchases with new debt, on the way up."""
    carry: CarryConfig | None = None
    """What the position yields at its leverage."""

    @model_validator(mode="after")
    def _does_not_chase_itself(self) -> "BorrowersConfig":
        if not (self.top_up or self.unwind or self.lever_up or self.carry):
            raise refused(
                "",
                "these borrowers have no rule; add top_up, unwind, lever_up or carry",
            )
        if self.lever_up is None:
            return self
        for name, rule in (("top_up", self.top_up), ("unwind", self.unwind)):
            if rule is not None and self.lever_up.to_health < rule.below_health:
                raise refused(
                    "lever_up.to_health",
                    f"it is below {name}.below_health ({rule.below_health:g}), so that "
                    "what is borrowed would be repaid at once; raise it",
                )
        return self


class LoopConfig(Section):
    """An account that has borrowed and supplied again, some times over."""

    account: Annotated[str, Field(min_length=1)]
    """Its name."""
    market: str | None = None
    """Where it stands; null for the only market."""
    e_mode: str = ""
    """Its e-mode; empty for none."""
    collateral: str
    """Reserve that is supplied."""
    debt: str
    """Reserve that is borrowed."""
    equity_usd: PositiveUsd
    """What was brought [USD]."""
    loan_to_value: OpenRatio
    """What was borrowed on each supply [ratio]."""
    loops: Few
    """How often."""
    members: Members = 1.0
    """Real accounts that it stands for; the equity is of all of them together."""


class SuppliersConfig(Section):
    """Suppliers of a market who may run; those with debt stay with it."""

    reserves: Annotated[tuple[str, ...], Strict(False)] | None = None
    """Reserves that they have supplied; null for all of the market."""
    share: PositiveRatio = 1.0
    """Share of the supply that is nobody's collateral, which may run [ratio]."""
    run_at_utilization: Utilization
    """Utilization from which on they run [ratio]; above 1 for never."""
    run_hours: Hours
    """Time in which all would leave, at the pace of the start [h]."""
    return_below_utilization: Ratio = 0.8
    """Utilization below which they come back [ratio]."""
    return_hours: Hours = 168.0
    """Time in which all would be back, at the pace of the start [h]."""
    alarm_hours: Annotated[float, Field(ge=0)] = 0.0
    """How long they run after a shortfall of the market [h]; 0 for not."""

    @model_validator(mode="after")
    def _returns_to_a_calm(self) -> "SuppliersConfig":
        if self.return_below_utilization > self.run_at_utilization:
            raise refused(
                "return_below_utilization",
                f"it is above run_at_utilization ({self.run_at_utilization:g}), so "
                "that suppliers would come and go at once; lower it",
            )
        return self


class ProvidersConfig(Section):
    """Liquidity providers of the venue of an asset."""

    leave_per_loss: Weight = 0.0
    """Share that leaves for an impermanent loss of 1 [ratio]; 5: a fourth for 5 %."""
    leave_per_volatility: Weight = 0.0
    """Share that leaves when volatility has doubled [ratio]."""
    most: OpenRatio = 0.9
    """Largest share that may be away [ratio]."""
    calm_volatility: Volatility | None = None
    """Annual volatility of calm times [ratio]; null: the asset's own."""
    volatility_half_life_hours: Hours = 24.0
    """Half-life of the realized variance that they look at [h]."""
    leave_hours: Hours | None = None
    """Time in which they leave, at the pace of its start [h]; null: at once."""
    return_hours: Hours = 72.0
    """Time in which they come back, at the pace of its start [h]."""
    renewal_days: Days = 30.0
    """Time in which they are replaced by others, who have no loss yet [day]."""

    @model_validator(mode="after")
    def _leaves_for_something(self) -> "ProvidersConfig":
        if not (self.leave_per_loss or self.leave_per_volatility):
            raise refused(
                "",
                "these providers never leave; write leave_per_loss: 5, or "
                "leave_per_volatility: 0.2, or remove them",
            )
        return self


class GasConfig(Section):
    """What a liquidation costs, where block space is scarce when prices move."""

    asset: str
    """Asset whose realized volatility it follows."""
    exponent: Exponent = 1.0
    """2: four times the cost at twice the volatility."""
    most: Factor = 50.0
    """Largest multiple of `keeper.gas_usd`."""
    calm_volatility: Volatility | None = None
    """Annual volatility up to which it is one [ratio]; null: the asset's own."""
    half_life_hours: Hours = 6.0
    """Half-life of the realized variance [h]."""


class BehaviourConfig(Section):
    """Who acts of their own accord."""

    loops: Annotated[tuple[LoopConfig, ...], Strict(False)] = ()
    """Recursive positions, added to the book; compression leaves them single."""
    borrowers: Annotated[tuple[BorrowersConfig, ...], Strict(False)] = ()
    """Rules of accounts; the first that names an account is its own. Accounts with
    rules stay single when the book is compressed."""
    suppliers: dict[str, SuppliersConfig] = Field(default_factory=dict)
    """Suppliers by market."""
    providers: dict[str, ProvidersConfig] = Field(default_factory=dict)
    """Liquidity providers by asset."""
    gas: GasConfig | None = None
    """Gas that rises with volatility; null for `keeper.gas_usd` always."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of those who may act."""
        names = ("borrowers", "suppliers", "providers")
        return tuple(name for name in names if getattr(self, name))


def _check_aim(below: float, to: float) -> None:
    if to < below:
        raise refused(
            "to_health",
            f"it is below below_health ({below:g}), so that it would be reached before "
            "it is aimed at; raise it",
        )
