"""What moves along the paths in the NumPy step, and the prices it sees."""

from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, Self

import equinox as eqx
import jax
import numpy as np


Index = np.ndarray | slice


def on_host(part: object, dtype: np.dtype) -> Any:  # noqa: ANN401
    """A system as plain namespaces of NumPy arrays; floats in `dtype`.

    Not as modules: looking up their attributes took a tenth of the NumPy step.
    """
    if isinstance(part, jax.Array):
        array = np.asarray(part)
        return array.astype(dtype) if array.dtype.kind == "f" else array
    if isinstance(part, tuple):
        return tuple(on_host(each, dtype) for each in part)
    if isinstance(part, eqx.Module):
        names = [field.name for field in fields(part)]
        return SimpleNamespace(
            **{name: on_host(getattr(part, name), dtype) for name in names}
        )
    return part


@dataclass
class Carry:
    """State of the paths and what is added up along them; last axis the path."""

    position: np.ndarray  # [asset]
    regime: np.ndarray
    fundamental: np.ndarray  # [asset], log
    inventory: np.ndarray  # [asset]
    permanent: np.ndarray  # [asset], log
    published: np.ndarray  # [asset]
    age: np.ndarray  # [asset]
    supply_index: np.ndarray  # [reserve]
    debt_index: np.ndarray  # [reserve]
    supplied: np.ndarray  # [reserve]
    borrowed: np.ndarray  # [reserve]
    kept: np.ndarray  # [account]
    owed: np.ndarray  # [account]
    fund: np.ndarray  # [market]
    capital: np.ndarray
    realized: np.ndarray  # [reserve]
    covered: np.ndarray  # [market]
    repaid: np.ndarray  # [reserve]
    seized: np.ndarray  # [reserve]
    low: np.ndarray  # [asset]
    fundamental_low: np.ndarray  # [asset]
    first_deficit: np.ndarray
    keeper_profit: np.ndarray
    protocol_fee: np.ndarray

    def part(self, paths: Index) -> Self:
        """Some of the paths; a copy unless they are a slice."""
        return type(self)(**{key: each[..., paths] for key, each in vars(self).items()})

    def put(self, paths: Index, part: "Carry") -> None:
        """Some of the paths back in their places."""
        for key, each in vars(part).items():
            getattr(self, key)[..., paths] = each


def start(market: Any, paths: int, dtype: np.dtype) -> Carry:  # noqa: ANN401
    """Every path at the start."""
    accounts, reserves = market.accounts.debt.shape
    assets = market.prices.anchor.size

    def along(values: np.ndarray) -> np.ndarray:
        return np.repeat(values[:, None], paths, axis=1)

    def zeros(*rows: int) -> np.ndarray:
        return np.zeros((*rows, paths), dtype)

    position = along(market.prices.initial)
    fundamental = market.prices.anchor[:, None] + market.prices.lift @ position
    price = np.exp(fundamental)
    return Carry(
        position=position,
        regime=np.zeros(paths, np.int32),
        fundamental=fundamental,
        inventory=zeros(assets),
        permanent=zeros(assets),
        published=price,
        age=zeros(assets),
        supply_index=zeros(reserves) + 1,
        debt_index=zeros(reserves) + 1,
        supplied=along(market.pool.supplied),
        borrowed=along(market.pool.borrowed),
        kept=zeros(accounts) + 1,
        owed=zeros(accounts) + 1,
        fund=along(market.reserve_fund),
        capital=zeros() + market.keeper.capital,
        realized=zeros(reserves),
        covered=zeros(market.reserve_fund.size),
        repaid=zeros(reserves),
        seized=zeros(reserves),
        low=price.copy(),
        fundamental_low=price.copy(),
        first_deficit=np.full(paths, market.steps, np.int32),
        keeper_profit=zeros(),
        protocol_fee=zeros(),
    )


def power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """sign(base) |base|^exponent."""
    return np.sign(base) * np.abs(base) ** exponent


class Exchange:
    """The venues of some paths at one moment."""

    def __init__(self, market: Any, at: Carry) -> None:  # noqa: ANN401
        """See prices before a trade."""
        if len(market.venues.kinds) != 1:
            raise ValueError("This step knows venues of one kind, the power law.")
        venue, lift = market.venues.kinds[0], market.prices.lift
        self._depth, self._exponent = venue.depth[:, None], venue.exponent[:, None]
        self._move = venue.move_at_depth[:, None]
        self._share = market.venues.permanent_share[:, None]
        self._at = at
        self.mid = np.exp(at.fundamental + lift @ at.permanent)
        self.displacement = self._law(at.inventory * self.mid / self._depth)
        self.price = np.exp(at.fundamental + lift @ (at.permanent + self.displacement))

    def room(self, move: np.ndarray) -> np.ndarray:
        """Tokens whose sale moves the log price by `move`."""
        target = (self.displacement + move) / self._move
        scaled = -power(target, 1 / self._exponent)
        return scaled * self._depth / self.mid - self._at.inventory

    def proceeds(self, sold: np.ndarray) -> np.ndarray:
        """USD received for a net flow of tokens."""
        begin = self._at.inventory * self.mid / self._depth
        end = (self._at.inventory + sold) * self.mid / self._depth
        order = self._exponent + 1
        width = end - begin
        area = np.abs(end) ** order - np.abs(begin) ** order
        mean = np.where(width == 0, 0, area / np.where(width == 0, 1, width)) / order
        narrow = np.abs(width) < 0.05 * np.maximum(np.abs(begin), np.abs(end))
        # The mean of a power over a narrow trade, to the third order of its width.
        middle = (begin + end) / 2
        wide = np.where(narrow, width / np.where(narrow & (width != 0), middle, 1), 0)
        bend = 1 + self._exponent * (self._exponent - 1) * wide**2 / 24
        law = np.where(narrow, self._law(middle) * bend, -self._move * mean)
        return sold * np.exp(law - self.displacement) * self.price

    def clear(self, sold: np.ndarray) -> None:
        """Take the flow; part of its impact stays."""
        after = self._law((self._at.inventory + sold) * self.mid / self._depth)
        self._at.permanent += self._share * (after - self.displacement)
        self._at.inventory += (1 - self._share) * sold

    def _law(self, scaled: np.ndarray) -> np.ndarray:
        return -self._move * power(scaled, self._exponent)
