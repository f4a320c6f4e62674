r"""Slopes of a mean loss under hard triggers: unbiased estimators against bumps.

    .venv/bin/python benchmarks/estimators.py [--paths 7500] [--late 120000] [--seed 1]
    .venv/bin/python benchmarks/estimators.py --truth 200000   # of the core step, anew

An account is liquidated when health falls below one, so a path's own derivative misses
what a shifted threshold does. Two models, in plain NumPy and float64: one liquidation
that comes too late (validation case V5), and a core step of 16 assets with prompt
liquidations, finite depth, and a part of every sale pressing the other assets too
(without that part one bumped run would do for all thresholds). Estimators:

* **bump**: central differences on common draws (Glasserman 2004, section 7.1).
* **SPA**: smoothed perturbation analysis, conditional Monte Carlo of one step (Gong and
  Ho 1987; Fu and Hu 1997). With e* the shock of a step at which an account's health is
  one, phi the normal density, and L(hit), L(not) the losses of twins that leave from
  that point with common draws,

  .. math:: \frac{dE L}{d\theta} = E\frac{\partial L}{\partial\theta} + E \sum_{step,
      account} \varphi(e^*)\, \frac{\partial e^*}{\partial\theta}\, (L_{hit} - L_{not}).

  One term of the sum is drawn, with probability in proportion to a weight, by weighted
  reservoir sampling (Chao 1982), so that one branch serves every parameter.
* **push-out**: the threshold moves out of the trigger into the density of the first
  shock (Rubinstein 1992; generalized likelihood ratio: Peng, Fu, Hu and Heidergott
  2018). Of V5 alone: where an account keeps a part of its debt, its later triggers keep
  the threshold through what was seized, and a field that moves the triggers of two
  accounts of one asset by different amounts has a divergence of one over their
  distance: infinite variance.
* **score**: likelihood ratio, of a volatility (Glasserman 2004, section 7.3).
* **MVD**: measure-valued derivative of a volatility (Heidergott, Vazquez-Abad and
  Volk-Makarewicz 2008), of one step at random; its drift by the score.
* **random signs**: all thresholds bumped at once, up or down by a coin for every path
  and threshold (Spall 1992).
* **two-level bump**: thresholds all bumped at once, every asset seeing what the others'
  sales did to it on the unbumped path, so that a pair of runs gives all slopes; and on
  every eighth path what that leaves out, by proper bumps (control variate on nested
  levels: Giles 2008; one run for columns that do not meet: Curtis, Powell and Reid
  1974). As biased as the bump, not more.
"""

import argparse
import dataclasses
import functools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr


Samples = np.ndarray
"""[parameter, path]; the mean over paths is the estimate."""


@dataclass
class Tally:
    """An estimator's samples, batch by batch, and its cost in forward runs.

    Attributes:
        samples: By batch.
        steps: Path-steps over those of a forward run, by batch.
        seconds: Processor time, draws excluded.
    """

    samples: list[Samples] = dataclasses.field(default_factory=list)
    steps: list[float] = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    @property
    def mean(self) -> np.ndarray:
        return np.concatenate(self.samples, axis=1).mean(axis=1)

    @property
    def variance(self) -> np.ndarray:
        return np.concatenate(self.samples, axis=1).var(axis=1, ddof=1)

    @property
    def error(self) -> np.ndarray:
        return np.sqrt(self.variance / sum(each.shape[1] for each in self.samples))

    @property
    def cost(self) -> float:
        return float(np.mean(self.steps))

    def scores(self, truth: np.ndarray) -> np.ndarray:
        """z-scores [batch, parameter], each batch with its own standard error."""
        found = []
        for each in self.samples:
            error = each.std(axis=1, ddof=1) / math.sqrt(each.shape[1])
            found.append(
                (each.mean(axis=1) - truth) / np.where(error > 0, error, np.inf)
            )
        return np.array(found)


def density(level: np.ndarray) -> np.ndarray:
    """Of a standard normal."""
    return np.exp(-level * level / 2) / math.sqrt(2 * math.pi)


