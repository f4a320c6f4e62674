"""From settings to the price process. Units are converted here."""

import jax.numpy as jnp
import numpy as np

from ..process import (
    AbstractInnovation,
    AbstractRegimes,
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    StudentT,
    TwoRegimes,
    build_prices,
)
from ._assets import AssetConfig
from ._config import Config
from ._correlation import correlation_matrices
from ._market_model import InnovationConfig, RegimesConfig, StudentTConfig
from ._remembered import depends_on


@depends_on("assets", "market_model")
def build_process(config: Config, *, dt: float, dtype: np.dtype) -> Prices:
    """The process that the assets and the market model describe.

    Args:
        config: The settings.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    model = config.market_model
    pegged = {name: asset.peg is not None for name, asset in config.assets.items()}
    correlation = correlation_matrices(pegged, model)
    multiplier = [] if model.regimes is None else [model.regimes.volatility_multiplier]
    names = list(config.assets)
    return build_prices(
        [_asset(asset, names) for asset in config.assets.values()],
        correlation,
        volatility_multiplier=[1.0, *multiplier],
        innovation=_innovation(model.innovation, dtype),
        regimes=_regimes(model.regimes, dt=dt, dtype=dtype),
        jumps=jump_sources(config),
        dt=dt,
        dtype=dtype,
    )


def _asset(asset: AssetConfig, names: list[str]) -> AssetModel:
    peg = asset.peg
    if peg is None:
        return AssetModel(
            price=asset.price_usd,
            volatility=asset.annual_volatility,
            trend=asset.trend,
        )
    return AssetModel(
        price=asset.price_usd,
        volatility=asset.annual_volatility,
        trend=asset.trend,
        reference=names.index(peg.reference) if peg.reference in names else -1,
        speed=peg.speed,
        basis=peg.log_basis,
        floor=peg.log_floor,
    )


def _innovation(settings: InnovationConfig, dtype: np.dtype) -> AbstractInnovation:
    if isinstance(settings, StudentTConfig):
        return StudentT.of(settings.degrees_of_freedom, dtype)
    return Gaussian()


def _regimes(
    settings: RegimesConfig | None, *, dt: float, dtype: np.dtype
) -> AbstractRegimes:
    """Exact transition probabilities of the two-state chain over `dt`."""
    if settings is None:
        return OneRegime()
    enter, leave = settings.enter_stress_per_year, settings.leave_stress_per_year
    total = enter + leave
    mixed = -np.expm1(-total * dt) / total if total else 0.0
    return TwoRegimes(
        enter=jnp.asarray(enter * mixed, dtype), leave=jnp.asarray(leave * mixed, dtype)
    )


def jump_sources(config: Config) -> JumpSources:
    """The common jumps, then each asset's own; not those that never happen."""
    common = config.market_model.common_jumps
    beta = [
        common.beta.get(name, 0.0 if asset.peg else 1.0)
        for name, asset in config.assets.items()
    ]
    own = [asset.own_jumps for asset in config.assets.values()]
    loading = np.column_stack([beta, np.eye(len(own))])
    sources = [common, *own]
    happens = np.array([source.intensity > 0 for source in sources])
    intensity, mean, sd = (
        np.array([getattr(source, field) for source in sources], np.float64)[happens]
        for field in ("intensity", "mean", "sd")
    )
    return JumpSources(loading[:, happens], intensity=intensity, mean=mean, sd=sd)
