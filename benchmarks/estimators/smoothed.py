"""SPA of the core step: triggers drawn, twins that leave from them, and slopes."""

from dataclasses import dataclass

import numpy as np
from core_step import (
    ASSETS,
    CORRELATION,
    EACH,
    LARGEST,
    OWN,
    STEPS,
    TINY,
    Book,
    Core,
    advance,
    core,
    draw,
    from_others,
    liquidate,
    shocked,
    unhealthy,
)
from normal import density
from tallies import Samples


@dataclass
class Branches:
    """The step and account drawn of every path, and the book before that step.

    Attributes:
        total: Sum of all weights.
        weight: That of the pair drawn, its density excluded.
        step: Drawn; -1 if the path has no weight.
        account: Place in the flattened [asset, account].
        critical: Shock of the account's asset that puts its health at one.
        velocity: Of `critical` in the logarithm of all volatilities.
        book: Before the step.
    """

    total: np.ndarray
    weight: np.ndarray
    step: np.ndarray
    account: np.ndarray
    critical: np.ndarray
    velocity: np.ndarray
    book: Book

    @classmethod
    def none(cls, model: Core, paths: int) -> "Branches":
        zero, whole = np.zeros, np.zeros(paths, int)
        return cls(
            zero(paths), np.ones(paths), whole - 1, whole.copy(), zero(paths),
            zero(paths), Book.start(model, paths),
        )  # fmt: skip

    def offer(
        self,
        step: int,
        critical: np.ndarray,
        weight: np.ndarray,
        running: np.ndarray,
        book: Book,
        rng: np.random.Generator,
    ) -> None:
        """Weighted reservoir: take a pair by its share in the weight so far.

        Args:
            step: Now.
            critical: Shocks that put health at one [asset, account, path].
            weight: Of the pairs, densities excluded [asset, account, path].
            running: Sum of density times weight up to every account [account, path].
            book: Before the step.
            rng: For the drawing.
        """
        paths = self.total.size
        new = running[-1]
        self.total += new
        taken = np.flatnonzero(rng.random(paths) * self.total < new)
        level = rng.random(taken.size) * new[taken]
        account = (running[:, taken] < level).sum(axis=0)
        account = np.minimum(account, ASSETS * EACH - 1)
        at = critical.reshape(-1, paths)[account, taken]
        self.step[taken], self.account[taken] = step, account
        self.critical[taken], self.velocity[taken] = at.real, at.imag / TINY
        self.weight[taken] = weight.reshape(-1, paths)[account, taken]
        self.book.put(taken, Book(*(part[..., taken].real for part in book.parts())))


def explore(
    model: Core,
    shocks: np.ndarray,
    rng: np.random.Generator,
    worth: np.ndarray,
    each: int,
) -> tuple[np.ndarray, list[Branches]]:
    """A forward run that draws branches of every path; loss and branches.

    Args:
        model: With complex volatilities for a derivative in them.
        shocks: [step, asset, path].
        rng: For the drawing.
        worth: Expected size of a jump for a debt of one [asset, step].
        each: Branches of a path.
    """
    paths = shocks.shape[2]
    book = Book.start(model, paths)
    found = [Branches.none(model, paths) for _ in range(each)]
    slope = 1 / (model.sd.real * model.threshold)[:, None, None]
    for step in range(STEPS):
        expected = shocked(model, book, np.zeros((ASSETS, paths)))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = book.debt / (model.threshold[:, None, None] * book.collateral)
            critical = (np.log(ratio) - expected[:, None]) / model.sd[:, None, None]
        critical = np.where(book.collateral.real > 0, critical, np.inf)
        weight = slope * book.debt.real * worth[:, step][:, None, None]
        chance = density(critical.real) * weight
        running = chance.reshape(-1, paths).cumsum(axis=0)
        for branches in found:
            branches.offer(step, critical, weight, running, book, rng)
        book, _ = advance(model, book, shocks[step], model.threshold)
    return book.bad_debt().sum(axis=0), found


