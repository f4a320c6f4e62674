"""What the full book says before anything is simulated."""

import numpy as np

from ..config import asset_of_reserve, liquidation_thresholds, reserve_prices
from ..risk import asset_exposure, common_exposure, concentration, liquidation_profile
from ._model import Model


def book_facts(model: Model) -> dict[str, np.ndarray]:
    """Liquidation profile and concentration, as entries of the dataset."""
    config = model.config
    price, of_reserve = reserve_prices(config), asset_of_reserve(config)
    exposure = asset_exposure(np.asarray(model.system.prices.lift, float), of_reserve)
    to_usd = np.array(
        [
            asset.peg is not None and asset.peg.reference == "USD"
            for asset in config.assets.values()
        ]
    )
    together = common_exposure(to_usd, of_reserve)
    profile = liquidation_profile(
        model.full,
        price=price,
        threshold=liquidation_thresholds(config),
        exposure=np.concatenate([exposure, together]),
    )
    return {
        "liquidation_profile": profile.collateral[:-1],
        "liquidation_profile_common": profile.collateral[-1],
        **concentration(model.full, price),
    }
