"""The page for a committee: now, proposed and why; a frontier; what speaks against."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..report._blocks import (
    Answer,
    Block,
    Caution,
    Figure,
    Note,
    Report,
    Section,
    Statements,
    Table,
)
from ..report._figure import BLUE, INK, ORANGE, draw
from ..report._html import to_html
from ..report._pdf import to_pdf
from ._check import Check
from ._result import amount, dissent, short
from ._run import Found, Setting
from ._solve import Verdict


if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PAGE, DOCUMENT = "proposal.html", "proposal.pdf"
MARK = 12
"""Digits of the config's hash in the running head."""


def write_page(found: Found, folder: Path) -> None:
    """Write `proposal.html` and `proposal.pdf`, which say the same."""
    report = compose(found)
    (folder / PAGE).write_text(to_html(report), encoding="utf-8")
    (folder / DOCUMENT).write_bytes(to_pdf(report))


def compose(found: Found) -> Report:
    """Everything that the page says."""
    posed = found.posed
    config = posed.market.config(posed.problem.domain.now)
    paths, seed = posed.section.fresh_paths, posed.effort.seed
    return Report(
        title=f"{config.name}: proposed parameters",
        subtitle=f"{paths:,} paths that the search has not seen · seed {seed}",
        mark=config.hash[:MARK],
        label="",
        sections=[
            _proposal(found),
            _risk(found),
            *([_frontier(found)] if found.frontier else []),
            _against(found),
            _how(found),
        ],
    )


def _proposal(found: Found) -> Section:
    domain, point = found.posed.problem.domain, found.solution.best.point
    rows = tuple(
        (short(name), f"{now:,.6g}", f"{new:,.6g}", f"{new - now:+,.4g}", why)
        for name, now, new, why in zip(
            domain.names, domain.now, point, _reasons(found), strict=True
        )
    )
    blocks: list[Block] = [Answer((found.sentence,))]
    if found.solution.verdict is not Verdict.OPTIMUM:
        blocks.append(Caution("This is no optimum: nothing is recommended."))
    head = ("Parameter", "Now", "Proposed", "Change", "Why")
    caption = "Parameters, and one governance step to either side of what is proposed."
    numeric = (False, True, True, True, False)
    blocks.append(Table(caption, head, rows, numeric=numeric))
    blocks.append(Note(f"Borrowers: {found.posed.borrowers}."))
    return Section("What is proposed", blocks)


def _reasons(found: Found) -> list[str]:
    """Why a parameter goes no further: rules that it touches, steps to the side."""
    limits = [limit.measure.name for limit in found.posed.problem.limits]
    domain, reasons = found.posed.problem.domain, []
    touched = domain.touched(found.solution.best.point)
    for index, name in enumerate(domain.names):
        home = name.rpartition(".")[0]
        said = [
            words.removeprefix(f"{home}: ").removeprefix(f"{name} ")
            for words, normal in touched
            if normal[index]
        ]
        for step in (each for each in found.steps if each.parameter == name):
            over = [n for n, x in zip(limits, step.excess, strict=True) if not x <= 0]
            if step.broken:
                continue
            gain = step.objective[0]
            verdict = f"exceeds {', '.join(over)}" if over else "keeps every limit"
            said.append(f"{step.value:,.5g}: objective {gain:+.2g}, {verdict}")
        reasons.append("; ".join(said))
    return reasons


def _risk(found: Found) -> Section:
    prices = tuple(
        (
            price.measure,
            f"{price.gain[0]:.3g} ± {price.gain[1]:.2g}",
            "binds" if price.binds else "does not bind, as far as this sample tells",
        )
        for price in found.prices
    )
    head = ("Limit", "Gain of the objective", "")
    caption = "What the objective would gain if a limit were 1 % wider."
    numeric = (False, True, False)
    return Section(
        "What it does",
        [
            *(_changes(each) for each in found.settings),
            Note("± is one standard error; of changes on the same draws, paired."),
            Table(caption, head, prices, numeric=numeric),
        ],
    )


def _changes(setting: Setting) -> Table:
    rows = tuple(
        (
            each.sentence,
            _plus_minus(each.now, each.unit),
            _plus_minus(each.proposed, each.unit),
            _plus_minus(each.difference, each.unit, signed=True),
            "not kept"
            if each.name in setting.exceeded
            else ("kept" if each.most < float("inf") else ""),
        )
        for each in setting.changes
    )
    head = ("Measure", "Now", "Proposed", "Change", "Limit")
    return Table(f"Market: {setting.name}.", head, rows, small=True)


def _plus_minus(
    estimate: tuple[float, float], unit: str, *, signed: bool = False
) -> str:
    return amount(estimate, unit, signed=signed).replace("+-", "±")


def _frontier(found: Found) -> Section:
    (measure,) = found.posed.section.frontier
    knots = sorted(found.frontier, key=lambda knot: knot.measure[0])
    now = {each.name: each.now for each in found.settings[0].changes}

    def paint(figure: "Drawing") -> None:
        axes = figure.subplots()
        axes.errorbar(
            [knot.measure[0] for knot in knots],
            [knot.objective[0] for knot in knots],
            xerr=[2 * knot.measure[1] for knot in knots],
            yerr=[2 * knot.objective[1] for knot in knots],
            color=BLUE,
            marker="o",
            capsize=2,
        )
        for knot in knots:
            axes.axvline(knot.most, color=INK, linewidth=0.6, linestyle=":")
        terms = found.posed.problem.objective
        if measure in now and all(term.name in now for term, _ in terms):
            value = sum(weight * now[term.name][0] for term, weight in terms)
            axes.plot(now[measure][0], value, "*", color=ORANGE, markersize=10)
        axes.set_xlabel(measure)
        axes.set_ylabel("objective")

    caption = (
        f"The best objective for each limit of {measure} (dotted), on draws that no"
        " search has seen; bars are two standard errors. Star: now."
    )
    return Section("Frontier", [Figure(draw(paint, height=3.0), caption, alt=caption)])


def _against(found: Found) -> Section:
    items = tuple(("", text) for text in dissent(found))
    return Section("What speaks against it", [Statements(items)])


def _how(found: Found) -> Section:
    posed, solution = found.posed, found.solution
    terms = " + ".join(f"{w:g} {m.name}" for m, w in posed.problem.objective)
    limits = ", ".join(
        f"{limit.measure.name} at most {amount((limit.most, 0.0), limit.measure.unit)}"
        for limit in posed.problem.limits
    )
    items = [
        ("Maximized. ", f"{terms}."),
        ("Limits. ", f"{limits}; at {100 * posed.problem.confidence:g} % confidence."),
        ("Search. ", f"{solution.runs:,} path-runs; slopes by central differences."),
        *((f"{each.method}. ", _check(each)) for each in found.checks),
        *(
            (
                "Limits that stay. ",
                f"At the same {each.measure}, factors that move gain"
                f" {each.gain[0]:+.4g} ± {each.gain[1]:.2g} over the best of them.",
            )
            for each in found.static
        ),
    ]
    return Section("How it was found", [Statements(tuple(items))])


def _check(check: Check) -> str:
    gain, error = check.gain
    return (
        f"Its objective less the proposal's: {gain:+.3g} ± {error:.2g}; the search took"
        f" {check.share:.3f} of its {check.runs:,} path-runs."
    )
