"""Close factors: how much of an account may be liquidated at once."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from ._section import Section
from ._units import Health, PositiveRatio, Ratio, Usd


@dataclass(frozen=True)
class CloseRule:
    """What every close factor comes down to.

    Attributes:
        close_factor: Most of the debt repayable in one liquidation [ratio].
        full_below_health: All of it at this health or below [ratio].
        full_below_size_usd: All of it if debt or collateral is less [USD].
        least_remainder_usd: Least collateral that a partial close may leave [USD].
        target_health: Health that a liquidation restores; infinite for no target.
    """

    close_factor: float
    full_below_health: float = 0.0
    full_below_size_usd: float = 0.0
    least_remainder_usd: float = 0.0
    target_health: float = float("inf")


class AaveV2CloseConfig(Section):
    """Half of the debt, always."""

    kind: Literal["aave_v2"]

    @property
    def rule(self) -> CloseRule:
        """The numbers of Aave v2."""
        return CloseRule(close_factor=0.5)


class AaveV3CloseConfig(Section):
    """Half of the debt; all of it at a health of 0.95 or below (Aave v3.0 to v3.2)."""

    kind: Literal["aave_v3"]

    @property
    def rule(self) -> CloseRule:
        """The numbers of Aave v3."""
        return CloseRule(close_factor=0.5, full_below_health=0.95)


class AaveV33CloseConfig(Section):
    """As v3, and all of it below $2,000, and no remainder below $1,000."""

    kind: Literal["aave_v3.3"]

    @property
    def rule(self) -> CloseRule:
        """The numbers of Aave v3.3."""
        return CloseRule(
            0.5, 0.95, full_below_size_usd=2000.0, least_remainder_usd=1000.0
        )


class FullCloseConfig(Section):
    """All of the debt, always."""

    kind: Literal["full"]

    @property
    def rule(self) -> CloseRule:
        """The whole debt."""
        return CloseRule(close_factor=1.0)


class RestoreCloseConfig(Section):
    """As much as restores the account to a target health."""

    kind: Literal["restore"]
    target_health: Health
    """Health after the liquidation; above 1."""
    close_factor: PositiveRatio = 1.0
    """Most of the debt repayable in one liquidation [ratio]."""
    full_below_health: Ratio = 0.0
    """All of the debt at this health or below [ratio]."""
    full_below_size_usd: Usd = 0.0
    """All of the debt if debt or collateral is less [USD]."""

    @property
    def rule(self) -> CloseRule:
        """These numbers."""
        return CloseRule(
            close_factor=self.close_factor,
            full_below_health=self.full_below_health,
            full_below_size_usd=self.full_below_size_usd,
            target_health=self.target_health,
        )


CloseFactorConfig = Annotated[
    AaveV2CloseConfig
    | AaveV3CloseConfig
    | AaveV33CloseConfig
    | FullCloseConfig
    | RestoreCloseConfig,
    Field(discriminator="kind"),
]