def twins(
    model: Core, shocks: np.ndarray, at: Branches, paths: np.ndarray
) -> tuple[np.ndarray, int]:
    """Loss with less loss without the liquidation drawn, and path-steps.

    The shocks of the other assets are those of the path, conditioned on the critical
    one; those of later steps are the path's own. Paths come sorted by step.
    """
    count, account, column = paths.size, at.account[paths], np.arange(paths.size)
    asset, step, book = account // EACH, at.step[paths], at.book.of(paths)
    shock = shocks[step, :, paths].T
    lift = at.critical[paths] - shock[asset, column]
    log_price = shocked(model, book, shock + CORRELATION[:, asset] * lift)
    hit = unhealthy(book, log_price, model.threshold)
    both = []
    for flag in (True, False):
        hit.reshape(-1, count)[account, column] = flag
        after, push = liquidate(model, book, log_price, hit)
        after.log_price = log_price - OWN * push - from_others(push)
        both.append(after.parts())
    pair = [np.stack(parts, axis=-1) for parts in zip(*both, strict=True)]
    taken = 2 * count
    for index in range(1, STEPS):
        live = int(np.searchsorted(step, index))
        now = Book(*(p[..., :live, :].reshape(*p.shape[:-2], -1) for p in pair))
        shock = np.repeat(shocks[index][:, paths[:live]], 2, axis=1)
        now, _ = advance(model, now, shock, model.threshold)
        for part, new in zip(pair, now.parts(), strict=True):
            part[..., :live, :] = new.reshape(*new.shape[:-1], live, 2)
        taken += 2 * live
    end = Book(*(part.reshape(*part.shape[:-2], -1) for part in pair))
    lost = end.bad_debt().sum(axis=0).reshape(count, 2)
    return lost[:, 0] - lost[:, 1], taken


def weighed(
    model: Core, shocks: np.ndarray, at: Branches
) -> tuple[np.ndarray, np.ndarray, int]:
    """Paths that have a branch, its jump over its probability, and path-steps."""
    chosen = np.argsort(at.step, kind="stable")
    chosen = chosen[at.step[chosen] >= 0]
    jump, taken = twins(model, shocks, at, chosen)
    return chosen, jump * at.total[chosen] / at.weight[chosen], taken


def spa(
    shocks: np.ndarray,
    rng: np.random.Generator,
    worth: np.ndarray,
    each: int = 1,
) -> tuple[Samples, float]:
    """All thresholds."""
    model, paths = core(), shocks.shape[2]
    _, found = explore(model, shocks, rng, worth, each)
    samples, cost = np.zeros((ASSETS, paths)), 1.0
    for at in found:
        chosen, jump, taken = weighed(model, shocks, at)
        asset = at.account[chosen] // EACH
        samples[asset, chosen] -= jump / (model.sd * model.threshold)[asset] / each
        cost += taken / (STEPS * paths)
    return samples, cost


def volatility_spa(
    shocks: np.ndarray, rng: np.random.Generator, worth: np.ndarray
) -> tuple[Samples, float]:
    """Of the logarithm of all volatilities: along the path, and a branch."""
    model, paths = core(), shocks.shape[2]
    lost, (at,) = explore(model.wider(1 + 1j * TINY), shocks, rng, worth, 1)
    chosen, jump, taken = weighed(model, shocks, at)
    samples = lost.imag / TINY
    samples[chosen] += jump * at.velocity[chosen]
    return samples[None], 2 + taken / (STEPS * paths)


def learned_worth(seed: int, batches: int = 4, paths: int = 500) -> np.ndarray:
    """Root mean square of a jump for a debt of one, by asset and eighth of the time.

    From a pilot whose draws are not used again; sparse cells lean on their asset.
    """
    model, rng = core(), np.random.default_rng((seed, 7))
    square, count = np.zeros((ASSETS, 8)), np.zeros((ASSETS, 8))
    for _ in range(batches):
        shocks = draw(rng, paths)
        _, (at,) = explore(model, shocks, rng, np.ones((ASSETS, STEPS)), 1)
        chosen, jump, _ = weighed(model, shocks, at)
        asset = at.account[chosen] // EACH
        jump /= at.total[chosen] * (model.sd * model.threshold)[asset]
        cell = (asset, at.step[chosen] * 8 // STEPS)
        np.add.at(square, cell, jump**2)
        np.add.at(count, cell, 1)
    usual = square.sum() / count.sum()
    by_asset = (square.sum(axis=1) + 2 * usual) / (count.sum(axis=1) + 2)
    mean = (square + 5 * by_asset[:, None]) / (count + 5)
    return np.repeat(np.sqrt(mean), STEPS // 8, axis=1)


def only_largest() -> np.ndarray:
    """Branches of one asset alone, for the slope in its threshold."""
    asset = np.arange(ASSETS)[:, None] == LARGEST
    return np.repeat(asset.astype(float), STEPS, axis=1)
