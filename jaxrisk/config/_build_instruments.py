"""From settings to instruments. Units are converted here."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..options import (
    AbstractInstruments,
    Instruments,
    NoInstruments,
    Stress,
    ValueTable,
)
from ._build_options import LEVELS, ONE_LEVEL, realized_volatility, variance_memory
from ._build_surface import build_move, build_surface
from ._config import Config
from ._instrument_parts import instrument_of, stress_of


def build_instruments(
    config: Config, *, dt: float, dtype: np.dtype
) -> AbstractInstruments:
    """The instruments that the settings describe.

    Args:
        config: The settings.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    settings = list((config.instruments or {}).values())
    if not settings:
        return NoInstruments()
    start, names = config.start_prices, list(config.asset_names)
    spot = np.array([start[one.underlying] for one in settings])
    weight = [one.move.realized_weight for one in settings]

    def table(stresses: list[Stress]) -> ValueTable:
        return ValueTable.of(
            [instrument_of(one) for one in settings],
            [build_surface(one.surface) for one in settings],
            [build_move(one.move) for one in settings],
            stresses,
            spot=spot,
            steps=config.steps,
            dt=dt,
            levels=LEVELS if any(weight) else ONE_LEVEL,
            dtype=dtype.name,
        )

    def column(values: list[float]) -> Float[Array, " instrument"]:
        return jnp.asarray(np.array(values), dtype)

    return Instruments(
        fair=table([Stress.none()] * len(settings)),
        stressed=table([stress_of(one.stress) for one in settings]),
        price=jnp.asarray(spot, dtype),
        value=column([start[name] for name in config.instruments or {}]),
        variance=column(
            [
                realized_volatility(config, one.underlying, one.move) ** 2
                for one in settings
            ]
        ),
        memory=column([variance_memory(config, one.move) for one in settings]),
        weight=column(weight),
        assets=tuple(names.index(name) for name in config.instruments or {}),
        underlyings=tuple(names.index(one.underlying) for one in settings),
    )