# --- One late liquidation -----------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """V5 in steps: all debt is repaid `delay` steps after the trigger.

    Attributes:
        threshold: Liquidation threshold [ratio].
        bonus: Liquidation bonus [ratio].
        volatility: [a year].
    """

    threshold: float = 0.9
    bonus: float = 0.05
    volatility: float = 2.0

    start = math.log(2000.0)
    debt = 1620.0
    delay = 8
    dt = 6 / (24 * 365) / 8.25
    watched = round(7 / 365 / dt)
    total = watched + delay
    continuity = 0.5825971579390107 * math.sqrt(dt)

    @property
    def sd(self) -> float:
        """Of a step."""
        return self.volatility * math.sqrt(self.dt)

    @property
    def barrier(self) -> float:
        """Log price of the trigger, nearer by the continuity correction."""
        return math.log(self.debt / self.threshold) + self.continuity * self.volatility

    def log_prices(self, normal: np.ndarray) -> np.ndarray:
        """After every step [step, path]."""
        return self.start + np.cumsum(self.sd * normal - self.sd**2 / 2, axis=0)

    def payoff(self, log_price: np.ndarray) -> np.ndarray:
        """Bad debt of a liquidation at a price [USD]."""
        return np.maximum(self.debt - np.exp(log_price) / (1 + self.bonus), 0)


CLOSED_FORM = np.array([172.06742, 162.06071, 8.09238])
"""Of a continuous watch, as in V5: threshold, bonus, volatility [USD for one]."""


def stepped_loss(late: Late, fine: int = 40) -> float:
    """Expected bad debt of the watch in steps, by quadrature of the price's law."""
    grid = late.sd / fine
    above = np.arange(round(1.9 / grid)) * grid
    reach = 8 * fine
    kernel = density((np.arange(-reach, reach + 1) * grid + late.sd**2 / 2) / late.sd)
    kernel *= 1 / fine
    below = late.barrier + np.arange(-reach, 1) * grid
    strike, spread = (1 + late.bonus) * late.debt, late.sd * math.sqrt(late.delay)
    upper = (below - math.log(strike)) / spread + spread / 2
    put = strike * ndtr(spread - upper) - np.exp(below) * ndtr(-upper)
    put *= grid / (1 + late.bonus)
    put[-1] /= 2
    centre = late.start - late.sd**2 / 2 - late.barrier
    alive = density((above - centre) / late.sd) / late.sd
    hit = density((below - late.barrier - centre) / late.sd) / late.sd
    loss = float(hit @ put)
    for _ in range(late.watched - 1):
        alive[0] /= 2
        spread_out = np.convolve(alive, kernel)
        loss += float(spread_out[: reach + 1] @ put)
        alive = spread_out[reach : reach + above.size]
    return loss


LATE_WIDTHS = {
    "threshold": 0.1 * 2.0 * math.sqrt(6 / (24 * 365)),
    "bonus": 0.1 * 2.0 * math.sqrt(6 / (24 * 365)),
    "volatility": 0.1,
}


def late_pairs(widths: dict[str, float]) -> Iterator[tuple[Late, Late, float]]:
    """(down, up, width) of every parameter."""
    for name, half in widths.items():
        usual = getattr(Late(), name)
        down, up = (Late(**{name: usual + sign * half}) for sign in (-1, 1))
        yield down, up, 2 * half


def late_truth(wider: float = 0) -> np.ndarray:
    """Slopes of the watch in steps, or what bumps of some width find on the mean."""
    widths = {name: (wider * half or 1e-4) for name, half in LATE_WIDTHS.items()}
    return np.array(
        [(stepped_loss(u) - stepped_loss(d)) / w for d, u, w in late_pairs(widths)]
    )


def first_hit(late: Late, log_price: np.ndarray) -> np.ndarray:
    """Step that sees the trigger; `watched` if none does."""
    hit = log_price[: late.watched] < late.barrier
    return np.where(hit.any(axis=0), hit.argmax(axis=0), late.watched)


