"""Credit lines beyond collateral, by tier."""

from typing import Annotated

from pydantic import Field

from ._section import Section
from ._units import Factor, PerYear


class TierConfig(Section):
    """How far borrowers of a tier are trusted."""

    limit: Factor
    """Debt over collateral at which a line is liquidated [ratio]; it may exceed 1."""
    defaults_per_year: PerYear
    """Defaults a year of a line while its debt exceeds its collateral."""


class CreditConfig(Section):
    """Under-collateralised credit lines."""

    tiers: Annotated[dict[str, TierConfig], Field(min_length=1)]
    """Tiers by name."""
    lines: Annotated[dict[str, str], Field(min_length=1)]
    """Tier of each account with a line, by the account's name in the book."""
