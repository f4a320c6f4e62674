"""A proposal as JSON, and as lines that a risk committee reads."""

import dataclasses
import json
import math
from typing import Any

from ._check import Check
from ._evidence import Change
from ._run import Found, Setting
from ._solve import Verdict


def to_json(found: Found) -> str:
    """Every number, with the config that it is of; NaN and infinity as null."""
    posed, solution = found.posed, found.solution
    problem = posed.problem
    names = ["objective", *(limit.measure.name for limit in problem.limits)]
    facts = {
        "verdict": solution.verdict.value,
        "sentence": found.sentence,
        "borrowers": posed.borrowers,
        "slopes": "central differences of the hard engine on common draws",
        "confidence": problem.confidence,
        "maximize": dict(posed.section.maximize),
        "limits": dict(posed.section.limits),
        "parameters": [
            {
                "name": name,
                "now": float(problem.domain.now[k]),
                "proposed": float(solution.best.point[k]),
                "low": float(problem.domain.low[k]),
                "high": float(problem.domain.high[k]),
            }
            for k, name in enumerate(problem.domain.names)
        ],
        "touched": list(found.touched),
        "markets": [dataclasses.asdict(each) for each in found.settings],
        "shadow_prices": [dataclasses.asdict(each) for each in found.prices],
        "side_steps": [dataclasses.asdict(each) for each in found.steps],
        "frontier": [dataclasses.asdict(each) for each in found.frontier],
        "static": [dataclasses.asdict(each) for each in found.static],
        "checks": [_check(each) for each in found.checks],
        "in_sample": _reading(names, solution.seen),
        "selection": _reading(names, solution.best.reading),
        "out_of_sample": _reading(names, found.fresh),
        "candidates": [
            {"point": each.point.tolist(), "holds": each.holds}
            for each in solution.candidates
        ],
        "searches": [
            {"iterations": len(state.steps), "sentence": state.sentence}
            for state in solution.states
        ],
        "path_runs": solution.runs,
        "seed": posed.effort.seed,
        "config": posed.market.config(problem.domain.now).model_dump(mode="json"),
    }
    return json.dumps(_finite(facts), indent=1, allow_nan=False)


def _check(check: Check) -> dict[str, Any]:
    return {
        "method": check.method,
        "point": check.candidate.point.tolist(),
        "holds": check.candidate.holds,
        "path_runs": check.runs,
        "search_over_check": check.share,
        "gain": check.gain,
    }


def _reading(names: list[str], reading: Any) -> dict[str, list[float]]:  # noqa: ANN401
    """Estimate and standard error of every term."""
    pairs = zip(names, reading.value, reading.error, strict=True)
    return {name: [float(value), float(error)] for name, value, error in pairs}


