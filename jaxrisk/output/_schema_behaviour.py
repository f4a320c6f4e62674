"""Entries of a result in which somebody acts of their own accord, and only of those."""

from ._variable import bounded, estimated


_SCOPE = ("scope",)
_RESERVE = ("reserve",)
_ASSET = ("asset",)

BEHAVIOUR = {
    **estimated(
        "unwound_mean",
        _SCOPE,
        "USD",
        "mean collateral that borrowers sell by choice, at oracle prices",
    ),
    **estimated(
        "topped_up_mean", _SCOPE, "USD", "mean brought by borrowers from outside"
    ),
    **estimated(
        "levered_mean", _SCOPE, "USD", "mean borrowed to buy collateral with it"
    ),
    **estimated(
        "withdrawn_mean",
        _RESERVE,
        "USD",
        "mean withdrawn by suppliers who run, at oracle prices",
    ),
    **estimated(
        "returned_mean",
        _RESERVE,
        "USD",
        "mean brought back by suppliers, at oracle prices",
    ),
    **estimated(
        "frozen_mean", _RESERVE, "1", "mean number of steps with frozen withdrawals"
    ),
    **bounded(
        "frozen_probability",
        _RESERVE,
        "1",
        "probability that withdrawals are ever frozen",
    ),
    **estimated(
        "lowest_depth_mean",
        _ASSET,
        "1",
        "mean of a path's least share of a venue's full depth",
    ),
    **bounded(
        "depth_lost_var",
        _ASSET,
        "1",
        "99 % quantile of a path's largest share of depth withdrawn",
    ),
}
"""Variables; a result in which nobody acts has none of them."""
