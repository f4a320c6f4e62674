"""From settings to the price process. Units are converted here."""

import math

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
from ._correlation import Matrix, correlation_matrices
from ._market_model import InnovationConfig, RegimesConfig, StudentTConfig
from ._remembered import depends_on


@depends_on("assets", "instruments", "market_model")
def build_process(config: Config, *, dt: float, dtype: np.dtype) -> Prices:
    """The process that the assets and the market model describe.

    Args:
        config: The settings.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    model = config.market_model
    correlation = correlation_matrices(no_bases(config), model)
    multiplier = [] if model.regimes is None else [model.regimes.volatility_multiplier]
    names, price = list(config.assets), config.start_prices
    # What an instrument is worth follows from its underlying, and not from a process.
    still = [AssetModel(price[name], 0.0) for name in config.instruments or {}]
    return build_prices(
        [_asset(asset, names) for asset in config.assets.values()] + still,
        correlation,
        volatility_multiplier=[1.0, *multiplier],
        innovation=_innovation(model.innovation, dtype),
        regimes=_regimes(model.regimes, dt=dt, dtype=dtype),
        jumps=jump_sources(config),
        dt=dt,
        dtype=dtype,
    )


def no_bases(config: Config) -> dict[str, bool]:
    """Whether an asset or instrument is no base asset, in the order of the axis."""
    pegged = {name: not asset.is_base for name, asset in config.assets.items()}
    return pegged | dict.fromkeys(config.instruments or {}, True)


def claim_weights(config: Config) -> Matrix:
    """Weights in log price of what every asset is directly a claim on.

    An instrument is taken as a claim on its underlying, whatever its options.
    """
    names = list(config.asset_names)
    rests = {name: asset.rests_on for name, asset in config.assets.items()}
    for name, one in (config.instruments or {}).items():
        rests[name] = {one.underlying: 1.0}
    weights = np.zeros((len(names), len(names)))
    for row, name in enumerate(names):
        for other, weight in rests[name].items():
            weights[row, names.index(other)] = weight
    return weights


def _asset(asset: AssetConfig, names: list[str]) -> AssetModel:
    law = asset.law
    claims = asset.rests_on.items()
    return AssetModel(
        price=asset.price_usd,
        volatility=asset.annual_volatility,
        trend=asset.trend,
        claims=tuple((names.index(other), weight) for other, weight in claims),
        speed=0.0 if law is None else law.speed,
        basis=0.0 if law is None else law.log_basis,
        floor=-math.inf if law is None else law.log_floor,
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
        common.beta.get(name, 1.0 if asset.is_base else 0.0)
        for name, asset in config.assets.items()
    ]
    own = [asset.own_jumps for asset in config.assets.values()]
    loading = np.column_stack([beta, np.eye(len(own))])
    loading = np.pad(loading, ((0, len(config.instruments or {})), (0, 0)))
    sources = [common, *own]
    happens = np.array([source.intensity > 0 for source in sources])
    intensity, mean, sd = (
        np.array([getattr(source, field) for source in sources], np.float64)[happens]
        for field in ("intensity", "mean", "sd")
    )
    return JumpSources(loading[:, happens], intensity=intensity, mean=mean, sd=sd)
