"""Entries of a result in which more than prices couples markets, and only of those."""

from ._variable import Variable, bounded


_WHO = ("who",)
_PAIR = ("who", "with_whom")
_FACTOR = ("time", "reserve", "quantile")


def _worst(row: str, unit: str, sentence: str) -> Variable:
    """A number of every row, on every worst path, over time."""
    return Variable(("worst", "time", row), unit, f"{sentence}, on a worst path")


_ORDER = {
    **bounded(
        "fails_probability",
        _WHO,
        "1",
        "probability that a market writes off bad debt, or an entity cannot pay",
    ),
    **bounded(
        "fails_first_probability",
        _WHO,
        "1",
        "probability that it fails, and nobody before it",
    ),
    **bounded(
        "fails_together_probability", _PAIR, "1", "probability that both of two fail"
    ),
}

_PATHS = {
    "worst_repaid": _worst("reserve", "USD", "debt repaid by liquidations in the step"),
    "worst_realized": _worst("reserve", "USD", "bad debt written off in the step"),
    "worst_backing": _worst(
        "claim", "1", "what backs an asset over what did at the start"
    ),
    "worst_redeemed": _worst("spiral", "USD", "stablecoins burnt in the step"),
    "worst_defended": _worst("spiral", "USD", "spent by the reserve in the step"),
    "worst_unwound": _worst(
        "market", "USD", "collateral sold by borrowers' choice in the step"
    ),
    "worst_topped_up": _worst(
        "market", "USD", "brought by borrowers from outside in the step"
    ),
    "worst_levered": _worst(
        "market", "USD", "borrowed to buy collateral with it in the step"
    ),
    "worst_depth": _worst("asset", "1", "share of a venue's full depth"),
    "worst_utilization": _worst("reserve", "1", "borrowed over supplied"),
    "worst_withdrawn": _worst(
        "reserve", "USD", "withdrawn by suppliers who run in the step"
    ),
    "worst_returned": _worst("reserve", "USD", "brought back by suppliers in the step"),
    "worst_frozen": _worst(
        "reserve", "1", "whether somebody wanted out in the step and could not"
    ),
    "worst_paused": _worst(
        "market", "1", "whether a market could not be liquidated in the step"
    ),
}

_FACTORS = {
    "factor": Variable(
        _FACTOR,
        "1",
        "quantiles of the collateral factor in force over the listed one, recorded "
        "paths",
    ),
    "factor_mean": Variable(
        ("time", "reserve"), "1", "its mean over the recorded paths"
    ),
}

CHANNELS = {**_ORDER, **_PATHS, **_FACTORS}
"""Variables; a result has none of what is not there."""

CHANNELS_COORDINATES = {
    "who": Variable(_WHO, "1", "market or entity that may fail"),
    "with_whom": Variable(("with_whom",), "1", "another one that may fail"),
}
"""Labels of their dimensions."""
