"""Entries of a result under a policy, and only of its parts."""

from ._variable import Variable, estimated


_SCOPE = ("scope",)
_MARKET = ("market",)
_RESERVE = ("reserve",)

POLICY = {
    **estimated("paused_mean", _MARKET, "1", "mean share of time without liquidations"),
    **estimated(
        "refused_mean",
        _SCOPE,
        "USD",
        "mean debt that keepers would have repaid beyond the limits, round by round",
    ),
    **estimated("treasury_paid_mean", _SCOPE, "USD", "mean deficit paid by treasuries"),
    **estimated(
        "module_paid_mean", _SCOPE, "USD", "mean deficit paid by slashed tokens"
    ),
    **estimated("backstop_paid_mean", _SCOPE, "USD", "mean deficit paid by backstops"),
    **estimated("socialised_mean", _SCOPE, "USD", "mean deficit left to suppliers"),
    **estimated(
        "mean_factor_mean",
        _RESERVE,
        "1",
        "mean over time of the collateral factor in force, over the listed one",
    ),
    **estimated(
        "lowest_factor_mean",
        _RESERVE,
        "1",
        "mean of the lowest collateral factor of a path, over the listed one",
    ),
}
"""Variables; a result without a part has none of its own."""

POLICY_COORDINATES = {
    "market": Variable(_MARKET, "1", "lending market"),
}
"""Labels of the dimension that no others have."""
