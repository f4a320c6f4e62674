"""The table that is printed after a run: no estimate without its error."""

import numpy as np
import xarray as xr

from ._format import quantity
from ._summary_policy import policy_rows


_SHOWN_ASSETS = 3


def summary(dataset: xr.Dataset) -> str:
    """A table of the main estimates, their errors, and what they rest on.

    Args:
        dataset: A result.

    Returns:
        Lines of text: losses, liquidations, drawdowns, dealers, perpetuals, entities,
        policy, claims, stablecoins and credit lines where there are any, run.
    """
    rows = [
        *_losses(dataset, "bad debt", ("bad_debt", "bad_debt_var", "VaR")),
        *_losses(
            dataset, "liquidations", ("liquidated", "liquidations_at_risk", "LaR")
        ),
        *_feedback(dataset),
        *_markets(dataset),
        *_drawdowns(dataset),
        *_dealers(dataset),
        *_perps(dataset),
        *_insurance(dataset),
        *_entities(dataset),
        *policy_rows(dataset, _cell),
        *_claims(dataset),
    ]
    return "\n".join([_heading(dataset), *_aligned(rows), *_footing(dataset)])


def _losses(
    dataset: xr.Dataset, label: str, names: tuple[str, str, str]
) -> list[list[str]]:
    loss, at_risk, short = names
    total = dataset.isel(scope=0)
    often = _cell(total, f"{loss}_probability")
    rows = [[label, "mean", _cell(total, f"{loss}_mean"), "P(> 0)", often]]
    for level in dataset["level"].values:
        at_level = total.sel(level=level)
        text, name = _cell(at_level, at_risk), f"{100 * level:g}"
        if at_level[at_risk] == 0:
            text = f"{text}, P(> 0) {often}"
        shortfall = _cell(at_level, f"{loss}_es")
        rows.append(["", f"{short}{name}", text, f"ES{name}", shortfall])
    return rows


def _feedback(dataset: xr.Dataset) -> list[list[str]]:
    if "bad_debt_amplification_mean" not in dataset:
        return []
    total = dataset.isel(scope=0)
    without = _cell(total, "bad_debt_without_feedback_mean")
    added = _cell(total, "bad_debt_amplification_mean")
    return [["bad debt", "mean if sales moved no price", without, "added", added]]


def _markets(dataset: xr.Dataset) -> list[list[str]]:
    markets = dataset["scope"].values[1:]
    if len(markets) == 1:
        return []
    return [
        [
            "" if rank else "by market",
            str(market),
            _cell(dataset.isel(scope=rank + 1), "bad_debt_mean"),
            "P(> 0)",
            _cell(dataset.isel(scope=rank + 1), "bad_debt_probability"),
        ]
        for rank, market in enumerate(markets)
    ]


def _drawdowns(dataset: xr.Dataset) -> list[list[str]]:
    """Mean drawdown of the assets that liquidations move most."""
    added = dataset["drawdown_amplification_mean"].values
    return [
        [
            "" if rank else "drawdown",
            str(dataset["asset"].values[asset]),
            _cell(dataset.isel(asset=asset), "drawdown_mean"),
            "impact",
            _cell(dataset.isel(asset=asset), "drawdown_amplification_mean"),
        ]
        for rank, asset in enumerate(np.argsort(-added, kind="stable")[:_SHOWN_ASSETS])
    ]


def _dealers(dataset: xr.Dataset) -> list[list[str]]:
    """What dealers bought and sold to stay hedged, in the tail too."""
    if "hedged_mean" not in dataset:
        return []
    return [
        [
            "" if rank else "hedging",
            str(name),
            f"{_cell(dataset.isel(dealer=rank), 'hedged_mean')} traded",
            *_tail(dataset.isel(dealer=rank)),
        ]
        for rank, name in enumerate(dataset["dealer"].values)
    ]


def _tail(dealer: xr.Dataset) -> list[str]:
    """Net sales where bad debt is worst; nothing where there is none."""
    if not dealer["bad_debt_probability"][0] > 0:
        return ["", ""]
    return ["net sold in the tail", _cell(dealer, "tail_dealer_flow")]


