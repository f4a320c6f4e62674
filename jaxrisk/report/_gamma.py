"""The options market: what its dealers have to trade as the spot moves."""

from . import _figure_gamma as figures
from ._blocks import Figure, Section, Table
from ._facts import Facts
from ._format import PERCENT, dollars, exact, money, plain


SHOWN_DEALERS = 3
TITLE = "Gamma of the options market"


def gamma(facts: Facts) -> Section:
    """Delta and gamma by spot, and where gamma changes its sign.

    Args:
        facts: A result with dealers.

    Returns:
        A section of the report.
    """
    rows = [_profile(facts, name) for name in facts.labels("dealer")]
    svg = figures.profiles(rows[:SHOWN_DEALERS])
    caption = (
        "The dealers' options at the start, by the spot price, with implied "
        "volatilities moved as the config says. Left: delta, which dealers hedge with "
        "the opposite position. Right: what delta changes by as the spot rises by 1 %; "
        "below zero (orange) dealers buy what rises and sell what falls, above (blue) "
        "the other way round. Dashed: the spot at the start; dot: gamma of zero."
    )
    alt = "Delta and gamma of the dealers' options against the spot."
    return Section(TITLE, [Figure(svg, caption, alt=alt), _table(rows)])


def _profile(facts: Facts, name: str) -> figures.Profile:
    one = facts.dataset.sel(dealer=name)
    start = float(one["dealer_spot"])
    return figures.Profile(
        asset=name,
        spot=start * (1 + one["spot_move"].to_numpy()),
        delta=one["dealer_delta"].to_numpy(),
        gamma=one["dealer_gamma"].to_numpy(),
        start=start,
        zero=float(one["zero_gamma"]),
    )


def _table(rows: list[figures.Profile]) -> Table:
    """Greeks at the start; exact numbers of the options, no errors."""
    places = [int(abs(row.spot - row.start).argmin()) for row in rows]
    pairs = list(zip(rows, places, strict=True))
    delta = [float(row.delta[at]) for row, at in pairs]
    slope = [float(row.gamma[at]) for row, at in pairs]
    units = [dollars(max(map(abs, values))) for values in (delta, slope)]
    cells = (
        [row.asset for row in rows],
        [money(row.start) for row in rows],
        exact(delta, units[0]),
        exact(slope, units[1]),
        [_turn(row) for row in rows],
    )
    head = (
        "Underlying",
        "Spot",
        f"Delta [{units[0].label}]",
        f"Gamma per 1 % [{units[1].label}]",
        "Gamma is zero at",
    )
    caption = "The dealers' options at the start."
    return Table(caption, head, tuple(zip(*cells, strict=True)))


def _turn(row: figures.Profile) -> str:
    """The level where gamma changes its sign, and how far it is."""
    if not row.zero > 0:
        return "no spot that was looked at"
    return f"{money(row.zero)} ({plain(row.zero / row.start - 1, PERCENT)})"
