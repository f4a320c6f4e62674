"""What the market model was fitted to, if it was."""

from collections.abc import Mapping
from typing import Any

from ._blocks import Block, Note, Section, Table
from ._facts import Facts


_NAMED = 2  # assets of a fit in the table of its estimates
_SHOWN = 8  # estimates of a fit; correlations of many assets stay in the config


TITLE = "What the market model was fitted to"
_NOTHING = (
    "The config does not say that its market model was fitted to data: it is an "
    "assumption."
)


def calibration(facts: Facts) -> Section:
    """Fitted models with their errors and tests.

    Args:
        facts: The result.

    Returns:
        A section of the report; a sentence if nothing was fitted.
    """
    record = facts.config.get("calibration")
    if not isinstance(record, Mapping):
        return Section(TITLE, [Note(_NOTHING)])
    fits = record.get("fits", [])
    files = ", ".join(str(file["name"]) for file in record.get("files", []))
    blocks: list[Block] = [
        Table(
            caption="Models fitted to data. The test asks if the data could be the "
            "model's; a small p-value says that they are not.",
            head=("Model", "Assets", "From", "To", "Observations", "p-value"),
            rows=tuple(_judged(fit) for fit in fits),
            numeric=(False, False, False, False, True, True),
            small=True,
        ),
        Table(
            caption="Their estimates; correlations are in the config.",
            head=("Model", "Assets", "Parameter", "Estimate", "95 % interval", "Unit"),
            rows=tuple(row for fit in fits for row in _estimates(fit)),
            numeric=(False, False, False, True, True, False),
            small=True,
        ),
        Note(
            f"Files: {files}. Their digests are in the config. Settings of the run may "
            "differ from estimates where the config says so; the assumptions above are "
            "what was simulated."
        ),
    ]
    return Section(TITLE, blocks)


def _judged(fit: Mapping[str, Any]) -> tuple[str, ...]:
    p_value = fit.get("p_value")
    return (
        str(fit["model"]),
        ", ".join(fit["of"]),
        str(fit["start"])[:10],
        str(fit["end"])[:10],
        f"{fit['observations']:,}",
        "not known" if p_value is None else f"{p_value:.3f}",
    )


def _estimates(fit: Mapping[str, Any]) -> list[tuple[str, ...]]:
    shown = [
        (name, one)
        for name, one in fit["parameters"].items()
        if "correlation." not in name and one.get("standard_error") is not None
    ]
    return [
        (
            str(fit["model"]),
            ", ".join(fit["of"]) if len(fit["of"]) <= _NAMED else "see above",
            name,
            f"{one['value']:.4g} ± {one['standard_error']:.2g}",
            _interval(one),
            str(one.get("unit", "")),
        )
        for name, one in shown[:_SHOWN]
    ]


def _interval(one: Mapping[str, Any]) -> str:
    low, high = one.get("low"), one.get("high")
    if low is None or high is None:
        return "not known"
    return f"{low:.4g} to {high:.4g}"
