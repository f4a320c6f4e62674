"""Entries of a result with options dealers or perpetual futures, and only of those."""

from ._variable import Variable, bounded, estimated


_DEALER = ("dealer",)
_PERP = ("perp",)
_LEVEL = ("level",)
_ASSET_PATH = ("worst", "time", "asset")
_DEALER_PATH = ("worst", "time", "dealer")
_PERP_PATH = ("worst", "time", "perp")
_PROFILE = ("dealer", "spot_move")

_MEASURES = {
    **estimated(
        "hedged_mean", _DEALER, "USD", "mean turnover of dealers: bought and sold"
    ),
    **estimated(
        "perp_liquidated_mean",
        _PERP,
        "USD",
        "mean positions closed for want of margin, at mark",
    ),
    **estimated(
        "perp_deleveraged_mean",
        _PERP,
        "USD",
        "mean part of the positions closed that no book took, at mark",
    ),
    **bounded(
        "perp_deleveraged_probability", _PERP, "1", "probability of any deleveraging"
    ),
    **estimated("insurance_paid_mean", (), "USD", "mean paid by the insurance fund"),
    **bounded(
        "insurance_paid_probability",
        (),
        "1",
        "probability that the insurance fund pays",
    ),
    **bounded(
        "insurance_paid_var",
        _LEVEL,
        "USD",
        "value at risk of what the insurance fund pays",
    ),
    **estimated(
        "insurance_paid_es",
        _LEVEL,
        "USD",
        "expected shortfall of what the insurance fund pays",
    ),
}

_BASES = {
    **estimated(
        "lowest_basis_mean",
        _PERP,
        "1",
        "mean of a path's lowest log of perpetual over spot",
    ),
    **estimated(
        "highest_basis_mean",
        _PERP,
        "1",
        "mean of a path's highest log of perpetual over spot",
    ),
    **bounded(
        "lowest_basis_tail",
        _PERP,
        "1",
        "1 % quantile of a path's lowest log of perpetual over spot",
    ),
    **bounded(
        "highest_basis_tail",
        _PERP,
        "1",
        "99 % quantile of a path's highest log of perpetual over spot",
    ),
}

_TAIL = {
    **estimated(
        "tail_keeper_flow",
        ("asset",),
        "USD",
        "mean net sales of keepers over the paths of the 99 % tail",
    ),
    **estimated(
        "tail_dealer_flow",
        _DEALER,
        "USD",
        "mean net sales of dealers over the paths of the 99 % tail",
    ),
    **estimated(
        "tail_perp_flow",
        _PERP,
        "USD",
        "mean net spot sales for perpetuals over the paths of the 99 % tail",
    ),
    **estimated(
        "tail_perp_liquidated",
        _PERP,
        "USD",
        "mean positions closed for want of margin over the paths of the 99 % tail",
    ),
    **estimated(
        "tail_perp_deleveraged",
        _PERP,
        "USD",
        "mean deleveraged over the paths of the 99 % tail",
    ),
    **estimated(
        "tail_insurance_paid",
        (),
        "USD",
        "mean paid by the insurance fund over the paths of the 99 % tail",
    ),
}

_WORST = {
    "recorded_path": Variable(
        ("worst",), "1", "numbers of the worst paths by bad debt, then by liquidations"
    ),
    "worst_price": Variable(_ASSET_PATH, "USD", "market price on a worst path"),
    "worst_fundamental_price": Variable(
        _ASSET_PATH, "USD", "price without impact on a worst path"
    ),
    "worst_keeper_flow": Variable(
        _ASSET_PATH, "USD", "net sales of keepers in the step, on a worst path"
    ),
    "worst_dealer_flow": Variable(
        _DEALER_PATH, "USD", "net sales of dealers in the step, on a worst path"
    ),
    "worst_perp_flow": Variable(
        _PERP_PATH, "USD", "net spot sales for perpetuals in the step, on a worst path"
    ),
    "worst_basis": Variable(
        _PERP_PATH, "1", "log of perpetual over spot, on a worst path"
    ),
    "worst_funding_rate": Variable(
        _PERP_PATH, "1", "what longs pay in a funding interval, on a worst path"
    ),
    "worst_perp_liquidated": Variable(
        _PERP_PATH, "USD", "positions closed in the step, on a worst path"
    ),
    "worst_perp_deleveraged": Variable(
        _PERP_PATH, "USD", "deleveraged in the step, on a worst path"
    ),
    "worst_insurance_paid": Variable(
        ("worst", "time"), "USD", "paid by the insurance fund in the step"
    ),
}

_GAMMA = {
    "dealer_spot": Variable(_DEALER, "USD", "spot at the start"),
    "dealer_delta": Variable(
        _PROFILE, "USD", "delta of the dealers' options at the start, by spot"
    ),
    "dealer_gamma": Variable(
        _PROFILE, "USD", "change of that delta as the spot rises by 1 %"
    ),
    "zero_gamma": Variable(
        _DEALER, "USD", "spot nearest to the start where the dealers' gamma turns"
    ),
}

DERIVATIVES = {**_MEASURES, **_BASES, **_TAIL, **_WORST, **_GAMMA}
"""Variables; a result without dealers or perpetuals has none of theirs."""

DERIVATIVES_COORDINATES = {
    "dealer": Variable(_DEALER, "1", "underlying of options that dealers hedge"),
    "perp": Variable(_PERP, "1", "underlying of a perpetual future"),
    "worst": Variable(("worst",), "1", "rank of a recorded path, 0 is the worst"),
    "spot_move": Variable(
        ("spot_move",), "1", "relative move of the spot from the start"
    ),
}
"""Labels of their dimensions."""
