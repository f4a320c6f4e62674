"""Policy: time paused, collateral factors that move, and who paid what."""

import numpy as np

from . import _figure_channels as figures
from ._blocks import Block, Figure, Section, Table
from ._facts import TOTAL, Facts
from ._format import Unit, column, measured_unit


TITLE = "Brakes and insurance"
SHOWN_FACTORS = 3
LAYERS = (
    ("Reserve fund", "covered_mean"),
    ("Treasury", "treasury_paid_mean"),
    ("Safety module", "module_paid_mean"),
    ("Backstop", "backstop_paid_mean"),
    ("Left to suppliers", "socialised_mean"),
)
_SCALE = Unit(0.01)


def policy(facts: Facts) -> list[Section]:
    """One page where governance pauses, limits, moves or insures anything.

    Args:
        facts: The result.

    Returns:
        The section; none without a policy.
    """
    blocks = [*_factors(facts), *_brakes(facts), *_layers(facts)]
    return [Section(TITLE, blocks)] if blocks else []


def _factors(facts: Facts) -> list[Block]:
    """Mean and range over time, of the reserves whose factors fall most."""
    if not facts.measured("factor", "factor_mean"):
        return []
    mean = facts.dataset["factor_mean"].transpose("reserve", "time").to_numpy()
    levels = facts.dataset["factor"].transpose("reserve", "quantile", "time")
    moved = np.flatnonzero(levels.to_numpy().min(axis=(1, 2)) < mean[:, 0] - 1e-6)
    order = moved[np.argsort(mean[moved].min(axis=1), kind="stable")][:SHOWN_FACTORS]
    if not order.size:
        return []
    low, inner_low, inner_high, high = (
        levels.sel(quantile=level).to_numpy() for level in (0.01, 0.25, 0.75, 0.99)
    )
    bands = [
        figures.Band(
            facts.reserve_name(facts.labels("reserve")[row]),
            mean=mean[row],
            low=low[row],
            high=high[row],
            inner_low=inner_low[row],
            inner_high=inner_high[row],
        )
        for row in order
    ]
    svg = figures.bands(facts.dataset["time"].to_numpy(), bands, "Of the listed [%]")
    caption = (
        "Collateral factor in force, over the one listed. Line: mean over the first "
        "paths. Dark: where half of them are; pale: 98 % of them. Below 100 % the same "
        "collateral backs less debt, and accounts near their limit are liquidated "
        "sooner."
    )
    return [Figure(svg, caption, alt="Collateral factors over time.")]


def _brakes(facts: Facts) -> list[Block]:
    """Time without liquidations, and what limits kept back."""
    head, cells, told = ["Market"], [facts.markets], ""
    if facts.measured("paused_mean"):
        paused = [facts.estimate("paused_mean", market=one) for one in facts.markets]
        head.append("Time without liquidations [%]")
        cells.append(column(paused, _SCALE))
    if facts.measured("refused_mean"):
        kept = [facts.estimate("refused_mean", scope=one) for one in facts.markets]
        unit = measured_unit(kept)
        told = (
            " Kept back: debt that keepers would have repaid beyond the limits; what "
            "waits for two rounds counts twice."
        )
        head.append(f"Kept back by limits [{unit.label}]")
        cells.append(column(kept, unit))
    if len(cells) == 1:
        return []
    caption = f"Means over {facts.horizon}, all paths, with 95 % errors.{told}"
    return [Table(caption, tuple(head), tuple(zip(*cells, strict=True)))]


def _layers(facts: Facts) -> list[Block]:
    """Who paid the deficits, layer by layer."""
    if not facts.measured("socialised_mean"):
        return []
    parts = {
        scope: [facts.estimate(name, scope=scope) for _, name in LAYERS]
        for scope in facts.scopes
    }
    unit = measured_unit([each for values in parts.values() for each in values])
    cells = [
        [title for title, _ in LAYERS],
        *(column(values, unit) for values in parts.values()),
    ]
    titles = ("Total" if scope == TOTAL else scope for scope in facts.scopes)
    caption = (
        f"Who paid deficits over {facts.horizon}, in the order in which they pay: "
        "means over all paths, with 95 % errors. What no layer pays is left to "
        "suppliers, and is the bad debt written off."
    )
    head = ("Layer", *(f"{title} [{unit.label}]" for title in titles))
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]
