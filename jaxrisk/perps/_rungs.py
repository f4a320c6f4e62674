"""Who holds perpetuals, as open interest tells it, and the traders standing for it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri


SIGN = {"long": 1.0, "short": -1.0}


@dataclass(frozen=True)
class Rung:
    """Isolated positions of one side and leverage in one perpetual."""

    perp: int
    side: Literal["long", "short"]
    leverage: float  # notional over margin, at entry
    open_interest: float  # at today's price [USD]
    entry_move: float = 0.0  # entry price over spot, less one [ratio]
    entry_spread: float = 0.0  # standard deviation of log entry prices
    parts: int = 1  # traders at quantiles of these
    delta_neutral: float = 0.0  # share of shorts that hold the spot [ratio]
    unwind_below: float = -math.inf  # funding rate at which those leave [ratio]
    unwind_speed: float = 0.0  # of their initial size in a step [ratio]


@dataclass(frozen=True)
class Position:
    """One leg of a cross-margin account."""

    perp: int
    side: Literal["long", "short"]
    open_interest: float  # at today's price [USD]
    entry_move: float = 0.0  # entry price over spot, less one [ratio]
    spot_leg: float = 0.0  # spot held against a token of a short [ratio]


@dataclass(frozen=True)
class CrossAccount:
    """Several positions under one balance."""

    positions: tuple[Position, ...]
    balance: float  # [USD]
    unwind_below: float = -math.inf  # funding rate at which spot legs leave [ratio]
    unwind_speed: float = 0.0  # of the initial size in a step [ratio]


@dataclass(frozen=True)
class Leg:
    """A position, in tokens."""

    perp: int
    size: float  # longs positive [token]
    entry: float  # [USD]
    spot_leg: float  # [ratio]


@dataclass(frozen=True)
class Trader:
    """A margin account."""

    legs: tuple[Leg, ...]
    balance: float  # [USD]
    unwind_below: float  # [ratio]
    unwind_speed: float  # [ratio]

    def equity(self, price: np.ndarray) -> float:
        """Balance and unrealized profit at the perpetuals' prices [USD]."""
        profit = (leg.size * (price[leg.perp] - leg.entry) for leg in self.legs)
        return self.balance + float(sum(profit))


def traders_of(holder: Rung | CrossAccount, price: np.ndarray) -> Iterator[Trader]:
    """The traders that a rung or an account is.

    Args:
        holder: What is held.
        price: Spot price under every perpetual [USD].

    Raises:
        ValueError: Where a number cannot be.
    """
    _check_holder(holder)
    if isinstance(holder, CrossAccount):
        yield _cross(holder, price)
        return
    for hedged, share in ((0.0, 1 - holder.delta_neutral), (1.0, holder.delta_neutral)):
        if share > 0:
            yield from _isolated(holder, price, share=share, spot_leg=hedged)


def _isolated(
    rung: Rung, price: np.ndarray, *, share: float, spot_leg: float
) -> Iterator[Trader]:
    """Equal parts, at the middle of equal parts of the law of log entry prices."""
    _check_position(rung, rung.perp, len(price))
    spot = float(price[rung.perp])
    each = share * rung.open_interest / rung.parts
    for part in range(rung.parts):
        deviation = rung.entry_spread * float(ndtri((part + 0.5) / rung.parts))
        entry = spot * (1 + rung.entry_move) * math.exp(deviation)
        leg = Leg(rung.perp, SIGN[rung.side] * each / spot, entry, spot_leg)
        yield Trader(
            legs=(leg,),
            balance=abs(leg.size) * entry / rung.leverage,
            unwind_below=rung.unwind_below if spot_leg else -math.inf,
            unwind_speed=rung.unwind_speed if spot_leg else 0.0,
        )


def _cross(account: CrossAccount, price: np.ndarray) -> Trader:
    legs = []
    for held in account.positions:
        _check_position(held, held.perp, len(price))
        spot = float(price[held.perp])
        size = SIGN[held.side] * held.open_interest / spot
        entry = spot * (1 + held.entry_move)
        legs.append(Leg(held.perp, size, entry, held.spot_leg))
    return Trader(
        legs=tuple(legs),
        balance=account.balance,
        unwind_below=account.unwind_below,
        unwind_speed=account.unwind_speed,
    )


def _check_position(held: Rung | Position, perp: int, perps: int) -> None:
    """What a rung and a leg have in common."""
    if not 0 <= perp < perps:
        raise ValueError(
            f"{held} is in perpetual {perp}, and there are {perps}; count from zero."
        )
    if not (held.open_interest > 0 and math.isfinite(held.open_interest)):
        raise ValueError(f"{held} is of no size; give an open_interest above zero.")
    if not held.entry_move > -1:
        raise ValueError(
            f"{held} was entered at no price above zero; give an entry_move above -1."
        )
    hedged = held.delta_neutral if isinstance(held, Rung) else held.spot_leg
    if hedged < 0 or (hedged > 0 and held.side == "long"):
        raise ValueError(
            f"{held} holds spot against a long; only a short is hedged so, with a "
            "share of zero or more."
        )


def _check_holder(holder: Rung | CrossAccount) -> None:
    if not 0 <= holder.unwind_speed <= 1:
        raise ValueError(
            f"{holder} unwinds {holder.unwind_speed} of its size in a step, which is "
            "a share; give a number from 0 to 1."
        )
    if isinstance(holder, CrossAccount):
        if not holder.positions:
            raise ValueError(f"{holder} holds nothing; give it a position.")
        return
    if not holder.leverage > 0:
        raise ValueError(f"{holder} has no leverage; give a number above zero.")
    if holder.parts < 1 or holder.entry_spread < 0:
        raise ValueError(
            f"{holder} cannot be split so; give parts of at least one and an "
            "entry_spread of zero or more."
        )
    if holder.delta_neutral > 1:
        raise ValueError(
            f"{holder} has {holder.delta_neutral} of its shorts hedged in spot, which "
            "is a share; give a number from 0 to 1."
        )
