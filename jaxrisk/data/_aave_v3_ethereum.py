"""What is known of Aave v3 Ethereum in early November 2023, for a synthetic book.

Prices, limits and caps are the chain's, after the governance report of 31 October 2023
(bgd-labs/aave-proposals-v3, MIT). Loan-to-value, threshold, caps and price by reserve.
The sizes of wallets' collateral and the mix of debts are round numbers of the right
order, not measurements: about 4.5 billion USD supplied, a third of it borrowed.
"""

import numpy as np

from ._synthetic_market import SyntheticMarket


#          price    LTV   LT     supply cap  borrow cap  collateral  debt   use
#          USD                   token       token       USD         weight
_RESERVES = {
    "WETH": (1816.85, 0.805, 0.83, 1.80e6, 1.40e6, 920e6, 0.45, 0.70),
    "wstETH": (2080.52, 0.785, 0.81, 850e3, 24e3, 880e6, 0.01, 0.0),
    "WBTC": (34814.0, 0.73, 0.78, 43e3, 28e3, 640e6, 0.37, 0.15),
    "USDC": (0.99997, 0.77, 0.80, 1.76e9, 1.58e9, 190e6, 0.50, 0.80),
    "DAI": (0.99990, 0.77, 0.80, 338e6, 271e6, 60e6, 0.14, 0.75),
    "USDT": (1.00018, 0.74, 0.76, 600e6, 500e6, 40e6, 0.36, 0.80),
    "cbETH": (1906.76, 0.745, 0.77, 60e3, 2.4e3, 30e6, 0.0, 0.0),
    "rETH": (1976.99, 0.745, 0.77, 60e3, 9.6e3, 45e6, 0.0, 0.0),
    "LINK": (11.0998, 0.53, 0.68, 15e6, 13e6, 85e6, 0.05, 0.0),
    "AAVE": (93.358, 0.66, 0.73, 1.85e6, 0.0, 75e6, 0.0, 0.0),
    "UNI": (4.53615, 0.65, 0.77, 4e6, 500e3, 10e6, 0.01, 0.0),
    "MKR": (1314.64, 0.65, 0.70, 15e3, 3e3, 11e6, 0.01, 0.0),
    "CRV": (0.5114, 0.35, 0.41, 51e6, 7.7e6, 13e6, 0.015, 0.0),
    "LDO": (1.78243, 0.40, 0.50, 6e6, 3e6, 6e6, 0.02, 0.0),
}
_TABLE = np.asarray(list(_RESERVES.values()))

AAVE_V3_ETHEREUM = SyntheticMarket(
    name="aave_v3",
    e_mode="ETH",
    reserves=tuple(_RESERVES),
    stable=("USDC", "DAI", "USDT"),
    looped=("wstETH", "cbETH", "rETH"),
    loop_debt="WETH",
    price=_TABLE[:, 0],
    loan_to_value=_TABLE[:, 1],
    liquidation_threshold=_TABLE[:, 2],
    supply_cap=_TABLE[:, 3],
    borrow_cap=_TABLE[:, 4],
    wallet_collateral=_TABLE[:, 5],
    debt_weight=_TABLE[:, 6],
    utilization=_TABLE[:, 7],
    e_mode_loan_to_value=0.90,
    e_mode_liquidation_threshold=0.93,
)
