"""Where tokens are sold: price displacement, proceeds, and room before a move.

Every venue answers three questions about the tokens sold into it and not yet absorbed
(`inventory`) at a `mid`, its price [USD/token] at zero inventory:

`displacement`  the log of its marginal price over `mid`;
`proceeds`      the USD paid for `sold` more tokens; negative, the cost, if bought;
`room`          the tokens that can be sold (bought) before the log price has moved by
                `move` < 0 (> 0); at least zero.
"""

import math
from dataclasses import dataclass, replace
from typing import Protocol

from . import stableswap


LEAST_BALANCE = 1e-3  # of the balance at zero inventory [ratio]


class Venue(Protocol):
    """What clears an order flow."""

    def displacement(self, inventory: float, mid: float) -> float: ...

    def proceeds(self, inventory: float, sold: float, mid: float) -> float: ...

    def room(self, inventory: float, move: float, mid: float) -> float: ...


@dataclass(frozen=True)
class Infinite:
    """No venue: any amount at mid."""

    def displacement(self, inventory: float, mid: float) -> float:  # noqa: ARG002
        return 0.0

    def proceeds(self, inventory: float, sold: float, mid: float) -> float:  # noqa: ARG002
        return sold * mid

    def room(self, inventory: float, move: float, mid: float) -> float:  # noqa: ARG002
        return math.inf


@dataclass(frozen=True)
class ConstantProduct:
    """`X y = k`, liquidity constant: the quote reserve goes with the root of mid."""

    quote_reserve: float  # at the initial mid [USD]
    initial_mid: float  # [USD/token]
    fee: float = 0.0  # on what is paid in [ratio]

    def _quote(self, mid: float) -> float:
        return self.quote_reserve * math.sqrt(mid / self.initial_mid)

    def _fill(self, inventory: float, mid: float) -> float:
        """Token balance over the balance at zero inventory [ratio]."""
        return max(1.0 + inventory * mid / self._quote(mid), LEAST_BALANCE)

    def displacement(self, inventory: float, mid: float) -> float:
        return -2.0 * math.log(self._fill(inventory, mid))

    def proceeds(self, inventory: float, sold: float, mid: float) -> float:
        quote = self._quote(mid)
        before = quote / self._fill(inventory, mid)
        if sold >= 0.0:
            after = inventory + sold * (1.0 - self.fee)
            return before - quote / self._fill(after, mid)
        after = quote / self._fill(inventory + sold, mid)
        return -(after - before) / (1.0 - self.fee)

    def room(self, inventory: float, move: float, mid: float) -> float:
        tokens = self._quote(mid) / mid
        aim = math.exp(-(self.displacement(inventory, mid) + move) / 2.0)
        return abs(tokens * (aim - self._fill(inventory, mid)))


@dataclass(frozen=True)
class PowerLaw:
    """Impact as a power of the flow, from the depth quoted at a reference move."""

    depth: float  # flow that moves the price by `reference_move` [USD]
    reference_move: float = 0.02  # [ratio]
    exponent: float = 1.0

    def displacement(self, inventory: float, mid: float) -> float:
        size = abs(inventory * mid / self.depth) ** self.exponent
        return -math.copysign(self._unit() * size, inventory)

    def _unit(self) -> float:
        """Log price move of a flow as large as the depth."""
        return -math.log(1.0 - self.reference_move)

    def _integral(self, inventory: float, mid: float) -> float:
        """Integral of the displacement from zero to `inventory` [token]."""
        size = abs(inventory * mid / self.depth) ** self.exponent
        return -self._unit() * abs(inventory) * size / (self.exponent + 1.0)

    def proceeds(self, inventory: float, sold: float, mid: float) -> float:
        if sold == 0.0:
            return 0.0
        after = self._integral(inventory + sold, mid)
        mean = (after - self._integral(inventory, mid)) / sold
        return sold * mid * math.exp(mean)

    def room(self, inventory: float, move: float, mid: float) -> float:
        aim = self.displacement(inventory, mid) + move
        size = (abs(aim) / self._unit()) ** (1.0 / self.exponent)
        end = -math.copysign(size * self.depth / mid, aim)
        return abs(end - inventory)


@dataclass(frozen=True)
class StableSwap:
    """A pool of a pegged token and its reference, priced by the Curve invariant."""

    amplification: float
    token_balance: float  # at zero inventory [token]
    reference_balance: float  # at zero inventory [reference token]
    fee: float = 0.0  # on what is paid out [ratio]

    def _balance(self, inventory: float) -> float:
        least = LEAST_BALANCE * self.token_balance
        return max(self.token_balance + inventory, least)

    def _reference(self, inventory: float) -> float:
        """Reference tokens in the pool at an inventory."""
        total = stableswap.invariant(
            self.amplification, self.token_balance, self.reference_balance
        )
        return stableswap.other_balance(
            self.amplification, total, self._balance(inventory)
        )

    def marginal_price(self, inventory: float) -> float:
        """Marginal price [reference token/token]."""
        total = stableswap.invariant(
            self.amplification, self.token_balance, self.reference_balance
        )
        return stableswap.marginal_price(
            self.amplification,
            total,
            self._balance(inventory),
            self._reference(inventory),
        )

    def displacement(self, inventory: float, mid: float) -> float:  # noqa: ARG002
        return math.log(self.marginal_price(inventory) / self.marginal_price(0.0))

    def proceeds(self, inventory: float, sold: float, mid: float) -> float:
        received = self._reference(inventory) - self._reference(inventory + sold)
        kept = 1.0 - self.fee
        paid = received * kept if sold >= 0.0 else received / kept
        return paid * mid / self.marginal_price(0.0)

    def room(self, inventory: float, move: float, mid: float) -> float:
        """By bisection: the marginal price has no inverse in closed form."""
        aim = self.displacement(inventory, mid) + move
        direction = 1.0 if move < 0.0 else -1.0
        inside, outside = 0.0, 1e4 * (self.token_balance + self.reference_balance)
        if move >= 0.0:
            outside = self._balance(inventory) - LEAST_BALANCE * self.token_balance
        for _ in range(100):
            middle = (inside + outside) / 2.0
            there = self.displacement(inventory + direction * middle, mid)
            if direction * (there - aim) > 0.0:
                inside = middle
            else:
                outside = middle
        return inside


def thinned(venue: Venue, share: float) -> Venue:
    """A venue with a share of the depth."""
    match venue:
        case ConstantProduct():
            return replace(venue, quote_reserve=share * venue.quote_reserve)
        case PowerLaw():
            return replace(venue, depth=share * venue.depth)
        case StableSwap():
            return replace(
                venue,
                token_balance=share * venue.token_balance,
                reference_balance=share * venue.reference_balance,
            )
        case _:
            return venue
