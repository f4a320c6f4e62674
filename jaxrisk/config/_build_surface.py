"""From settings to a volatility surface and its moves. Units are converted here."""

import numpy as np

from ..options import (
    AbstractMove,
    AbstractSurface,
    FlatSurface,
    GridSurface,
    RawSvi,
    StickyDelta,
    StickyStrike,
    SviSurface,
)
from ._surface import (
    GridSurfaceConfig,
    MoveConfig,
    StickyDeltaConfig,
    SurfaceConfig,
    SviSurfaceConfig,
)


DAYS_PER_YEAR = 365


def build_surface(settings: SurfaceConfig) -> AbstractSurface:
    """The surface that the settings describe."""
    if isinstance(settings, SviSurfaceConfig):
        days = [smile.expiry_days for smile in settings.smiles]
        smiles = [RawSvi(o.a, o.b, o.rho, o.m, o.s) for o in settings.smiles]
        return SviSurface(np.array(days) / DAYS_PER_YEAR, tuple(smiles))
    if isinstance(settings, GridSurfaceConfig):
        return GridSurface(
            expiry=np.array(settings.expiry_days) / DAYS_PER_YEAR,
            moneyness=np.array(settings.moneyness),
            values=np.array(settings.volatility),
        )
    return FlatSurface(settings.volatility)


def build_move(settings: MoveConfig) -> AbstractMove:
    """How the surface moves."""
    kind = StickyDelta if isinstance(settings, StickyDeltaConfig) else StickyStrike
    return kind(spot_beta=settings.spot_beta)
