"""How much of a book hangs on one asset, or on one account."""

import numpy as np
from jaxtyping import Float64, Int

from ..lending._book import Book
from ._moments import Moments
from ._profile import CategoryReserve, PerReserve


def concentration(book: Book, price: PerReserve) -> dict[str, np.ndarray]:
    r"""Shares and Herfindahl indices of a book.

    .. math:: \mathrm{HHI} = \sum_k s_k^2

    with s the shares of reserves in all collateral, or of accounts in a reserve's
    collateral: 1 is a single holder, 1/n is n equal ones. A row that stands for many
    accounts counts as that many equal ones. An empty reserve has shares of zero.

    Args:
        book: Who holds and owes what [token].
        price: Prices [USD/token].

    Returns:
        Entries of the dataset [ratio]: `collateral_share`, `debt_share`, `account_hhi`
        and `largest_account_share` by reserve, and `collateral_hhi`.
    """
    held, owed = (total * price for total in book.totals)
    share = _share(held, float(held.sum()))
    within = _share(book.collateral, book.collateral.sum(axis=0))
    members = book.members[:, None]
    return {
        "collateral_share": share,
        "debt_share": _share(owed, float(owed.sum())),
        "collateral_hhi": np.asarray(np.square(share).sum()),
        "account_hhi": (np.square(within) / members).sum(axis=0),
        "largest_account_share": (within / members).max(axis=0),
    }


def account_snapshot(
    book: Book,
    chosen: Int[np.ndarray, " chosen"],
    *,
    price: PerReserve,
    threshold: CategoryReserve,
) -> dict[str, np.ndarray]:
    """Collateral, debt [USD] and health factor of some accounts before the first step.

    Args:
        book: Who holds and owes what [token].
        chosen: Rows of the book.
        price: Oracle prices [USD/token].
        threshold: Liquidation thresholds [ratio].

    Returns:
        Entries of the dataset: `account_name`, `account_collateral`, `account_debt` and
        `account_health` (infinite without debt).
    """
    held, owed = book.collateral[chosen], book.debt[chosen] @ price
    weighted = (held * threshold[book.category[chosen]]) @ price
    health = np.full(chosen.size, np.inf)
    np.divide(weighted, owed, out=health, where=owed > 0)
    return {
        "account_name": book.account[chosen],
        "account_collateral": held @ price,
        "account_debt": owed,
        "account_health": health,
    }


def account_tail_loss(
    loss: Float64[np.ndarray, "account path"],
) -> dict[str, np.ndarray]:
    """Mean bad debt of accounts over the paths of a tail, with its standard error.

    Args:
        loss: Bad debt of each account on each path of the tail [USD].

    Returns:
        Entries of the dataset: `account_tail_loss` and `account_tail_loss_se` [USD].
    """
    return Moments.of(loss).estimate().variables("account_tail_loss")


def _share(
    part: Float64[np.ndarray, "..."], whole: float | Float64[np.ndarray, "..."]
) -> Float64[np.ndarray, "..."]:
    return np.divide(part, whole, out=np.zeros_like(part), where=np.asarray(whole) > 0)
