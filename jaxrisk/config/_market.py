"""Markets: lending protocol deployments, their reserves and their e-modes."""

from typing import Annotated

from pydantic import Field, Strict, model_validator

from ._close_factor import CloseFactorConfig
from ._section import Section, refused
from ._units import Bonus, OpenRatio, Rate, Ratio, Tokens, Usd


def _check_limits(section: "ReserveConfig | EModeConfig") -> None:
    if section.loan_to_value > section.liquidation_threshold:
        raise refused(
            "loan_to_value",
            f"it exceeds liquidation_threshold ({section.liquidation_threshold:g}), so "
            "every maximal borrow would be liquidatable at once; lower loan_to_value",
        )


class RatesConfig(Section):
    """The kinked curve of the borrow rate on utilization, a year."""

    base: Rate = 0.0
    """Borrow rate at zero utilization [ratio a year]."""
    kink: OpenRatio = 0.8
    """Utilization at which the curve turns [ratio]."""
    slope_below: Rate = 0.0
    """Rise of the rate from zero utilization to the kink [ratio a year]."""
    slope_above: Rate = 0.0
    """Rise of the rate from the kink to full utilization [ratio a year]."""


class ReserveConfig(Section):
    """One asset listed in one market."""

    asset: str | None = None
    """The asset; null if the reserve bears its name."""
    loan_to_value: Ratio
    """What may be borrowed against it [ratio]."""
    liquidation_threshold: Ratio
    """Its weight as collateral in health [ratio]; 0 if it is no collateral."""
    liquidation_bonus: Bonus
    """What a keeper gets on top [ratio]: 0.05 is 5 %."""
    protocol_fee: Ratio = 0.0
    """The protocol's share of the bonus [ratio]."""
    reserve_factor: Ratio = 0.0
    """The protocol's share of the interest [ratio]."""
    supplied: Tokens | None = None
    """Supply of the whole reserve, that of accounts without debt included [token].
    null: the collateral of the book, or what puts utilization at the kink if that is
    more."""
    rates: RatesConfig = RatesConfig()
    """Interest; none by default."""

    @model_validator(mode="after")
    def _can_be_borrowed_against(self) -> "ReserveConfig":
        _check_limits(self)
        return self


class EModeConfig(Section):
    """Risk parameters that replace those of its reserves for accounts in it."""

    loan_to_value: Ratio
    """What may be borrowed against its reserves [ratio]."""
    liquidation_threshold: Ratio
    """Weight of its reserves in health [ratio]."""
    liquidation_bonus: Bonus
    """What a keeper gets on top [ratio]: 0.01 is 1 %."""
    reserves: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)]
    """Reserves to which it applies."""

    @model_validator(mode="after")
    def _can_be_borrowed_against(self) -> "EModeConfig":
        _check_limits(self)
        return self


class MarketConfig(Section):
    """One deployment of a lending protocol."""

    close_factor: CloseFactorConfig
    """How much of an account may be liquidated at once."""
    reserve_fund_usd: Usd = 0.0
    """Money that pays deficits before suppliers do [USD]."""
    reserves: Annotated[dict[str, ReserveConfig], Field(min_length=1)]
    """Assets listed, by name."""
    e_modes: dict[str, EModeConfig] = Field(default_factory=dict)
    """Efficiency modes, by name."""

    def asset_of(self, reserve: str) -> str:
        """The asset that `reserve` lists."""
        return self.reserves[reserve].asset or reserve


def is_toxic(section: ReserveConfig | EModeConfig) -> bool:
    """Whether a liquidation lowers the health of an account at the threshold."""
    return section.liquidation_threshold * (1 + section.liquidation_bonus) >= 1