def _finite(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def table(found: Found) -> str:
    """Now, proposed and why; the last block is what speaks against it."""
    blocks = [
        _head(found),
        _parameters(found),
        *(_setting(each) for each in found.settings),
        _limits(found),
        _sides(found),
        _curse(found),
        _frontier(found),
        _static(found),
        _checks(found),
        ["Against it:", *(f"  {text}" for text in dissent(found))],
    ]
    return "\n\n".join("\n".join(each) for each in blocks if each)


def _head(found: Found) -> list[str]:
    posed, solution = found.posed, found.solution
    terms = " + ".join(
        f"{weight:g} {measure.name}" for measure, weight in posed.problem.objective
    )
    paths = posed.section.fresh_paths
    return [
        f"{solution.verdict.value}: maximize {terms}",
        found.sentence,
        f"Borrowers: {posed.borrowers}.",
        f"{solution.runs:,} path-runs of search; evidence on {paths:,} paths that it"
        " has not seen, hard triggers; +- one standard error, of differences paired.",
    ]


def _parameters(found: Found) -> list[str]:
    domain, point = found.posed.problem.domain, found.solution.best.point
    size = max(len(short(name)) for name in domain.names)
    lines = [f"{'':{size}}  {'now':>12} {'proposed':>12} {'change':>12}"]
    for name, now, new in zip(domain.names, domain.now, point, strict=True):
        lines.append(
            f"{short(name):{size}}  {now:12,.6g} {new:12,.6g} {new - now:+12,.4g}"
        )
    return lines


def _setting(setting: Setting) -> list[str]:
    size = max(len(each.sentence) for each in setting.changes)
    lines = [f"{setting.name}:"]
    for each in setting.changes:
        now, proposed = (amount(x, each.unit) for x in (each.now, each.proposed))
        change = amount(each.difference, each.unit, signed=True)
        limit = _limit(each, setting)
        lines.append(f"  {each.sentence:{size}}  {now} -> {proposed} ({change}){limit}")
    return lines


def _limit(change: Change, setting: Setting) -> str:
    if math.isinf(change.most):
        return ""
    most = amount((change.most, 0.0), change.unit)
    kept = "NOT KEPT" if change.name in setting.exceeded else "kept"
    return f"  limit {most}: {kept}"


def _limits(found: Found) -> list[str]:
    lines = ["Gain of the objective if a limit were 1 % wider:"]
    for price in found.prices:
        gain, error = price.gain
        words = "binds" if price.binds else "does not bind, as far as this sample tells"
        lines.append(f"  {price.measure}: {gain:.3g} +- {error:.2g} ({words})")
    return lines


def _sides(found: Found) -> list[str]:
    names = [limit.measure.name for limit in found.posed.problem.limits]
    lines = ["One governance step from the proposal, all else as proposed:"]
    for each in found.steps:
        over = [n for n, x in zip(names, each.excess, strict=True) if not x <= 0]
        words = [f"exceeds {', '.join(over)}"] if over else []
        words += [f"breaks: {rule}" for rule in each.broken]
        gain, error = each.objective
        lines.append(
            f"  {short(each.parameter)} {each.value:,.6g}: objective {gain:+.3g}"
            f" +- {error:.2g}; {'; '.join(words) or 'every limit is kept'}"
        )
    return lines


def _curse(found: Found) -> list[str]:
    names = [limit.measure for limit in found.posed.problem.limits]
    lines = ["In sample (last iteration), selection, out of sample:"]
    readings = (found.solution.seen, found.solution.best.reading, found.fresh)
    for index, measure in enumerate(names):
        three = [
            amount((float(x.value[1 + index]), float(x.error[1 + index])), measure.unit)
            for x in readings
        ]
        lines.append(f"  {measure.name}: {', '.join(three)}")
    return lines


def _frontier(found: Found) -> list[str]:
    if not found.frontier:
        return []
    names = [short(name) for name in found.posed.problem.domain.names]
    (measure,) = found.posed.section.frontier
    unit = next(
        limit.measure.unit
        for limit in found.posed.problem.limits
        if limit.measure.name == measure
    )
    lines = [f"Frontier, by the limit of {measure} ({', '.join(names)}):"]
    for knot in found.frontier:
        value, error = knot.objective
        values = ", ".join(f"{each:,.5g}" for each in knot.point)
        kept = "" if knot.verdict is Verdict.OPTIMUM else f" [{knot.verdict.value}]"
        lines.append(
            f"  {amount((knot.most, 0.0), unit)}: objective {value:.5g} +- {error:.2g},"
            f" {measure} {amount(knot.measure, unit)} at {values}{kept}"
        )
    return lines


def _static(found: Found) -> list[str]:
    lines = []
    for each in found.static:
        named = zip(each.names, each.point, strict=True)
        point = ", ".join(f"{short(name)} {x:,.5g}" for name, x in named)
        ended = "" if each.verdict is Verdict.OPTIMUM else f" [{each.verdict.value}]"
        lines += [
            f"The best limits that stay, {each.measure} at most {each.most:,.5g} as the"
            f" proposal has it: objective {_pair(each.objective)} at {point}{ended}.",
            f"Factors that move gain {_pair(each.gain)}.",
        ]
    return lines


def _pair(estimate: tuple[float, float]) -> str:
    value, error = estimate
    return f"{value:.5g} +- {error:.2g}"


def _checks(found: Found) -> list[str]:
    lines = []
    for each in found.checks:
        gain, error = each.gain
        point = ", ".join(f"{value:,.5g}" for value in each.candidate.point)
        kept = "" if each.candidate.holds else ", which does not keep every limit"
        lines.append(
            f"{each.method}: {point}{kept}; its objective less the proposal's"
            f" {gain:+.3g} +- {error:.2g}; the search took {each.share:.3f} of its"
            f" {each.runs:,} path-runs"
        )
    return lines


def dissent(found: Found) -> list[str]:
    """What a committee should hold against the proposal."""
    lines = []
    for setting in found.settings:
        if setting.exceeded:
            names = ", ".join(setting.exceeded)
            lines.append(f"{setting.name}: does not keep {names}.")
    worse = [
        f"{each.name} {amount(each.difference, each.unit, signed=True)}"
        for each in found.settings[0].changes
        if each.name in ("mean", "es99", "lar99", "probability", "liquidated")
        and each.difference[0] > 2 * each.difference[1]
    ]
    if worse:
        lines.append(f"Risk that rises beyond two errors: {', '.join(worse)}.")
    if found.posed.section.elasticity == 0:
        lines.append(
            "The book is fixed: what borrowers would do with new limits is not in it."
        )
    if found.solution.verdict is not Verdict.OPTIMUM:
        lines.append("This is no optimum: see the first lines.")
    return lines or ["Nothing that was looked at."]


def amount(estimate: tuple[float, float], unit: str, *, signed: bool = False) -> str:
    """A number with its error, in the unit that a reader expects."""
    value, error = estimate
    plus = "+" if signed else ""
    if math.isnan(value):
        return "unknown (too few paths)"
    if unit == "1":
        spread = f" +- {100 * error:.2g}" if error else ""
        return f"{100 * value:{plus}.3f}{spread} %"
    scale, name = next(
        (scale, name)
        for scale, name in ((1e6, "M USD"), (1e3, "k USD"), (1.0, "USD"))
        if max(abs(value), error) >= scale or scale == 1.0
    )
    spread = f" +- {error / scale:,.2g}" if error else ""
    return f"{value / scale:{plus},.3f}{spread} {name}"


def short(name: str) -> str:
    """A parameter without the sections that every name starts with."""
    return name.removeprefix("markets.").replace(".reserves.", ".")
