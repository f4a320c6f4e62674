"""Policy: what governance pauses, limits, caps and pays while a market moves."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._factors import FactorsConfig
from ._section import Section, refused
from ._units import (
    Minutes,
    OpenRatio,
    PositiveMinutes,
    PositiveRatio,
    PositiveUsd,
    Tokens,
    Usd,
)


MOST_FALL = 0.63
"""Below it (a log price of minus one) all venues pay more for more tokens."""

Stop = Literal["liquidations", "borrowing", "trading"]


class BreakerConfig(Section):
    """Pauses what it stops once a price has moved too far within its window."""

    assets: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)]
    """Assets whose market prices it watches; any of them trips it."""
    markets: Annotated[tuple[str, ...], Strict(False)] | None = None
    """Where it acts; null for every market that lists one of its assets."""
    window_minutes: PositiveMinutes
    """A price is compared with that so long ago [min]: whole steps."""
    fall: OpenRatio | None = None
    """Fall of a price that trips it [ratio]; null if falls do not matter."""
    rise: PositiveRatio | None = None
    """Rise of a price that trips it [ratio]; null if rises do not matter."""
    pause_minutes: PositiveMinutes
    """How long it pauses, the step in which it trips included [min]: whole steps."""
    cool_down_minutes: Minutes = 0.0
    """How long it cannot trip again after a pause [min]: whole steps."""
    stops: Annotated[tuple[Stop, ...], Strict(False), Field(min_length=1)]
    """What is paused: liquidations and borrowing of whole markets that list the asset,
    trading of the asset by keepers and borrowers."""

    @model_validator(mode="after")
    def _can_trip(self) -> "BreakerConfig":
        if self.fall is None and self.rise is None:
            reason = (
                "it never trips; write fall: 0.1 for a fall of 10 %, or rise, or remove"
                " the breaker"
            )
            raise refused("fall", reason)
        return self


class LimitsConfig(Section):
    """How fast one market may be liquidated."""

    repaid_usd_per_hour: PositiveUsd | None = None
    """Debt that may be repaid by liquidations [USD an hour]; null for no bound."""
    repaid_share_per_hour: PositiveRatio | None = None
    """The same as a share of the market's debt [ratio an hour]; null for no bound."""
    closing_share: PositiveRatio = 1.0
    """Largest share of a position closed in a step [ratio]: gradual liquidation."""

    @property
    def by_market(self) -> bool:
        """Whether the market has a budget."""
        bounds = (self.repaid_usd_per_hour, self.repaid_share_per_hour)
        return any(bound is not None for bound in bounds)


class CapsConfig(Section):
    """Caps of one reserve; what is there already may be above them."""

    supply_tokens: Tokens | None = None
    """Most that may be supplied [token]; null for no cap."""
    borrow_tokens: Tokens | None = None
    """Most that may be borrowed [token]; null for no cap."""
    debt_ceiling_usd: PositiveUsd | None = None
    """Isolates it: most that may be borrowed against it [USD]; null for no ceiling."""


class TokensConfig(Section):
    """Tokens of the treasury, sold into their venue."""

    asset: str
    """Which token."""
    tokens: Tokens
    """How many [token]."""


class SafetyModuleConfig(Section):
    """Staked tokens that are slashed and sold."""

    asset: str
    """Which token is staked."""
    tokens: Tokens
    """How many are staked [token]."""
    most_slashed: PositiveRatio = 0.3
    """Largest share of them sold along a path [ratio]; Aave's limit is 0.3."""


class WaterfallConfig(Section):
    """Who pays a deficit of one market after its reserve fund, in this order."""

    treasury_usd: Usd = 0.0
    """Dollars of the treasury [USD]."""
    treasury_tokens: TokensConfig | None = None
    """Its own tokens; null for none."""
    safety_module: SafetyModuleConfig | None = None
    """Staked tokens; null for none."""
    backstop_usd: Usd = 0.0
    """What others have promised to pay last [USD]; suppliers bear the rest."""
    largest_fall: OpenRatio = 0.5
    """Fall of a token's price at which its sale ends [ratio]; at most 0.63."""

    @model_validator(mode="after")
    def _sells_while_it_pays(self) -> "WaterfallConfig":
        if self.largest_fall > MOST_FALL:
            reason = (
                f"a price that one sale lowers by more than {MOST_FALL:g} may bring "
                f"less the more is sold; write {MOST_FALL:g} or less"
            )
            raise refused("largest_fall", reason)
        return self


class MarketPolicyConfig(Section):
    """What is set for one market."""

    limits: LimitsConfig | None = None
    """How fast it may be liquidated; null for no limits."""
    caps: dict[str, CapsConfig] = Field(default_factory=dict)
    """Caps, by reserve."""
    waterfall: WaterfallConfig | None = None
    """Who pays deficits after the reserve fund; null: suppliers do."""


class PolicyConfig(Section):
    """Everything that governance does while a market moves."""

    breakers: dict[str, BreakerConfig] = Field(default_factory=dict)
    """Circuit breakers, by a name of your own."""
    markets: dict[str, MarketPolicyConfig] = Field(default_factory=dict)
    """Limits, caps and insurance, by market."""
    factors: FactorsConfig | None = None
    """Collateral factors that follow the market; null for those listed, always."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what may act, as `AbstractPolicy.parts` has them."""
        each = self.markets.values()
        there = {
            "breakers": bool(self.breakers),
            "limits": any(one.limits and one.limits.by_market for one in each),
            "waterfall": any(one.waterfall for one in each),
            "factors": self.factors is not None,
        }
        return tuple(name for name, acts in there.items() if acts)
