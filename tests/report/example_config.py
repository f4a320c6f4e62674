"""The config that the made-up result is said to come from."""

MARKETS = ("aave_v3", "compound_v3")
RESERVES = {
    "aave_v3": ("WETH", "wstETH", "WBTC", "USDC", "USDT", "DAI", "LINK", "AAVE", "CRV"),
    "compound_v3": ("WETH", "WBTC", "USDC"),
}
PRICES = {
    "WETH": 1816.85,
    "wstETH": 2080.5,
    "WBTC": 34_500.0,
    "LINK": 11.2,
    "AAVE": 88.4,
    "CRV": 0.52,
    "USDC": 1.0,
    "USDT": 1.0,
    "DAI": 1.0,
}
STABLE = ("USDC", "USDT", "DAI")
LEVELS = (0.95, 0.99, 0.999)


def example_config(name: str = "aave_v3_ethereum") -> dict:
    """The config that the example is said to come from."""
    jumps = {"intensity": 2.0, "mean": -0.01, "sd": 0.02}
    idle = {"intensity": 0.0, "mean": 0.0, "sd": 0.0}
    assets = {
        asset: {"price_usd": price, "volatility": 0.75, "drift": 0.0, "jumps": idle}
        for asset, price in PRICES.items()
    }
    for stable in STABLE:
        peg = {"reference": "USD", "speed": 200.0, "volatility": 0.01, "growth": 0.0}
        assets[stable] = {"price_usd": 1.0, "peg": {**peg, "jumps": jumps}}
    peg = {"reference": "WETH", "speed": 50.0, "volatility": 0.02, "growth": 0.035}
    assets["wstETH"] = {
        "price_usd": 2080.5,
        "peg": {**peg, "floor": 0.8, "jumps": jumps},
    }
    return {
        "name": name,
        "description": "Are the collateral factors of November 2023 prudent?",
        "horizon_days": 7.0,
        "step_minutes": 60.0,
        "assets": assets,
        "market_model": {
            "innovation": {"kind": "student_t", "degrees_of_freedom": 4.5},
            "correlation": {
                "WETH": {"WBTC": 0.85, "LINK": 0.75},
                "WBTC": {"LINK": 0.7},
            },
            "correlation_default": 0.6,
            "common_jumps": {
                "intensity": 6.0,
                "mean": -0.08,
                "sd": 0.05,
                "beta": {"WETH": 1.0, "LINK": 1.2},
            },
            "regimes": {
                "enter_stress_per_year": 6.0,
                "leave_stress_per_year": 60.0,
                "volatility_multiplier": 2.0,
                "correlation_floor": 0.9,
                "correlation": {},
            },
        },
        "oracle": {
            "kind": "heartbeat",
            "deviation": 0.005,
            "heartbeat_seconds": 3600.0,
            "assets": {"USDC": {"deviation": 0.0025, "heartbeat_seconds": 86_400.0}},
        },
        "venues": _venues(),
        "keeper": {
            "kind": "rational",
            "gas_usd": 40.0,
            "capital_usd": 5e7,
            "latency_minutes": 0.0,
            "tiers": 4,
        },
        "markets": {market: _market(market) for market in MARKETS},
        "book": {
            "file": "aave_v3_ethereum_synthetic_book.csv.gz",
            "format": "jaxrisk",
            "accounts": None,
            "cohorts": 256,
        },
        "engine": {"rounds": 4, "precision": "float32"},
        "run": {"paths": 20_000, "seed": 1, "levels": list(LEVELS)},
    }


def _venues() -> dict:
    venues: dict = {
        asset: {
            "kind": "power_law",
            "depth_usd": 46e6 / (1 + place),
            "reference_move": 0.02,
            "exponent": 1.0,
            "permanent_share": 0.3,
            "resilience_half_life_minutes": 240.0,
        }
        for place, asset in enumerate(PRICES)
    }
    venues["wstETH"] = {
        "kind": "stableswap",
        "amplification": 30.0,
        "token_balance": 235_285.0,
        "reference_balance": 241_954.0,
        "fee": 0.0004,
    }
    venues["DAI"] = {"kind": "infinite"}
    return venues


def _market(market: str) -> dict:
    reserve = {
        "asset": None,
        "loan_to_value": 0.805,
        "liquidation_threshold": 0.83,
        "liquidation_bonus": 0.05,
        "protocol_fee": 0.1,
        "reserve_factor": 0.15,
        "supplied": None,
        "rates": {"base": 0.0, "kink": 0.8, "slope_below": 0.038, "slope_above": 0.8},
    }
    e_mode = {
        "loan_to_value": 0.9,
        "liquidation_threshold": 0.93,
        "liquidation_bonus": 0.01,
        "reserves": ["WETH", "wstETH"],
    }
    first = market == MARKETS[0]
    return {
        "close_factor": {"kind": "aave_v3.3" if first else "full"},
        "reserve_fund_usd": 2.5e5,
        "reserves": {name: dict(reserve) for name in RESERVES[market]},
        "e_modes": {"ETH correlated": e_mode} if first else {},
    }
