"""Cohorts: a large book as a few hundred rows that behave alike.

Accounts are alike if the same prices liquidate them: that is, if their health and the
mixes of what they hold and owe are near. Cohorts are cut from the book one at a time,
always where the debt-weighted spread is largest, as in the median-cut of a palette.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ._book import AccountNumber, Book, ReserveNumber
from ._merge import Rows, merge, sum_by


HEALTH_SCALE = 0.2  # differences of log-health beyond it count less and less
HEALTH_WEIGHT = (
    0.5  # of those differences: a cohort models their spread, not the mixes'
)
MIX_FADE = 0.35  # log-health over which differences of exposure fade
BAD_MOVE = 3.0  # standard deviations of the move in which exposures are compared
LEAST_WIDTH = 1e-3  # of log-health: narrower cohorts are one account
FOLLOWS = 2.0  # a member's move is at most so many times its cohort's, or its inverse
SINGLE_SHARE = 0.005  # of all debt: above it, a borrower stays alone ...
SINGLE_ROWS = 0.25  # ... if there are no more of them than this share of the cohorts

Features = Float64[np.ndarray, "borrower feature"]
CategoryReserve = Float64[np.ndarray, "category reserve"]
Covariance = Float64[np.ndarray, "reserve reserve"]


def compress(
    book: Book,
    cohorts: int,
    *,
    price: ReserveNumber,
    threshold: CategoryReserve,
    covariance: Covariance,
    alone: Bool[np.ndarray, " account"] | None = None,
) -> Book:
    """Merge like accounts; totals by reserve, market and category stay.

    Totals by reserve stay to the last bit (`exact_totals`), the others to rounding. The
    largest borrowers stay alone. Accounts that owe nothing can never be liquidated
    and become one row a category; so do accounts that hold nothing. The result does not
    depend on the order of the accounts.

    Args:
        book: Accounts.
        cohorts: Most rows of borrowers in the result.
        price: Oracle price by reserve [USD/token].
        threshold: Liquidation threshold [ratio].
        covariance: Covariance of the log-returns of the reserves' prices over the
            horizon, jumps included. It says which mixes are alike: two reserves that
            move together are one to the cohorts.
        alone: Borrowers that are not to be merged; none if not given.

    Returns:
        The book of cohorts. A book small enough keeps every borrower.

    Raises:
        ValueError: If there are fewer cohorts than categories with borrowers.
    """
    view = _View.of(book, price, threshold)
    order = _canonical_order(book, view)
    borrows = (view.debt > 0) & (view.weighted > 0)
    borrower = order[borrows[order]]
    label = np.empty(book.account.size, np.int64)
    single = np.zeros(book.account.size, bool) if alone is None else alone
    label[borrower] = _borrower_labels(
        book, view, borrower, cohorts, covariance, single[borrower]
    )
    other = order[~borrows[order]]
    kind = np.stack([book.market, book.category, view.debt > 0], axis=1)[other]
    _, inverse = np.unique(kind, axis=0, return_inverse=True)
    label[other] = cohorts + inverse.reshape(-1)
    width = _widths(view, label, borrower, covariance)
    return merge(book, label, order, width)


@dataclass(frozen=True)
class _View:
    """What a price makes of a book."""

    collateral: Float64[np.ndarray, "account reserve"]  # threshold-weighted [USD]
    owed: Float64[np.ndarray, "account reserve"]  # [USD]
    weighted: AccountNumber  # [USD]
    debt: AccountNumber  # [USD]

    @classmethod
    def of(
        cls, book: Book, price: ReserveNumber, threshold: CategoryReserve
    ) -> "_View":
        collateral = book.collateral * price * threshold[book.category]
        owed = book.debt * price
        return cls(collateral, owed, collateral.sum(axis=1), owed.sum(axis=1))


def _canonical_order(book: Book, view: _View) -> Rows:
    """Largest debts first, ties by health and name: the order given is no input."""
    order = np.lexsort((view.weighted, -view.debt))
    keys = np.stack([view.debt[order], view.weighted[order]])
    equal = np.all(keys[:, 1:] == keys[:, :-1], axis=0)
    tied = np.append(equal, False) | np.append(False, equal)
    if tied.any():
        # Names are slow to sort: only those that decide.
        rows = order[tied]
        again = np.lexsort((book.account[rows], view.weighted[rows], -view.debt[rows]))
        order[tied] = rows[again]
    return order


def _borrower_labels(
    book: Book,
    view: _View,
    borrower: Rows,
    cohorts: int,
    covariance: Covariance,
    single: Bool[np.ndarray, " borrower"],
) -> Rows:
    """Cohort of each borrower, given in canonical order."""
    if borrower.size <= cohorts:
        return np.arange(borrower.size)
    debt = view.debt[borrower]
    alone = np.arange(borrower.size) < int(SINGLE_ROWS * cohorts)
    alone &= debt > SINGLE_SHARE * debt.sum()
    alone |= single
    singles = int(alone.sum())
    place = (book.market * (book.category.max() + 1) + book.category)[borrower]
    groups = [np.flatnonzero(~alone & (place == name)) for name in np.unique(place)]
    groups = [group for group in groups if group.size]
    if len(groups) > cohorts - singles:
        raise ValueError(
            f"cohorts ({cohorts}) is too few for {len(groups)} categories with "
            f"borrowers{_beside(singles)}. Raise it."
        )
    label = np.cumsum(alone) - 1
    features = _features(view, borrower, covariance)
    parts = _cut(groups, features, debt, cohorts - singles)
    for number, part in enumerate(parts, start=singles):
        label[part] = number
    return label


def _beside(singles: int) -> str:
    return f", beside {singles} accounts that stay alone" if singles else ""


def _features(view: _View, borrower: Rows, covariance: Covariance) -> Features:
    """Coordinates in which accounts that the same prices liquidate are near.

    The first is log-health, compressed; the others are how log-health answers to the
    independent moves that make up the covariance, faded as health grows, because
    differences far from liquidation matter little.
    """
    weighted, debt = view.weighted[borrower], view.debt[borrower]
    health = weighted / debt
    # In place: each of these is 80 MB for a million accounts.
    held = view.collateral[borrower]
    held /= weighted[:, None]
    owed = view.owed[borrower]
    owed /= debt[:, None]
    held -= owed
    variance, direction = np.linalg.eigh(covariance)
    move = BAD_MOVE * direction * np.sqrt(np.maximum(variance, 0))
    answer = held @ move
    answer *= health[:, None] ** (-1 / MIX_FADE)
    nearness = HEALTH_WEIGHT * HEALTH_SCALE * health ** (-1 / HEALTH_SCALE)
    return np.concatenate([nearness[:, None], answer], axis=1)


def _cut(
    groups: list[Rows],
    features: Features,
    weight: Float64[np.ndarray, " borrower"],
    parts: int,
) -> list[Rows]:
    """Cut groups in two, widest first, until there are `parts` of them."""
    parts_by_name = dict(enumerate(groups))
    spread = {name: _spread(rows, features, weight) for name, rows in enumerate(groups)}
    widest = [(-spread[name].sum(), name) for name in spread]
    heapq.heapify(widest)
    while len(parts_by_name) < parts and widest[0][0] < 0:
        _, name = heapq.heappop(widest)
        rows = parts_by_name[name]
        axis = int(np.argmax(spread[name]))
        halves = _halves(rows, features[rows, axis], weight[rows])
        for half, new in zip(halves, (name, len(parts_by_name)), strict=True):
            parts_by_name[new] = half
            spread[new] = _spread(half, features, weight)
            heapq.heappush(widest, (-spread[new].sum(), new))
    return list(parts_by_name.values())


def _spread(
    rows: Rows, features: Features, weight: Float64[np.ndarray, " borrower"]
) -> Float64[np.ndarray, " feature"]:
    """Debt-weighted sum of squares about the mean, by feature."""
    inside, mass = features[rows], weight[rows]
    if rows.size == 1:
        return np.zeros(inside.shape[1])
    inside -= mass @ inside / mass.sum()
    return mass @ np.square(inside, out=inside)


def _halves(
    rows: Rows,
    value: Float64[np.ndarray, " row"],
    weight: Float64[np.ndarray, " row"],
) -> tuple[Rows, Rows]:
    """The cut of a sorted line that leaves the least spread on its two sides."""
    order = np.argsort(value)
    if np.any(np.diff(value[order]) == 0):
        # Slower, but the same on every machine.
        order = np.argsort(value, kind="stable")
    left = np.cumsum(weight[order])[:-1]
    right = np.cumsum(weight[order][::-1])[-2::-1]
    centered = value - weight @ value / weight.sum()
    moment = np.cumsum((weight * centered)[order])[:-1]
    gain = moment**2 / (left * right)
    at = int(np.argmax(gain)) + 1
    return np.sort(rows[order[:at]]), np.sort(rows[order[at:]])


def _distances(
    view: _View, label: Rows, borrower: Rows, covariance: Covariance
) -> tuple[Float64[np.ndarray, " borrower"], Float64[np.ndarray, " borrower"]]:
    r"""How much a borrower's log-health exceeds its cohort's when that one is at one.

    .. math:: \ell_i - \bar\ell \frac{g_i V \bar g}{\bar g V \bar g},
        \qquad g = held - owed

    with the bars over the cohort: prices have then moved by the most likely move that
    brings the cohort to a health of one, and the borrower's mix follows it less or
    more.
    """
    weighted, debt = view.weighted[borrower], view.debt[borrower]
    group = label[borrower]
    total = np.bincount(group, weights=debt)
    worth = np.bincount(group, weights=weighted)
    log_health = np.log(weighted / debt)
    held = sum_by(group, view.collateral[borrower], total.size) / _column(worth)
    owed = sum_by(group, view.owed[borrower], total.size) / _column(total)
    exposure = held - owed
    answer = exposure @ covariance
    own = (answer * exposure).sum(axis=1)
    mix = (
        view.collateral[borrower] / weighted[:, None]
        - view.owed[borrower] / debt[:, None]
    )
    relative = (mix * answer[group]).sum(axis=1) / np.where(own > 0, own, 1)[group]
    relative = np.clip(np.where(own[group] > 0, relative, 1), 1 / FOLLOWS, FOLLOWS)
    mean = np.log(np.where(total > 0, worth, 1) / np.where(total > 0, total, 1))
    return log_health - mean[group] * relative, log_health - mean[group]


def _column(values: AccountNumber) -> Float64[np.ndarray, "row 1"]:
    return np.where(values > 0, values, 1)[:, None]


def _widths(
    view: _View, label: Rows, borrower: Rows, covariance: Covariance
) -> AccountNumber:
    """Width by label of an even distribution with the variance of the distances.

    Narrower where that would reach below the weakest member.
    """
    debt, group, size = view.debt[borrower], label[borrower], int(label.max()) + 1
    distance, now = _distances(view, label, borrower, covariance)

    def mean(values: Float64[np.ndarray, " borrower"]) -> AccountNumber:
        total = np.bincount(group, weights=debt, minlength=size)
        sums = np.bincount(group, weights=debt * values, minlength=size)
        return sums / np.where(total > 0, total, 1)

    variance = mean((distance - mean(distance)[group]) ** 2)
    lowest = np.zeros(size)
    np.minimum.at(lowest, group, now)
    width = np.minimum(np.sqrt(12 * variance), -2 * lowest)
    return np.where(width > LEAST_WIDTH, width, 0)
