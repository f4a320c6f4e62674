"""Every variable of a result: its dimensions, its unit and a sentence.

The table is the document: an array that is not in it cannot be written.
"""

from ._schema_behaviour import BEHAVIOUR
from ._schema_channels import CHANNELS, CHANNELS_COORDINATES
from ._schema_claims import CLAIMS, CLAIMS_COORDINATES
from ._schema_derivatives import DERIVATIVES, DERIVATIVES_COORDINATES
from ._schema_obligations import OBLIGATIONS, OBLIGATIONS_COORDINATES
from ._schema_policy import POLICY, POLICY_COORDINATES
from ._variable import Variable, bounded, estimated


_SCOPE = ("scope",)
_TAIL = ("scope", "level")
_RESERVE = ("reserve",)
_ASSET = ("asset",)
_ACCOUNT = ("account",)
_QUANTILE = ("asset", "quantile")
_FAN = ("time", "asset", "quantile")

_LOSSES = {
    **estimated("bad_debt_mean", _SCOPE, "USD", "mean bad debt at the horizon"),
    **bounded("bad_debt_probability", _SCOPE, "1", "probability of any bad debt"),
    **bounded("bad_debt_var", _TAIL, "USD", "value at risk of bad debt"),
    **estimated("bad_debt_es", _TAIL, "USD", "expected shortfall of bad debt"),
    **estimated("liquidated_mean", _SCOPE, "USD", "mean debt repaid by liquidations"),
    **bounded("liquidated_probability", _SCOPE, "1", "probability of a liquidation"),
    **bounded(
        "liquidations_at_risk",
        _TAIL,
        "USD",
        "value at risk of the debt repaid by liquidations",
    ),
    **estimated(
        "liquidated_es",
        _TAIL,
        "USD",
        "expected shortfall of the debt repaid by liquidations",
    ),
    **estimated("covered_mean", _SCOPE, "USD", "mean deficit paid by reserve funds"),
    **estimated(
        "bad_debt_without_feedback_mean",
        _SCOPE,
        "USD",
        "mean bad debt on the same draws if sales moved no price",
    ),
    **estimated(
        "bad_debt_amplification_mean",
        _SCOPE,
        "USD",
        "mean bad debt that price impact adds, on the same draws",
    ),
    **estimated(
        "bad_debt_amplification_ratio",
        _SCOPE,
        "1",
        "mean bad debt over the mean without price impact, on the same draws",
    ),
}

_FLOWS = {
    **estimated(
        "realized_mean", _RESERVE, "USD", "mean bad debt written off, by debt reserve"
    ),
    **estimated(
        "unrealized_mean",
        _RESERVE,
        "USD",
        "mean debt above collateral at the horizon, by debt reserve",
    ),
    **estimated(
        "seized_mean",
        _RESERVE,
        "USD",
        "mean collateral seized by liquidations, at oracle prices",
    ),
    **estimated("keeper_profit_mean", (), "USD", "mean profit of keepers, after gas"),
    **estimated(
        "protocol_fee_mean", (), "USD", "mean fee that markets took of seizures"
    ),
}

_PRICES = {
    **bounded("drawdown", _QUANTILE, "1", "largest fall of the price below its start"),
    **bounded(
        "fundamental_drawdown",
        _QUANTILE,
        "1",
        "largest fall of the price without impact below its start",
    ),
    **estimated("drawdown_mean", _ASSET, "1", "mean drawdown of the price"),
    **estimated(
        "fundamental_drawdown_mean",
        _ASSET,
        "1",
        "mean drawdown of the price without impact",
    ),
    **estimated(
        "drawdown_amplification_mean",
        _ASSET,
        "1",
        "mean drawdown that price impact adds, on the same draws",
    ),
    "price": Variable(_FAN, "USD", "quantiles of the market price, recorded paths"),
    "fundamental_price": Variable(
        _FAN, "USD", "quantiles of the price without impact, recorded paths"
    ),
    **bounded(
        "time_to_first_deficit",
        ("quantile",),
        "day",
        "time of the first realized bad debt, on paths that have any",
    ),
}

_DISTRIBUTION = {
    "loss_histogram": Variable(
        ("bin",), "1", "paths whose total bad debt is above zero, by its size"
    ),
    "bin_low": Variable(("bin",), "USD", "lower edge of a bin; the first holds less"),
    "bin_high": Variable(("bin",), "USD", "upper edge of a bin; the last holds more"),
    "worst_path": Variable(("rank",), "1", "numbers of the worst paths"),
    "worst_loss": Variable(("rank",), "USD", "total bad debt of the worst paths"),
    "status_count": Variable(("status",), "1", "paths by how they ended"),
}

_BOOK = {
    "liquidation_profile": Variable(
        ("asset", "drop"),
        "USD",
        "collateral of accounts liquidatable after a fall of one asset",
    ),
    "liquidation_profile_common": Variable(
        ("drop",),
        "USD",
        "collateral of accounts liquidatable after a fall of all volatile assets",
    ),
    "collateral_share": Variable(_RESERVE, "1", "share of all collateral"),
    "debt_share": Variable(_RESERVE, "1", "share of all debt"),
    "collateral_hhi": Variable((), "1", "Herfindahl index of collateral over reserves"),
    "account_hhi": Variable(
        _RESERVE, "1", "Herfindahl index of collateral over accounts"
    ),
    "largest_account_share": Variable(
        _RESERVE, "1", "share of a reserve's collateral held by its largest account"
    ),
    "account_name": Variable(_ACCOUNT, "1", "accounts that matter most"),
    "account_collateral": Variable(_ACCOUNT, "USD", "collateral at the start"),
    "account_debt": Variable(_ACCOUNT, "USD", "debt at the start"),
    "account_health": Variable(_ACCOUNT, "1", "health factor at the start"),
    **estimated(
        "account_tail_loss",
        _ACCOUNT,
        "USD",
        "mean bad debt of an account over the paths of the 99 % tail",
    ),
    **estimated(
        "cohort_error_liquidations",
        (),
        "1",
        "expected liquidations with cohorts over those with every account, less one",
    ),
    **estimated(
        "cohort_error_es99",
        (),
        "1",
        "99 % expected shortfall with cohorts over that with every account, less one",
    ),
}

COORDINATES = {
    "scope": Variable(("scope",), "1", "all markets together, or one market"),
    "level": Variable(("level",), "1", "confidence level of VaR and ES"),
    "reserve": Variable(_RESERVE, "1", "market.reserve"),
    "asset": Variable(_ASSET, "1", "token with a market price"),
    "time": Variable(("time",), "day", "time since the start"),
    "quantile": Variable(("quantile",), "1", "probability of a quantile"),
    "drop": Variable(("drop",), "1", "relative fall of a price"),
    "bin": Variable(("bin",), "1", "bin of the loss histogram"),
    "rank": Variable(("rank",), "1", "rank of a path, 0 is the worst"),
    "account": Variable(_ACCOUNT, "1", "rank of an account, 0 matters most"),
    "status": Variable(("status",), "1", "how a path ended"),
    **DERIVATIVES_COORDINATES,
    **CLAIMS_COORDINATES,
    **OBLIGATIONS_COORDINATES,
    **CHANNELS_COORDINATES,
    **POLICY_COORDINATES,
}
"""Labels of the dimensions."""

SCHEMA = {
    **_LOSSES,
    **_FLOWS,
    **_PRICES,
    **_DISTRIBUTION,
    **_BOOK,
    **DERIVATIVES,
    **CLAIMS,
    **OBLIGATIONS,
    **BEHAVIOUR,
    **CHANNELS,
    **POLICY,
}
"""Variables that a result may hold."""
