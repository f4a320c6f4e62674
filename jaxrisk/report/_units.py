"""How a setting of a config is printed: its name in words, its unit, its value."""

import math
from decimal import Decimal

from ._format import NO_NUMBER, SPACE, trimmed


ABSENT = "\N{EN DASH}"
_PERCENT = ("%", 100.0)
_YEARLY_PERCENT = ("% a year", 100.0)
_BY_NAME: dict[str, tuple[str, float]] = {
    **dict.fromkeys(
        (
            "arbitrage",
            "basis",
            "calls",
            "cap",
            "clamp",
            "close_factor",
            "closing_share",
            "defence_from",
            "deviation",
            "fall",
            "fee",
            "floor",
            "interest",
            "kink",
            "largest_fall",
            "liquidation_bonus",
            "liquidation_fee",
            "liquidation_threshold",
            "loan_to_value",
            "loss",
            "maintenance",
            "most",
            "most_slashed",
            "now",
            "permanent_share",
            "premium_cap",
            "protocol_fee",
            "put_share",
            "puts",
            "recovery_assets",
            "recovery_claims",
            "reference_move",
            "reserve_factor",
            "return_below_utilization",
            "rise",
            "run_at_utilization",
            "share",
        ),
        _PERCENT,
    ),
    **dict.fromkeys(
        ("base", "drift", "growth", "slope_above", "slope_below", "volatility"),
        _YEARLY_PERCENT,
    ),
    "speed": ("a year", 1.0),
    "intensity": ("a year", 1.0),
    "mean": ("log", 1.0),
    "sd": ("log", 1.0),
    "open_interest": ("token", 1.0),
    "supplied": ("token", 1.0),
    "tokens": ("token", 1.0),
    "token_balance": ("token", 1.0),
    "reference_balance": ("token", 1.0),
}
_BY_SUFFIX = {
    "_usd_per_day": "USD a day",
    "_usd_per_hour": "USD an hour",
    "_per_day": "a day",
    "_per_hour": "an hour",
    "_tokens": "token",
    "_usd": "USD",
    "_days": "days",
    "_hours": "h",
    "_minutes": "min",
    "_seconds": "s",
    "_per_year": "a year",
}
_WORDS = {"e mode": "e-mode", "sd": "standard deviation", "usd": "USD"}


def words(key: str) -> str:
    """A key of a config in words, without its unit: "gas_usd" is "Gas"."""
    for suffix in _BY_SUFFIX:
        key = key.removesuffix(suffix)
    text = key.replace("_", " ")
    text = _WORDS.get(text, text)
    return text[:1].upper() + text[1:]


def unit_of(key: str) -> tuple[str, float]:
    """Unit of a key, and the factor from the config's number to that unit."""
    if key in _BY_NAME:
        return _BY_NAME[key]
    found = (unit for suffix, unit in _BY_SUFFIX.items() if key.endswith(suffix))
    return next(found, ""), 1.0


def heading(key: str) -> str:
    """A key as the head of a column: words and unit."""
    unit, _ = unit_of(key)
    return f"{words(key)} [{unit}]" if unit else words(key)


def setting(key: str, value: object) -> str:
    """The value of a key in the unit of its head; a dash where it is not set."""
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return quantity(value * unit_of(key)[1])
    if isinstance(value, list | tuple):
        return ", ".join(setting(key, each) for each in value)
    if key == "kind":
        return str(value).replace("_", " ")
    return str(value)


def quantity(value: float) -> str:
    """A number of a config, to ten digits: it is exact, and is not rounded further."""
    if not math.isfinite(value):
        return NO_NUMBER
    text = trimmed(f"{Decimal(f'{value:.10g}'):,f}")
    return text.replace("-", "\N{MINUS SIGN}")


def sentence(key: str, value: object) -> str:
    """The value of a key with its unit: "40 USD"."""
    unit = unit_of(key)[0]
    shown = setting(key, value)
    return f"{shown}{SPACE}{unit}".strip() if shown != ABSENT else shown
