"""What the full book says before anything is simulated."""

import numpy as np
from jaxtyping import Float64, Int64

from ..config import (
    Config,
    asset_of_reserve,
    claim_weights,
    initial_prices,
    liquidation_thresholds,
    reserve_prices,
)
from ..lending._book import Book
from ..risk import (
    DROPS,
    Profile,
    asset_exposure,
    common_exposure,
    concentration,
    liquidation_profile,
    rehypothecation,
)
from ._model import Model


def book_facts(model: Model) -> dict[str, np.ndarray]:
    """Liquidation profile and concentration, as entries of the dataset."""
    profile = book_profile(model, model.full)
    return {
        "liquidation_profile": profile.collateral[:-1],
        "liquidation_profile_common": profile.collateral[-1],
        **concentration(model.full, reserve_prices(model.config)),
        **pledges(model),
    }


def pledges(model: Model) -> dict[str, np.ndarray]:
    """Collateral that is pledged again; nothing where no asset is a claim."""
    config = model.config
    listed = config.assets.values()
    if all(one.claim_on is None and one.float_tokens is None for one in listed):
        return {}
    given = {name: asset.float_tokens for name, asset in config.assets.items()}
    known = [given.get(name) for name in config.asset_names]
    return rehypothecation(
        model.full,
        price=initial_prices(config),
        outstanding=np.array([np.nan if one is None else one for one in known]),
        weights=claim_weights(config),
        reserve_asset=asset_of_reserve(config),
    )


def book_profile(
    model: Model, book: Book, drops: Float64[np.ndarray, " drop"] = DROPS
) -> Profile:
    """Profile of a book of the model: one scenario an asset, then all of them."""
    config = model.config
    of_reserve = asset_of_reserve(config)
    lift = np.asarray(model.system.prices.lift, np.float64)
    is_base = np.array([asset.is_base for asset in config.assets.values()])
    # An instrument is taken to fall as far as its underlying, whatever its options.
    roots = _roots(config)
    exposure = asset_exposure(lift[roots], of_reserve)
    together = common_exposure(lift[roots], is_base[roots], of_reserve)
    return liquidation_profile(
        book,
        price=reserve_prices(config),
        threshold=liquidation_thresholds(config),
        exposure=np.concatenate([exposure, together]),
        drops=drops,
    )


def _roots(config: Config) -> Int64[np.ndarray, " asset"]:
    """Row of every asset, and of an instrument that of its underlying."""
    assets, instruments = list(config.assets), config.instruments or {}
    rows = [assets.index(one.underlying) for one in instruments.values()]
    return np.array([*range(len(assets)), *rows], np.int64)
