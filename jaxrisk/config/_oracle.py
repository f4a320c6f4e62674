"""Oracles: the price that contracts act on."""

from typing import Annotated, Literal

from pydantic import Field

from ._section import Section
from ._units import PositiveRatio, PositiveSeconds


class InstantOracleConfig(Section):
    """Publishes the market price."""

    kind: Literal["instant"]


class HeartbeatOverride(Section):
    """What differs for one asset."""

    deviation: PositiveRatio | None = None
    """Move since the last publication that triggers one [ratio]."""
    heartbeat_seconds: PositiveSeconds | None = None
    """Longest time between publications [s]."""


class HeartbeatOracleConfig(Section):
    """Publishes on a move of `deviation`, or once the heartbeat has passed."""

    kind: Literal["heartbeat"]
    deviation: PositiveRatio = 0.005
    """Move since the last publication that triggers one [ratio]: 0.005 is 0.5 %."""
    heartbeat_seconds: PositiveSeconds = 3600.0
    """Longest time between publications [s]."""
    assets: dict[str, HeartbeatOverride] = Field(default_factory=dict)
    """Assets whose feeds differ."""

    def deviation_of(self, asset: str) -> float:
        """Deviation of the feed of `asset` [ratio]."""
        own = self.assets.get(asset, HeartbeatOverride()).deviation
        return self.deviation if own is None else own

    def heartbeat_seconds_of(self, asset: str) -> float:
        """Heartbeat of the feed of `asset` [s]."""
        own = self.assets.get(asset, HeartbeatOverride()).heartbeat_seconds
        return self.heartbeat_seconds if own is None else own


class DelayedOracleConfig(Section):
    """Publishes the price of a while ago."""

    kind: Literal["delayed"]
    delay_seconds: PositiveSeconds
    """Age of the published price [s]: whole steps."""


OracleConfig = Annotated[
    InstantOracleConfig | HeartbeatOracleConfig | DelayedOracleConfig,
    Field(discriminator="kind"),
]
