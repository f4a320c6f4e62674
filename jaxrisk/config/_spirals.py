"""Stablecoins that are redeemed in a token minted for it."""

from ._section import Section
from ._units import Factor, PerDay, PositiveUsd, Ratio, Tokens, Usd


class SpiralConfig(Section):
    """A mint-and-burn stablecoin: what backs it, and how fast its holders leave."""

    backing_token: str
    """The token that is minted when stablecoins are burnt."""
    supply_tokens: Tokens
    """Stablecoins outstanding [token]."""
    backing_supply_tokens: Tokens
    """Backing tokens outstanding [token]."""
    capacity_usd_per_day: PositiveUsd
    """Most that is redeemed in a day [USD]; who comes too late sells."""
    reserve_usd: Usd = 0.0
    """Reserve that buys the stablecoin at market until it is gone [USD]."""
    defence_from: Ratio = 0.0
    """Depeg from which on the reserve buys: 0.02 is at 0.98 USD [ratio]."""
    exit_per_day: PerDay = 0.0
    """Rate at which holders leave in calm times [a day]."""
    exit_per_day_by_depeg: PerDay = 0.0
    """Rate that a full depeg would add; a depeg of 5 % adds a twentieth [a day]."""
    exit_per_day_by_shortfall: PerDay = 0.0
    """Rate that a coverage of one below the comfortable one adds [a day]."""
    comfortable_coverage: Factor = 1.0
    """Capitalisation and reserve over supply below which holders worry [ratio]."""
