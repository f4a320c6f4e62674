"""How often the same collateral is pledged: locked shares, depth, leverage, velocity.

Pure functions of a book and of what its assets are claims on.
"""

import math

import numpy as np
from jaxtyping import Float64, Int

from ..lending._book import Book
from ..process import closure, depths


PerAsset = Float64[np.ndarray, " asset"]
Weights = Float64[np.ndarray, "asset asset"]


def rehypothecation(
    book: Book,
    *,
    price: PerAsset,
    outstanding: PerAsset,
    weights: Weights,
    reserve_asset: Int[np.ndarray, " reserve"],
) -> dict[str, np.ndarray]:
    """Every entry of the dataset on collateral that is pledged again.

    Args:
        book: Who holds and owes what [token].
        price: Prices of the assets [USD].
        outstanding: Tokens of each asset that there are; NaN where unknown.
        weights: Of each asset (row) in the log price of what it is directly a claim on.
        reserve_asset: Asset of each reserve.
    """
    locked = np.zeros(price.size)
    held, owed = book.totals
    np.add.at(locked, reserve_asset, held)
    value = held @ price[reserve_asset]
    depth = depths(weights)
    deepest = depth[locked > 0].max(initial=0)
    return {
        "locked_share": locked / outstanding,
        "claim_depth": depth.astype(np.float64),
        "longest_chain": np.asarray(float(deepest)),
        "collateral_velocity": velocity(locked * price, weights),
        "leverage_multiplier": np.asarray(
            leverage_multiplier(float(value), float(owed @ price[reserve_asset]))
        ),
    }


def velocity(locked: PerAsset, weights: Weights) -> PerAsset:
    r"""How often a dollar of a root asset stands as collateral, by asset.

    .. math:: v_j = \frac{\sum_i A_{ij} L_i}{L_j}

    with L the collateral locked [USD] and A the closure of the claims' weights. One
    where nobody pledges a claim on it; infinite where only claims are pledged; NaN of
    an asset that is a claim itself, and where nothing is pledged.

    Source: Singh (2011), Velocity of pledged collateral, IMF working paper 11/256.
    """
    resting = closure(weights).T @ locked
    is_root = ~(weights != 0).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(resting > 0, resting, np.nan) / locked
    return np.where(is_root, found, np.nan)


def leverage_multiplier(collateral: float, debt: float) -> float:
    """Collateral over the equity of all accounts; infinite where there is none left."""
    equity = collateral - debt
    return collateral / equity if equity > 0 else math.inf
