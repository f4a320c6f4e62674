"""Prices of the main assets, and how much deeper they fall because of feedback."""

from . import _figure_prices as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._facts import Facts
from ._format import Unit, column


SHOWN_FANS = 4
SHOWN_DRAWDOWNS = 8


def prices(facts: Facts) -> Section:
    """Fan charts and drawdowns.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    blocks = [*_fans(facts), *_drawdowns(facts)]
    return Section("Prices and drawdown", blocks, new_page=True)


def _fans(facts: Facts) -> list[Block]:
    if not facts.measured("price", "fundamental_price"):
        return [Note("Prices over time were not recorded.")]
    order = ("time", "quantile")
    panels = [
        figures.Fan(
            asset=asset,
            time=facts.dataset["time"].to_numpy(),
            market=facts.dataset["price"].sel(asset=asset).transpose(*order).to_numpy(),
            fundamental=facts.dataset["fundamental_price"]
            .sel(asset=asset)
            .transpose(*order)
            .to_numpy(),
        )
        for asset in facts.volatile_assets[:SHOWN_FANS]
    ]
    if not panels:
        return [Note("No asset of this run is volatile.")]
    sample = facts.attribute("recorded_paths", "price_paths")
    caption = (
        f"Prices over {facts.horizon}: bands and solid median of the market price "
        "(blue), and the same outer quantiles and median of the fundamental price "
        f"without the feedback of {facts.feedback} (dashed, orange), on the same "
        "draws. " + (f"From {int(float(sample)):,} recorded paths." if sample else "")
    )
    quantiles = facts.dataset["quantile"].to_numpy().tolist()
    svg = figures.fans(panels, quantiles)
    return [Figure(svg, caption.strip(), alt="Fan charts of asset prices.")]


def _drawdowns(facts: Facts) -> list[Block]:
    if not facts.measured("drawdown", "fundamental_drawdown"):
        return [Note("Drawdown was not measured.")]
    assets = facts.volatile_assets[:SHOWN_DRAWDOWNS]
    if not assets:
        return []
    order = ("asset", "quantile")
    market, fundamental = (
        facts.dataset[name].sel(asset=assets).transpose(*order).to_numpy()
        for name in ("drawdown", "fundamental_drawdown")
    )
    quantiles = facts.dataset["quantile"].to_numpy().tolist()
    svg = figures.drawdowns(assets, market, fundamental, quantiles=quantiles)
    caption = (
        f"Deepest fall below the initial price over {facts.horizon}. Circle: median; "
        f"thick bar: {100 * quantiles[1]:g} % to {100 * quantiles[-2]:g} % of paths; "
        f"thin bar: {100 * quantiles[0]:g} % to {100 * quantiles[-1]:g} %."
    )
    figure = Figure(svg, caption, alt="Drawdowns with and without feedback, by asset.")
    return [figure, _drawdown_table(facts, assets)]


def _drawdown_table(facts: Facts, assets: list[str]) -> Table:
    columns = (
        ("With feedback [%]", "drawdown_mean", Unit(0.01)),
        ("Without feedback [%]", "fundamental_drawdown_mean", Unit(0.01)),
        (
            "Added by feedback [percentage points]",
            "drawdown_amplification_mean",
            Unit(0.01),
        ),
    )
    head, cells = ["Asset"], [list(assets)]
    for title, name, unit in columns:
        values = [facts.estimate(name, asset=asset) for asset in assets]
        head.append(title)
        cells.append(column(values, unit))
    caption = (
        f"Mean drawdown over {facts.horizon}, with 95 % errors. The last column "
        "compares path by path on the same draws, so that its error is smaller."
    )
    return Table(caption, tuple(head), tuple(zip(*cells, strict=True)))
