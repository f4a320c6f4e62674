"""From settings to a volatility surface. Units are converted here."""

import numpy as np

from ..options import AbstractSurface, FlatSurface, GridSurface, RawSvi, SviSurface
from ._surface import GridSurfaceConfig, SurfaceConfig, SviSurfaceConfig


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
