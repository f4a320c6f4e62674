"""The fast engine's twin of a reference system's options dealers."""

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.interpolate import CubicHermiteSpline

from jaxrisk.options import (
    AbstractDealers,
    AbstractHedging,
    BandHedging,
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    IntervalHedging,
    NoDealers,
    OptionBook,
    StickyStrike,
)
from tests import reference as plain


def of(values: object) -> Float[Array, "..."]:
    """A device array in float64."""
    return jnp.asarray(np.asarray(values, np.float64))


def dealers_twin(system: plain.ReferenceSystem) -> AbstractDealers:
    """The same dealers for the fast engine."""
    if not system.dealers:
        return NoDealers()
    return Dealers(
        table=_table(system),
        hedging=_hedging(system.dealers),
        price=of([system.assets[d.asset].initial_price for d in system.dealers]),
        variance=of([dealer.variance for dealer in system.dealers]),
        memory=of([dealer.memory for dealer in system.dealers]),
        weight=of([dealer.weight for dealer in system.dealers]),
        assets=tuple(dealer.asset for dealer in system.dealers),
    )


def _hedging(dealers: tuple[plain.Dealer, ...]) -> AbstractHedging:
    match dealers[0].policy:
        case "interval":
            return IntervalHedging(every=dealers[0].every)
        case "band":
            return BandHedging(band=of([dealer.band for dealer in dealers]))
        case _:
            return ImplicitHedging()


def _table(system: plain.ReferenceSystem) -> DeltaTable:
    strips = [strip_of(dealer) for dealer in system.dealers]
    spot = np.array([system.assets[d.asset].initial_price for d in system.dealers])
    return DeltaTable.of(
        [_options(strip, at) for strip, at in zip(strips, spot, strict=True)],
        [FlatSurface(strip.volatility) for strip in strips],
        [StickyStrike()] * len(strips),
        spot=spot,
        steps=system.steps,
        dt=system.dt,
        levels=np.exp(np.linspace(-1.0, 1.0, 9)),
        dtype="float64",
    )


def strip_of(dealer: plain.Dealer) -> plain.Strip:
    """A dealer's options, or a failure if they are something else."""
    if not isinstance(dealer.delta, plain.Strip):
        raise TypeError(f"{dealer.delta} is no strip of options")
    return dealer.delta


def _options(strip: plain.Strip, spot: float) -> OptionBook:
    return OptionBook(
        strike=spot * np.array([option.strike for option in strip.options]),
        expiry=np.array([option.expiry for option in strip.options]),
        is_call=np.array([option.is_call for option in strip.options]),
        position=np.array([option.position for option in strip.options]),
    )


@dataclasses.dataclass(frozen=True)
class TabulatedDelta:
    """The fast engine's table of one dealer's delta, read by NumPy."""

    values: np.ndarray  # [time, level, node, 2]
    log_price: np.ndarray  # [node]
    log_level: np.ndarray  # [level]

    def __call__(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Cubic in the log price, linear in the log level."""
        x = np.clip(log_price, self.log_price[0], self.log_price[-1])
        found = [
            CubicHermiteSpline(self.log_price, curve[:, 0], curve[:, 1])(x)
            for curve in self.values[elapsed]
        ]
        return float(np.interp(log_level, self.log_level, np.array(found)))


def with_tabulated_delta(system: plain.ReferenceSystem) -> plain.ReferenceSystem:
    """The reference system with the fast engine's table in place of the formula."""
    if not system.dealers:
        return system
    table = _table(system)
    values, nodes = np.asarray(table.values), table.nodes
    return dataclasses.replace(
        system,
        dealers=tuple(
            dataclasses.replace(
                dealer,
                delta=TabulatedDelta(
                    values=values[d],
                    log_price=np.asarray(nodes.start[d])
                    + np.asarray(nodes.spacing[d]) * np.arange(values.shape[3]),
                    log_level=np.asarray(nodes.first_level)
                    + np.asarray(nodes.level_spacing) * np.arange(values.shape[2]),
                ),
            )
            for d, dealer in enumerate(system.dealers)
        ),
    )
