"""What was checked about the numbers themselves: cohorts, feedback, failed paths."""

from ._blocks import Block, Note, Section, Statements, Table
from ._facts import TOTAL, Facts
from ._format import (
    PERCENT,
    PLAIN,
    dollars,
    exact,
    interval,
    measured_unit,
    percent,
    stated,
)


def checks(facts: Facts) -> Section:
    """Amplification, cohort error, failed paths and the worst paths.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    blocks = [
        *_amplification(facts),
        *_cohorts(facts),
        *_status(facts),
        *_worst(facts),
    ]
    return Section("Checks on the numbers", blocks)


def _amplification(facts: Facts) -> list[Block]:
    """Bad debt with and without the price impact of liquidations."""
    name = "bad_debt_without_feedback_mean"
    without = facts.estimate(name, scope=TOTAL)
    if not without.measured:
        return [
            Note(
                "Amplification was not measured: there is no second run without the "
                "price impact of liquidations."
            )
        ]
    mean = facts.estimate("bad_debt_mean", scope=TOTAL)
    unit = measured_unit([mean, without])
    text = (
        f"On the same draws, but with sales that move no price, the expected bad debt "
        f"over {facts.horizon} is {stated(without, unit)} (95 % interval "
        f"{interval(without, unit)}) instead of {stated(mean, unit)}"
    )
    added = facts.estimate("bad_debt_amplification_mean", scope=TOTAL)
    if added.measured:
        each = measured_unit([added])
        text += f"; feedback adds {stated(added, each)} ({interval(added, each)})"
    ratio = facts.estimate("bad_debt_amplification_ratio", scope=TOTAL)
    if ratio.measured:
        text += f", a factor of {stated(ratio, PLAIN)} ({interval(ratio, PLAIN)})"
    return [Statements((("Feedback", f"{text}."),))]


def _cohorts(facts: Facts) -> list[Block]:
    """What compressing the book to cohorts does to two numbers."""
    names = (
        ("expected liquidations", "cohort_error_liquidations"),
        ("ES 99 % of bad debt", "cohort_error_es99"),
    )
    errors = [(label, facts.estimate(name)) for label, name in names]
    known = [(label, each) for label, each in errors if each.measured]
    if not known:
        return _without_cohort_error(facts)
    paths = facts.attribute("cohort_check_paths")
    sample = f" on {int(float(paths)):,} paths" if paths else ""
    parts = " and ".join(
        f"{label} by {stated(each, PERCENT)} ({interval(each, PERCENT)})"
        for label, each in known
    )
    text = (
        f"Against the full book{sample} and the same draws, compressing it to cohorts "
        f"changes {parts}; 95 % intervals in brackets."
    )
    return [Statements((("Cohorts", text),))]


def _without_cohort_error(facts: Facts) -> list[Block]:
    """Why there is no error of cohorts."""
    compressed = (facts.config.get("book") or {}).get("cohorts") is not None
    if compressed or not facts.config:
        return [Note("The error of compressing the book to cohorts was not measured.")]
    rows, accounts = (
        float(facts.attribute(name) or 0) for name in ("accounts", "accounts_of_book")
    )
    text = "None: every account of the book was simulated by itself."
    if accounts > rows:
        text = (
            f"The book is itself one of {rows:,.0f} rows for {accounts:,.0f} accounts; "
            "what that changes was not measured in this run."
        )
    return [Statements((("Cohorts", text),))]


def _status(facts: Facts) -> list[Block]:
    """How many paths ended how."""
    if "status_count" not in facts.dataset:
        return [Note("Events on single paths were not recorded.")]
    counts = facts.dataset["status_count"].to_numpy().tolist()
    events = [
        f"{int(count):,} {name.lower().replace('_', ' ')}"
        for name, count in zip(facts.labels("status"), counts, strict=True)
        if count > 0 and name.lower() != "ok"
    ]
    share = percent(facts.failed / max(facts.paths, 1))
    left_out = f"{facts.failed:,} of {facts.paths:,} ({share}) failed and are left out"
    text = "No path failed" if facts.failed == 0 else left_out
    text += f". Events on paths: {', '.join(events)}." if events else "; no events."
    return [Statements((("Paths", text),))]


def _worst(facts: Facts) -> list[Block]:
    """The worst paths by number, to be looked at one by one."""
    if not facts.measured("worst_path", "worst_loss"):
        return [Note("The worst paths were not kept.")]
    worst = facts.dataset.isel(rank=slice(0, 5))
    loss = worst["worst_loss"].to_numpy().tolist()
    path = [f"{int(each):,}" for each in worst["worst_path"].to_numpy()]
    unit = dollars(max(loss))
    caption = (
        "The worst paths by total bad debt. The command jaxrisk replay shows one of "
        "them again, step by step."
    )
    ranks = [f"{rank + 1}" for rank in range(len(path))]
    return [
        Table(
            caption=caption,
            head=("Rank", "Path", f"Bad debt [{unit.label}]"),
            rows=tuple(zip(ranks, path, exact(loss, unit), strict=True)),
        )
    ]