def settled(late: Late, log_price: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Log price of the liquidation; infinite without one."""
    at = np.minimum(first + late.delay, late.total - 1)
    price = log_price[at, np.arange(at.size)]
    return np.where(first < late.watched, price, np.inf)


def late_bump(normal: np.ndarray, wider: float = 1) -> tuple[Samples, float]:
    """Six runs for three slopes."""
    slopes = []
    widths = {name: wider * half for name, half in LATE_WIDTHS.items()}
    for down, up, width in late_pairs(widths):
        lost = []
        for late in (down, up):
            log_price = late.log_prices(normal)
            end = settled(late, log_price, first_hit(late, log_price))
            lost.append(late.payoff(end))
        slopes.append((lost[1] - lost[0]) / width)
    return np.array(slopes), 6.0


def late_pathwise(late: Late, end: np.ndarray, brownian: np.ndarray) -> Samples:
    """Of a path whose trigger stays where it is; `brownian` at the liquidation."""
    sold = np.where(late.payoff(end) > 0, np.exp(end) / (1 + late.bonus), 0)
    years = (end - late.start - late.volatility * brownian) / (
        -(late.volatility**2) / 2
    )
    move = np.where(sold > 0, brownian - late.volatility * years, 0)
    return np.array([np.zeros(end.size), sold / (1 + late.bonus), -sold * move])


def brownian_at(late: Late, log_price: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Value of the Brownian motion after a step of each path, -1 for the start."""
    price = log_price[np.maximum(step, 0), np.arange(step.size)]
    price = np.where(step < 0, late.start, price)
    return (price - late.start + late.sd**2 / 2 * (step + 1)) / late.volatility


def late_naive(normal: np.ndarray) -> tuple[Samples, float]:
    """Differentiation along the path: what a hard trigger hides is missing."""
    late = Late()
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    end = settled(late, log_price, first)
    at = np.minimum(first + late.delay, late.total - 1)
    return late_pathwise(late, end, brownian_at(late, log_price, at)), 1.0


def late_spa(normal: np.ndarray, rng: np.random.Generator) -> tuple[Samples, float]:
    """Twins leave from the trigger, at a step drawn by the density of hitting it."""
    late, paths = Late(), normal.shape[1]
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    before = np.vstack([np.full(paths, late.start), log_price[: late.watched - 1]])
    critical = (late.barrier - before + late.sd**2 / 2) / late.sd
    rows = np.arange(late.watched)[:, None]
    weight = np.where(rows <= first, density(critical), 0)
    running = weight.cumsum(axis=0)
    total = running[-1]
    picked = (running < rng.random(paths) * total).sum(axis=0)
    picked = np.minimum(picked, late.watched - 1)
    column = np.arange(paths)
    shift = late.barrier - log_price[picked, column]
    later = (rows > picked) & (log_price[: late.watched] < log_price[picked, column])
    again = np.where(later.any(axis=0), later.argmax(axis=0), late.watched)
    hit = late.payoff(log_price[picked + late.delay, column] + shift)
    jump = hit - late.payoff(settled(late, log_price, again) + shift)
    at = np.minimum(first + late.delay, late.total - 1)
    samples = late_pathwise(
        late, settled(late, log_price, first), brownian_at(late, log_price, at)
    )
    arrived = brownian_at(late, log_price, picked - 1)
    arrived += math.sqrt(late.dt) * critical[picked, column]
    drift = late.volatility * late.dt * (picked + 1)
    jump *= total / late.sd
    samples[0] -= jump / late.threshold
    samples[2] += jump * (late.continuity - arrived + drift)
    return samples, 1 + 2 * float(np.mean(1 - (picked + 1) / late.total))


def late_weights(
    normal: np.ndarray, rng: np.random.Generator, *, measure_valued: bool
) -> tuple[Samples, float]:
    r"""Push-out for the threshold; score or measure-valued derivative for volatility.

    With y = log(threshold price) the trigger has no parameter and the start has one: a
    score of the first shock, and the slope of the payoff at a given y,

    .. math:: \frac{dE L}{d\log\theta} = E\Big[(L - EL)\frac{e_1}{s} +
        1_{L>0}\frac{P}{1+b}\Big].
    """
    late = Late()
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    end = settled(late, log_price, first)
    lost = late.payoff(end)
    centred = lost - lost.mean()
    bonus = late_pathwise(late, end, np.zeros(end.size))[1]
    out = centred * normal[0] / late.sd + bonus * (1 + late.bonus)
    drift = -math.sqrt(late.dt) * normal.sum(axis=0)
    if measure_valued:
        spread, cost = _one_step_wider(late, normal, lost, rng), 2.0
    else:
        seen = np.minimum(first + late.delay, late.total - 1)
        until = np.arange(late.total)[:, None] <= seen
        score = np.where(until, normal**2 - 1, 0).sum(axis=0) / late.volatility
        spread, cost = centred * score, 1.0
    volatility = spread + centred * drift - late.continuity * out
    return np.array([out / late.threshold, bonus, volatility]), cost


def _one_step_wider(
    late: Late, normal: np.ndarray, lost: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Double-sided Maxwell less normal at one step; a normal is it times a uniform."""
    step, column = rng.integers(late.total, size=lost.size), np.arange(lost.size)
    size = np.sqrt(rng.chisquare(3, lost.size)) * rng.choice([-1, 1], lost.size)
    both = []
    for value in (size, size * rng.random(lost.size)):
        changed = normal.copy()
        changed[step, column] = value
        log_price = late.log_prices(changed)
        both.append(late.payoff(settled(late, log_price, first_hit(late, log_price))))
    return late.total / late.volatility * (both[0] - both[1])


# --- Core step ----------------------------------------------------------------------


STEPS, ASSETS, EACH = 96, 16, 5
CLOSE_FACTOR, BONUS, SPILL = 0.5, 0.05, 0.25
OWN = 1 - SPILL + SPILL / ASSETS
CORRELATION = np.full((ASSETS, ASSETS), 0.6) + 0.4 * np.eye(ASSETS)
ROOT = np.linalg.cholesky(CORRELATION)


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


def bump(shocks: np.ndarray, half: float, together: int = 1) -> tuple[Samples, float]:
    """Two runs a threshold, those of several thresholds side by side in an array."""
    model, paths, slopes = core(), shocks.shape[2], []
    copies, column = np.tile(shocks, 2 * together), np.arange(together)
    for first in range(0, ASSETS, together):
        shift = np.zeros((ASSETS, 2, together))
        shift[first + column, 0, column] = -half
        shift[first + column, 1, column] = half
        by_path = np.repeat(shift.reshape(ASSETS, -1), paths, axis=1)
        lost = loss(model, copies, model.threshold[:, None] + by_path)
        down, up = lost.reshape(2, together, paths)
        slopes.append((up - down) / (2 * half))
    return np.concatenate(slopes), 2.0 * ASSETS


def richardson(wide: Tally, narrow: Tally) -> Tally:
    """(4 D(h/2) - D(h)) / 3 of the same paths."""
    both = zip(wide.samples, narrow.samples, strict=True)
    return Tally(
        [(4 * fine - coarse) / 3 for coarse, fine in both],
        [wide.cost + narrow.cost],
        wide.seconds + narrow.seconds,
    )


def random_signs(
    shocks: np.ndarray, rng: np.random.Generator, half: float
) -> tuple[Samples, float]:
    """Two runs for all thresholds, each with the others' slopes as noise."""
    model = core()
    sign = rng.choice([-1.0, 1.0], (ASSETS, shocks.shape[2]))
    centre = model.threshold[:, None]
    down, up = (loss(model, shocks, centre + x * half * sign) for x in (-1, 1))
    return sign * (up - down) / (2 * half), 2.0


def two_level(shocks: np.ndarray, half: float, every: int) -> tuple[Samples, float]:
    """Three runs for all thresholds, and proper bumps on every so many paths."""
    model = core()
    outside = run(model, shocks, model.threshold)[1]
    down, up = (
        run(model, shocks, model.threshold + x, outside)[0] for x in (-half, half)
    )
    samples = (up - down) / (2 * half)
    chosen = slice(None, None, every)
    proper, _ = bump(shocks[:, :, chosen], half, together=ASSETS // 2)
    share = proper.shape[1] / samples.shape[1]
    samples[:, chosen] += (proper - samples[:, chosen]) / share
    return samples, 3 + 2 * ASSETS * share


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


TINY = 1e-30
"""Of a complex step: the imaginary part of a result over it is the derivative along the
path, exact to rounding (Squire and Trapp 1998)."""


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


def weighed(
    model: Core, shocks: np.ndarray, at: Branches
) -> tuple[np.ndarray, np.ndarray, int]:
    """Paths that have a branch, its jump over its probability, and path-steps."""
    chosen = np.argsort(at.step, kind="stable")
    chosen = chosen[at.step[chosen] >= 0]
    jump, taken = twins(model, shocks, at, chosen)
    return chosen, jump * at.total[chosen] / at.weight[chosen], taken


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


def volatility_bump(shocks: np.ndarray, half: float) -> tuple[Samples, float]:
    """Of the logarithm of all volatilities."""
    model = core()
    down, up = (
        loss(model.wider(1 + x), shocks, model.threshold) for x in (-half, half)
    )
    return ((up - down) / (2 * half))[None], 2.0


def volatility_naive(shocks: np.ndarray) -> tuple[Samples, float]:
    """Differentiation along the path; two runs' worth of arithmetic."""
    model = core()
    lost = loss(model.wider(1 + 1j * TINY), shocks, model.threshold)
    return lost.imag[None] / TINY, 2.0


def volatility_weights(
    shocks: np.ndarray, rng: np.random.Generator, *, measure_valued: bool
) -> tuple[Samples, float]:
    r"""Score, or measure-valued derivative at one step, of all volatilities together.

    Independent normals e have a radius r with r^2 chi-square of K degrees; a wider
    law is, to first order, K times (radius of K + 2 degrees less radius of K), so that
    the twin multiplies the shocks of one step by sqrt(1 + chi_2^2 / r^2).
    """
    model, paths = core(), shocks.shape[2]
    lost = loss(model, shocks, model.threshold)
    normal = np.linalg.solve(ROOT, shocks)
    radius = (normal**2).sum(axis=1)
    centred = lost - lost.mean()
    pull = np.linalg.solve(CORRELATION, model.sd)
    drift = -np.einsum("k,tkn->n", pull, shocks)
    if not measure_valued:
        return (centred * ((radius - ASSETS).sum(axis=0) + drift))[None], 1.0
    step, column = rng.integers(STEPS, size=paths), np.arange(paths)
    factor = np.sqrt(1 + rng.chisquare(2, paths) / radius[step, column])
    wider = shocks.copy()
    wider[step, :, column] *= factor[:, None]
    more = loss(model, wider, model.threshold) - lost
    return (ASSETS * STEPS * more + centred * drift)[None], 2.0


def measure_core_truth(paths: int, seed: int, batch: int = 1000) -> None:
    """Print bumped slopes of many paths, by two levels, extrapolated, and the bias."""
    rng, found = np.random.default_rng((seed, 99)), []
    for _ in range(paths // batch):
        shocks = draw(rng, batch)
        wide, narrow = (two_level(shocks, half, 40)[0] for half in (0.02, 0.01))
        wider, thinner = (volatility_bump(shocks, half)[0] for half in (0.04, 0.02))
        both = [np.vstack([wide, wider]), np.vstack([narrow, thinner])]
        found.append([(4 * both[1] - both[0]) / 3, both[0], both[1]])
    each = np.concatenate(found, axis=2)
    error = each.std(axis=2) / math.sqrt(each.shape[2])
    bias = each[1:] - each[0]
    with np.printoptions(precision=5, suppress=True, linewidth=88):
        print("slopes", each[0].mean(axis=1), "errors", error[0], sep="\n")
        for name, off in zip(("wide", "narrow"), bias, strict=True):
            spread = off.std(axis=1) / math.sqrt(off.shape[1])
            print(f"bias {name}", off.mean(axis=1), "errors", spread, sep="\n")


CORE_TRUTH = np.array(
    [
        0.67299, 1.40778, 0.02479, -0.00412, 1.27502, -0.00763,
        1.34358, 0.02832, -0.00488, -0.00064, -0.00316, 0.00175,
        0.84114, -0.00311, -0.02173, 0.06588, 0.31567,
    ]
)  # fmt: skip
"""Slopes of the core step: thresholds, then the logarithm of all volatilities; bumps of
.02 and .01 extrapolated, 200,000 paths of another seed, by `--truth 200000`."""

CORE_BIAS = {".02": 0.139, ".01": 0.035}
"""Root sum of squares over the thresholds of what bumps are off by, from the same run;
nearly all of it is one threshold's."""

CORE_TRUTH_ERROR = np.array(
    [
        0.00636, 0.0052, 0.00216, 0.00284, 0.00686, 0.00362,
        0.0053, 0.00439, 0.00356, 0.00444, 0.00289, 0.0059,
        0.00445, 0.00334, 0.00629, 0.00373, 0.00227,
    ]
)  # fmt: skip


# --- Measurement --------------------------------------------------------------------


Estimator = Callable[[np.ndarray], tuple[Samples, float]]
BATCHES = 30
BUDGET = 100_000
"""Forward runs at which errors are compared."""


def tally(
    estimators: dict[str, Estimator], batches: Iterator[np.ndarray]
) -> dict[str, Tally]:
    """Every estimator on the same draws."""
    found = {name: Tally() for name in estimators}
    for drawn in batches:
        for name, estimator in estimators.items():
            start = time.process_time()
            samples, cost = estimator(drawn)
            found[name].seconds += time.process_time() - start
            found[name].samples.append(samples)
            found[name].steps.append(cost)
    return found


def late_forward(normal: np.ndarray) -> tuple[Samples, float]:
    late = Late()
    log_price = late.log_prices(normal)
    return late.payoff(settled(late, log_price, first_hit(late, log_price)))[None], 1.0


def late_rows(paths: int, seed: int) -> dict[str, Tally]:
    """The estimators of V5."""
    rng, size = np.random.default_rng((seed, 5)), paths // BATCHES
    return tally(
        {
            FORWARD: late_forward,
            "bump, as V5": late_bump,
            "bump, 3 x wider": lambda e: late_bump(e, 3),
            "along the path": late_naive,
            "SPA": lambda e: late_spa(e, rng),
            "push-out, score": lambda e: late_weights(e, rng, measure_valued=False),
            "push-out, MVD": lambda e: late_weights(e, rng, measure_valued=True),
        },
        (rng.standard_normal((Late.total, size)) for _ in range(BATCHES)),
    )


FORWARD = "forward run"


def core_rows(paths: int, seed: int) -> dict[str, Tally]:
    """The estimators of the core step."""
    rng, size = np.random.default_rng((seed, 6)), paths // BATCHES
    model, flat, worth = core(), np.ones((ASSETS, STEPS)), learned_worth(seed)
    found = tally(
        {
            FORWARD: lambda u: (loss(model, u, model.threshold)[None], 1.0),
            "bump .02": lambda u: bump(u, 0.02),
            "bump .01": lambda u: bump(u, 0.01),
            "two-level bump .02": lambda u: two_level(u, 0.02, EVERY),
            "two-level bump .01": lambda u: two_level(u, 0.01, EVERY),
            "random signs .02": lambda u: random_signs(u, rng, 0.02),
            "SPA, 1 branch": lambda u: spa(u, rng, flat),
            "SPA, learned, 4 branches": lambda u: spa(u, rng, worth, 4),
            ONE: lambda u: spa(u, rng, only_largest(), 4),
            "vol: bump .04": lambda u: volatility_bump(u, 0.04),
            "vol: along the path": volatility_naive,
            "vol: SPA": lambda u: volatility_spa(u, rng, worth),
            "vol: score": lambda u: volatility_weights(u, rng, measure_valued=False),
            "vol: MVD": lambda u: volatility_weights(u, rng, measure_valued=True),
        },
        (draw(rng, size) for _ in range(BATCHES)),
    )
    for kind in ("bump", "two-level bump"):
        wide, narrow = found[f"{kind} .02"], found[f"{kind} .01"]
        found[f"{kind}, extrapolated"] = richardson(wide, narrow)
    return found


ONE = "SPA, 4 br., one threshold"
EVERY = 16
"""Paths to one that is bumped properly, by two levels."""
ALONE = {
    "bump .02": 2.0,
    "bump .01": 2.0,
    "bump, extrapolated": 4.0,
    "two-level bump .02": 3 + 2 / EVERY,
    "two-level bump .01": 3 + 2 / EVERY,
    "two-level bump, extrapolated": 6 + 4 / EVERY,
}
"""Runs for the slope in one threshold, where that is less than for all."""


def print_late(paths: int, seed: int) -> None:
    """Table of V5."""
    truth, found = late_truth(), late_rows(paths, seed)
    print(f"\nOne late liquidation, {paths} paths; truth in steps", truth.round(3))
    print("of a continuous watch", CLOSED_FORM, "; bias of bumps by quadrature:")
    for wider in (1, 3):
        print(f"  {wider} x", (late_truth(wider) - truth).round(3))
    slope = f"{'z':>5}{'sd':>6}{'eff':>6}"
    print(
        f"{'':18}{'runs':>5}{'wall':>5}{'d/d threshold':>17}{slope}"
        f"{'d/d volatility':>17}{slope}{'3 eff':>6}{'z: mean, sd':>12}"
    )
    unit = found.pop(FORWARD).seconds
    base = found["bump, as V5"]
    for name, row in found.items():
        print(f"{name:18}{row.cost:5.1f}{row.seconds / unit:5.1f}", end="")
        alone = 2.0 if name.startswith("bump") else row.cost
        z, gains = (row.mean - truth) / np.fmax(row.error, 1e-9), []
        for at in (0, 2):
            biased, variance = abs(z[at]) > 4, max(row.variance[at], 1e-9)
            gains.append(2 * base.variance[at] / (alone * variance))
            print(
                f"{row.mean[at]:10.2f} ± {row.error[at]:4.2f}",
                "bias" if biased else f"{z[at]:4.1f}",
                f"{math.sqrt(row.variance[at]):5.0f}",
                f"{'-':>5}" if biased else f"{gains[-1]:5.2f}",
                end="",
            )
        both = "-" if biased else f"{3 * min(gains) * alone / row.cost:.2f}"
        seeds = row.scores(truth)[:, 0]
        print(f"{both:>6}{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}")


def print_core(paths: int, seed: int) -> None:
    """Tables of the core step."""
    found = core_rows(paths, seed)
    unit = found.pop(FORWARD).seconds
    volatility = {n: found.pop(n) for n in list(found) if n.startswith("vol")}
    truth, slack = CORE_TRUTH[:ASSETS], CORE_TRUTH_ERROR[:ASSETS]
    base = found["bump .02"]
    print(f"\nCore step, {ASSETS} thresholds, {paths} paths; truth of the largest")
    print(f"slope {truth[LARGEST]:.3f}; errors at equal cost: {BUDGET} forward runs")
    print(
        f"{'':28}{'runs':>6}{'wall':>6}{'largest slope':>16}{'z':>6}{'chi2':>6}"
        f"{'err 1':>8}{'err 16':>8}{'bias 16':>8}{'eff 1':>7}{'eff 16':>7}"
        f"{'z: mean, sd':>12}"
    )
    for name, row in found.items():
        mean, error, variance = row.mean, row.error, row.variance
        z = (mean - truth) / np.hypot(np.fmax(error, 1e-9), slack)
        alone, one = ALONE.get(name, row.cost), variance[LARGEST]
        gain = base.variance[LARGEST] * 2 / (one * alone)
        every = base.variance.sum() * base.cost / (variance.sum() * row.cost)
        fit, both = f"{np.mean(z**2):6.1f}", f"{every:7.2f}"
        total = f"{math.sqrt(variance.sum() * row.cost / BUDGET):8.4f}"
        if name == ONE:
            fit, both, total = f"{'-':>6}", f"{'-':>7}", f"{'-':>8}"
        off = f"{CORE_BIAS.get(name[-3:], 0):8.3f}"
        seeds = row.scores(truth)[:, LARGEST]
        print(
            f"{name:28}{row.cost:6.1f}{row.seconds / unit:6.1f}"
            f"{mean[LARGEST]:8.3f} ± {error[LARGEST]:.3f}{z[LARGEST]:6.1f}{fit}"
            f"{math.sqrt(one * alone / BUDGET):8.4f}{total}{off}{gain:7.2f}{both}"
            f"{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}"
        )
    print(f"\nLogarithm of all volatilities: truth {CORE_TRUTH[-1]:.4f}")
    base = volatility["vol: bump .04"]
    for name, row in volatility.items():
        error, variance = row.error[0], row.variance[0]
        z = (row.mean[0] - CORE_TRUTH[-1]) / math.hypot(error, CORE_TRUTH_ERROR[-1])
        gain = base.variance[0] * base.cost / (variance * row.cost)
        seeds = row.scores(CORE_TRUTH[-1:])
        print(
            f"{name:28}{row.cost:6.1f}{row.seconds / unit:6.1f}"
            f"{row.mean[0]:8.3f} ± {error:.3f}{z:6.1f}{'':6}"
            f"{math.sqrt(variance * row.cost / BUDGET):8.4f}{'':8}{gain:7.3f}{'':7}"
            f"{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=7_500, help="of the core step")
    parser.add_argument("--late", type=int, default=120_000, help="paths of V5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", type=int, metavar="PATHS", help="of the core step")
    given = parser.parse_args()
    if given.truth:
        measure_core_truth(given.truth, given.seed)
        return
    print(
        "runs: path-steps in forward runs; wall: processor time in forward runs, draws"
        " excluded;\neff: variance times runs of the first row over one's own, for one"
        " parameter alone and for all;\nerr, bias: root sum of squares over the"
        " parameters; chi2: mean square of their z;\nz: of all paths, and mean and sd"
        f" of those of {BATCHES} batches (of the largest slope)"
    )
    print_late(given.late, given.seed)
    print_core(given.paths, given.seed)


if __name__ == "__main__":
    main()