def _perps(dataset: xr.Dataset) -> list[list[str]]:
    """Positions closed, deleveraged, and how far the basis goes, by perpetual."""
    if "perp_liquidated_mean" not in dataset:
        return []
    rows = []
    for rank, name in enumerate(dataset["perp"].values):
        one = dataset.isel(perp=rank)
        often = _cell(one, "perp_deleveraged_probability")
        rows += [
            [
                "" if rank else "perpetuals",
                str(name),
                f"{_cell(one, 'perp_liquidated_mean')} closed",
                "deleveraged",
                f"{_cell(one, 'perp_deleveraged_mean')}, P(> 0) {often}",
            ],
            [
                "",
                "",
                f"{_cell(one, 'lowest_basis_mean')} lowest basis",
                "1 % quantile",
                _cell(one, "lowest_basis_tail"),
            ],
        ]
    return rows


def _insurance(dataset: xr.Dataset) -> list[list[str]]:
    """What the fund of the exchange pays, on average and at the highest level."""
    if "insurance_paid_mean" not in dataset:
        return []
    tail = dataset.isel(level=-1)
    name = f"ES{100 * float(tail['level']):g}"
    paid, short = (_cell(tail, f"insurance_paid_{each}") for each in ("mean", "es"))
    return [["insurance", "mean", paid, name, short]]


def _entities(dataset: xr.Dataset) -> list[list[str]]:
    """What entities leave unpaid, how often, and how often for want of others' pay."""
    if "entity_shortfall_mean" not in dataset:
        return []
    rows = []
    for rank, name in enumerate(dataset["entity"].values):
        one = dataset.isel(entity=rank)
        short, often, passed = (
            _cell(one, f"entity_{each}")
            for each in (
                "shortfall_mean",
                "default_probability",
                "contagion_probability",
            )
        )
        first = "" if rank else "unpaid debts"
        rows.append(
            [first, str(name), short, "P(default)", f"{often}, by contagion {passed}"]
        )
    return rows


def _claims(dataset: xr.Dataset) -> list[list[str]]:
    """What is left of claims, redeemed of stablecoins, and defaulted of lines."""
    columns = {
        "claim": ("lowest_backing_mean", "left", "P(failure)", "failure_probability"),
        "spiral": ("redeemed_mean", "redeemed", "reserve spends", "defended_mean"),
        "line": ("defaulted_mean", "defaulted", "P(default)", "default_probability"),
    }
    labels = {"claim": "backing", "spiral": "stablecoins", "line": "credit lines"}
    return [
        [
            "" if rank else labels[axis],
            str(name),
            f"{_cell(dataset.isel({axis: rank}), first)} {word}",
            title,
            _cell(dataset.isel({axis: rank}), second),
        ]
        for axis, (first, word, title, second) in columns.items()
        if axis in dataset.coords
        for rank, name in enumerate(dataset[axis].values)
    ]


def _cell(dataset: xr.Dataset, name: str) -> str:
    value, error = dataset[name], dataset[f"{name}_se"]
    return quantity(float(value), float(error), value.attrs["units"])


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _heading(dataset: xr.Dataset) -> str:
    facts = dataset.attrs
    return (
        f"{facts['title']}: horizon {facts['horizon_days']:g} days, "
        f"{facts['paths']:,} paths, seed {facts['seed']}"
    )


def _footing(dataset: xr.Dataset) -> list[str]:
    lines = [_size(dataset), _failures(dataset), *_cohorts(dataset)]
    lines.append(
        "± one standard error; of VaR and LaR half the 95 % interval over 1.96"
    )
    errors = [name for name in dataset if str(name).endswith("_se")]
    if any(np.isinf(dataset[name].values).any() for name in errors):
        lines.append("± inf: too few paths to bound this number; raise the paths")
    return lines


def _size(dataset: xr.Dataset) -> str:
    facts = dataset.attrs
    counts = [
        f"{facts[name]:,} {name}"
        for name in ("paths", "steps", "accounts")
        if name in facts
    ]
    return (
        f"{' x '.join(counts)} in {facts['wall_seconds']:.1f} s "
        f"+ {facts['check_seconds']:.1f} s checks "
        f"+ {facts['compile_seconds']:.1f} s compile"
    )


def _failures(dataset: xr.Dataset) -> str:
    seen = zip(dataset["status"].values, dataset["status_count"].values, strict=True)
    events = ", ".join(f"{count:,} {name}" for name, count in seen if name != "ok")
    return f"{dataset.attrs['failed_paths']:,} failed and left out; status: {events}"


def _cohorts(dataset: xr.Dataset) -> list[str]:
    if "cohort_error_es99" not in dataset:
        return []
    liquidations = _cell(dataset, "cohort_error_liquidations")
    shortfall = _cell(dataset, "cohort_error_es99")
    return [
        f"cohorts against every account: liquidations {liquidations}, ES99 {shortfall}"
    ]
