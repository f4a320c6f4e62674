"""The core step: 16 assets, prompt liquidations, and sales that press all prices."""

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np


STEPS, ASSETS, EACH = 96, 16, 5
CLOSE_FACTOR, BONUS, SPILL = 0.5, 0.05, 0.25
OWN = 1 - SPILL + SPILL / ASSETS
CORRELATION = np.full((ASSETS, ASSETS), 0.6) + 0.4 * np.eye(ASSETS)
ROOT = np.linalg.cholesky(CORRELATION)
TINY = 1e-30
"""Of a complex step: the imaginary part of a result over it is the derivative along the
path, exact to rounding (Squire and Trapp 1998)."""


@dataclass(frozen=True)
class Core:
    """Sixteen assets, each the collateral of five accounts whose debt is in dollars.

    Attributes:
        threshold: By asset [ratio].
        sd: Of a step's log return, by asset; complex for a derivative along the path.
        depth: A sale of this presses its asset's log price by one, by asset [USD].
        collateral: [asset, account] [token], prices being one at the start.
        debt: [asset, account] [USD].
    """

    threshold: np.ndarray
    sd: np.ndarray
    depth: np.ndarray
    collateral: np.ndarray
    debt: np.ndarray

    def wider(self, factor: complex) -> "Core":
        """All volatilities times a factor."""
        return dataclasses.replace(self, sd=self.sd * factor)


@functools.cache
def core() -> Core:
    """An example: bad debt on most paths, nearly all of it of four thresholds."""
    rng = np.random.default_rng(3)
    threshold = np.linspace(0.8, 0.93, ASSETS)[rng.permutation(ASSETS)]
    sd = rng.uniform(1.5, 3.0, ASSETS) / math.sqrt(24 * 365)
    debt = rng.lognormal(0, 0.7, (ASSETS, EACH))
    debt /= debt.mean()
    health = rng.uniform(1.02, 1.3, (ASSETS, EACH))
    depth = rng.uniform(20, 60, ASSETS)
    return Core(threshold, sd, depth, health * debt / threshold[:, None], debt)


LARGEST = 1
"""The asset whose threshold has the largest slope: .93."""


@dataclass
class Book:
    """What changes; paths last.

    Attributes:
        log_price: [asset, path].
        collateral: [asset, account, path].
        debt: [asset, account, path].
    """

    log_price: np.ndarray
    collateral: np.ndarray
    debt: np.ndarray

    @classmethod
    def start(cls, model: Core, paths: int) -> "Book":
        """Every path at the start."""
        return cls(
            np.zeros((ASSETS, paths)),
            np.repeat(model.collateral[:, :, None], paths, axis=2),
            np.repeat(model.debt[:, :, None], paths, axis=2),
        )

    def of(self, path: np.ndarray | slice) -> "Book":
        """Of some paths."""
        return Book(*(each[..., path] for each in self.parts()))

    def put(self, path: np.ndarray | slice, other: "Book") -> None:
        """Overwrite some paths."""
        for mine, new in zip(self.parts(), other.parts(), strict=True):
            mine[..., path] = new

    def parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.log_price, self.collateral, self.debt

    def bad_debt(self) -> np.ndarray:
        """[asset, path]."""
        value = self.collateral * np.exp(self.log_price)[:, None]
        return np.maximum(self.debt - value, 0).sum(axis=1)


def shocked(model: Core, book: Book, shock: np.ndarray) -> np.ndarray:
    """Log prices after the shocks of a step, correlated and of variance one."""
    sd = model.sd[:, None]
    return book.log_price + sd * shock - sd**2 / 2


def unhealthy(book: Book, log_price: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Whether accounts are liquidated; thresholds by asset, or by asset and path."""
    value = book.collateral * np.exp(log_price)[:, None]
    return threshold.reshape(ASSETS, 1, -1) * value.real < book.debt.real


def liquidate(
    model: Core, book: Book, log_price: np.ndarray, hit: np.ndarray
) -> tuple[Book, np.ndarray]:
    """Repay and seize; and the pressure of the sales [asset, path].

    The prices of the book that comes back are those before it.
    """
    price = np.exp(log_price)[:, None]
    most = np.minimum(CLOSE_FACTOR * book.debt, book.collateral * price / (1 + BONUS))
    repaid = np.where(hit, most, 0)
    sold = (1 + BONUS) * repaid
    collateral = np.maximum(book.collateral - sold / price, 0)
    push = sold.sum(axis=1) / model.depth[:, None]
    return Book(log_price, collateral, book.debt - repaid), push


def from_others(push: np.ndarray) -> np.ndarray:
    """Pressure on every asset of the other assets' sales."""
    return SPILL * (push.mean(axis=0) - push / ASSETS)


def advance(
    model: Core,
    book: Book,
    shock: np.ndarray,
    threshold: np.ndarray,
    outside: np.ndarray | None = None,
) -> tuple[Book, np.ndarray]:
    """One step, and the pressure of the others; `outside` sets it instead."""
    log_price = shocked(model, book, shock)
    hit = unhealthy(book, log_price, threshold)
    after, push = liquidate(model, book, log_price, hit)
    others = from_others(push) if outside is None else outside
    after.log_price = log_price - OWN * push - others
    return after, others


def run(
    model: Core,
    shocks: np.ndarray,
    threshold: np.ndarray,
    outside: list[np.ndarray] | None = None,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Bad debt by asset at the horizon, and the pressures of the others by step."""
    book, seen = Book.start(model, shocks.shape[2]), []
    for step in range(STEPS):
        given = None if outside is None else outside[step]
        book, others = advance(model, book, shocks[step], threshold, given)
        seen.append(others)
    return book.bad_debt(), seen


def loss(model: Core, shocks: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Bad debt by path."""
    return run(model, shocks, threshold)[0].sum(axis=0)


def draw(rng: np.random.Generator, paths: int) -> np.ndarray:
    """Shocks [step, asset, path]."""
    return np.matmul(ROOT, rng.standard_normal((STEPS, ASSETS, paths)))
