"""Entries of a result with claims, stablecoins or credit lines, and only of those."""

from ._variable import Variable, bounded, estimated


_CLAIM = ("claim",)
_SPIRAL = ("spiral",)
_LINE = ("line",)
_ASSET = ("asset",)

CLAIMS = {
    **estimated(
        "lowest_backing_mean",
        _CLAIM,
        "1",
        "mean of a path's least that backs an asset, of what did at the start",
    ),
    **bounded(
        "lowest_backing_tail",
        _CLAIM,
        "1",
        "1 % quantile of a path's least that backs an asset",
    ),
    **estimated(
        "backing_left_mean",
        _CLAIM,
        "1",
        "mean of what failures have left at the horizon of what backs an asset",
    ),
    **bounded(
        "failure_probability",
        _CLAIM,
        "1",
        "probability that a bridge or issuer fails, or validators are slashed",
    ),
    **estimated(
        "redeemed_mean", _SPIRAL, "USD", "mean stablecoins burnt for minted tokens"
    ),
    **estimated(
        "defended_mean", _SPIRAL, "USD", "mean spent by the reserve of a stablecoin"
    ),
    **estimated(
        "defaulted_mean", _LINE, "USD", "mean debt of a credit line at its default"
    ),
    **bounded(
        "default_probability", _LINE, "1", "probability that a credit line defaults"
    ),
    "locked_share": Variable(
        _ASSET, "1", "collateral over tokens outstanding, at the start"
    ),
    "claim_depth": Variable(
        _ASSET, "1", "claims between an asset and its farthest root"
    ),
    "longest_chain": Variable((), "1", "deepest claim that is pledged"),
    "collateral_velocity": Variable(
        _ASSET, "1", "collateral that rests on an asset over what is pledged of itself"
    ),
    "leverage_multiplier": Variable(
        (), "1", "collateral over the equity of all accounts"
    ),
}
"""Variables; a result has none of what is not there."""

CLAIMS_COORDINATES = {
    "claim": Variable(_CLAIM, "1", "asset that something backs, which may be lost"),
    "spiral": Variable(_SPIRAL, "1", "mint-and-burn stablecoin"),
    "line": Variable(_LINE, "1", "account with a credit line"),
}
"""Labels of their dimensions."""
