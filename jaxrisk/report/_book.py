"""The book: what a fall in price liquidates, who matters most, concentration."""

import numpy as np
import xarray as xr

from . import _figure_book as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._estimate import NORMAL_95, Estimate
from ._facts import Facts
from ._format import (
    NO_NUMBER,
    align,
    column,
    dollars,
    exact,
    measured_unit,
    percent,
    plain,
)


SHOWN_CURVES = 5
SHOWN_RESERVES = 14
PRINTED_DROPS = (0.05, 0.1, 0.2, 0.3, 0.5)


def profile(facts: Facts) -> Section:
    """Liquidation profile of the full book.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    title = "Liquidation profile"
    if not facts.measured("liquidation_profile"):
        return Section(title, [Note("The liquidation profile was not measured.")])
    drop = facts.dataset["drop"].to_numpy()
    curves = _curves(facts)
    common = None
    if facts.measured("liquidation_profile_common"):
        common = facts.dataset["liquidation_profile_common"].to_numpy()
    if not curves and common is None:
        return Section(title, [Note("No fall in a single price liquidates anything.")])
    svg = figures.liquidation_profile(drop, curves, common=common)
    caption = (
        "Collateral value of accounts that become liquidatable when the price of one "
        "asset, and of what is pegged to it, falls and all other prices stay. Full "
        "book at the initial prices, without feedback."
    )
    figure = Figure(svg, caption, alt="Liquidatable collateral against fall in price.")
    return Section(title, [figure, _profile_table(drop, curves, common)])


def _curves(facts: Facts) -> list[tuple[str, np.ndarray]]:
    """The assets whose fall liquidates most, the largest first."""
    whole = facts.dataset["liquidation_profile"].transpose("asset", "drop").to_numpy()
    order = np.argsort(-np.nan_to_num(whole).max(axis=1))[:SHOWN_CURVES]
    names = facts.labels("asset")
    return [(names[at], whole[at]) for at in order if whole[at].max() > 0]


def _profile_table(
    drop: np.ndarray, curves: list[tuple[str, np.ndarray]], common: np.ndarray | None
) -> Table:
    """The curves at a few falls in price; exact numbers of the book, no errors."""
    lines = list(curves)
    if common is not None:
        lines.append(("All volatile assets", common))
    places = [int(np.abs(drop - fall).argmin()) for fall in PRINTED_DROPS]
    values = np.array([[value[place] for place in places] for _, value in lines])
    most = float(values.max())
    unit = dollars(most)
    cells = [[name for name, _ in lines]]
    cells += [exact(each.tolist(), unit, largest=most) for each in values.T]
    return Table(
        caption=f"Liquidatable collateral [{unit.label}] by fall in price.",
        head=("Asset that falls", *(f"by {percent(drop[place])}" for place in places)),
        rows=tuple(zip(*cells, strict=True)),
    )


def accounts(facts: Facts) -> Section:
    """Accounts that carry most of the tail.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    title = "Accounts that matter most"
    if not facts.measured("account_tail_loss", "account_collateral", "account_debt"):
        return Section(title, [Note("Losses by account were not measured.")])
    ordered = facts.dataset.sortby("account_tail_loss", ascending=False)
    worth = ordered["account_collateral"].to_numpy().tolist()
    debt = ordered["account_debt"].to_numpy().tolist()
    loss = _tail_losses(ordered)
    units = [dollars(max(worth)), dollars(max(debt)), measured_unit(loss)]
    head = (
        "Account",
        f"Collateral [{units[0].label}]",
        f"Debt [{units[1].label}]",
        "Health factor",
        f"Bad debt in the tail [{units[2].label}]",
    )
    cells = (
        _account_names(ordered),
        exact(worth, units[0]),
        exact(debt, units[1]),
        _health(ordered),
        column(loss, units[2]),
    )
    caption = (
        "Accounts by their mean bad debt over the worst 1 % of paths (those behind ES "
        "99 %), with 95 % errors. Collateral, debt and health at the start."
    )
    return Section(title, [Table(caption, head, tuple(zip(*cells, strict=True)))])


def _account_names(dataset: xr.Dataset) -> list[str]:
    """Names of the accounts; their labels where the result has no names."""
    source = "account_name" if "account_name" in dataset else "account"
    return [str(name) for name in dataset[source].to_numpy()]


def _health(dataset: xr.Dataset) -> list[str]:
    """Health factors to three decimals, as 1 is the trigger."""
    if "account_health" not in dataset:
        return [NO_NUMBER] * dataset.sizes["account"]
    health = dataset["account_health"].to_numpy()
    return align([_fixed_or_none(value, 3) for value in health])


def _tail_losses(dataset: xr.Dataset) -> list[Estimate]:
    """Bad debt of the accounts in the tail, with its error [USD]."""
    value = dataset["account_tail_loss"].to_numpy()
    error = np.full_like(value, np.nan)
    if "account_tail_loss_se" in dataset:
        error = NORMAL_95 * dataset["account_tail_loss_se"].to_numpy()
    both = zip(value.tolist(), error.tolist(), strict=True)
    return [Estimate(mean, mean - reach, mean + reach) for mean, reach in both]


def concentration(facts: Facts) -> Section:
    """How much of the book stands in few reserves and with few accounts.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    title = "Concentration"
    if not facts.measured("collateral_share", "debt_share"):
        return Section(title, [Note("Concentration was not measured.")])
    ordered = facts.dataset.sortby("collateral_share", ascending=False)
    shown = ordered.isel(reserve=slice(0, SHOWN_RESERVES))
    names = [facts.reserve_name(str(each)) for each in shown["reserve"].to_numpy()]
    svg = figures.shares(
        names,
        shown["collateral_share"].to_numpy().tolist(),
        shown["debt_share"].to_numpy().tolist(),
    )
    caption = f"Where collateral and debt stand, at the start. {_herfindahl(facts)}"
    figure = Figure(svg, caption.strip(), alt="Shares of collateral and debt.")
    return Section(title, [figure, *_concentration_table(facts, names)])


def _herfindahl(facts: Facts) -> str:
    """Concentration over reserves in one sentence; empty where not measured."""
    index = facts.estimate("collateral_hhi").value
    if not index > 0:
        return ""
    return (
        f"Herfindahl index of collateral over reserves: {plain(index)}, as if "
        f"{1 / index:.1f} reserves of equal size held all of it."
    )


def _concentration_table(facts: Facts, names: list[str]) -> list[Block]:
    """Concentration over the accounts of each reserve; exact numbers of the book."""
    if not facts.measured("account_hhi", "largest_account_share"):
        return [Note("Concentration over accounts was not measured.")]
    ordered = facts.dataset.sortby("collateral_share", ascending=False)
    shown = ordered.isel(reserve=slice(0, len(names)))
    largest = shown["largest_account_share"].to_numpy()
    index = shown["account_hhi"].to_numpy()
    cells = (
        names,
        align([_fixed_or_none(100 * share, 1) for share in largest]),
        align([_fixed_or_none(each, 3) for each in index]),
        align([_fixed_or_none(1 / each if each > 0 else np.nan, 1) for each in index]),
    )
    head = (
        "Reserve",
        "Largest account [% of collateral]",
        "Herfindahl index over accounts",
        "Accounts of equal size with the same index",
    )
    caption = "Concentration of the collateral of each reserve over its accounts."
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]


def _fixed_or_none(value: float, places: int) -> str:
    return f"{value:,.{places}f}" if np.isfinite(value) else NO_NUMBER
