"""Times of a config: all of them are whole steps."""

import math
from collections.abc import Iterator

from ._config import MINUTES_PER_DAY, Config
from ._faults import Fault, shown
from ._yaml import Tree


MOST_STEPS = 65_535
"""The step is part of a random number's address, and has 16 bits there."""


def check_times(tree: Tree) -> Iterator[Fault]:
    """Horizon, delays, latency and hedges that are not whole steps, or are too many."""
    default = Config.model_fields["step_minutes"].default
    step = _number(tree.at("step_minutes"), default)
    if not step:
        return
    yield from _horizon(tree.at("horizon_days"), step)
    delay, latency = (
        tree.at("oracle", "delay_seconds"),
        tree.at("keeper", "latency_minutes"),
    )
    yield from _whole(delay, "oracle.delay_seconds", step * 60, "s")
    yield from _whole(latency, "keeper.latency_minutes", step, "min")
    hedge = tree.at("options", "hedging", "every_hours")
    yield from _whole(hedge, "options.hedging.every_hours", step / 60, "h")
    index = tree.at("perps", "index", "delay_seconds")
    yield from _whole(index, "perps.index.delay_seconds", step * 60, "s")
    yield from _expiries(tree.at("instruments"), tree.at("horizon_days"))
    yield from _policy(tree.at("policy"), step)


def _policy(policy: Tree, step: float) -> Iterator[Fault]:
    """Windows, pauses and notices."""
    for name, breaker in policy.at("breakers").mapping.items():
        for field in ("window_minutes", "pause_minutes", "cool_down_minutes"):
            place = f"policy.breakers.{name}.{field}"
            yield from _whole(breaker.at(field), place, step, "min")
    notice = policy.at("factors", "notice_minutes")
    yield from _whole(notice, "policy.factors.notice_minutes", step, "min")


def _horizon(horizon: Tree, step: float) -> Iterator[Fault]:
    days = _number(horizon)
    if days is None:
        return
    steps = days * MINUTES_PER_DAY / step
    got = shown(horizon.plain())
    if not _is_whole(steps) or round(steps) == 0:
        whole = max(1, round(steps)) * step / MINUTES_PER_DAY
        reason = (
            f"the horizon is {steps:.6g} steps of step_minutes ({step:g}), and must be "
            f"whole steps; write {whole:.10g}, or change step_minutes"
        )
        yield Fault(horizon.mark, "horizon_days", reason, got)
    elif steps > MOST_STEPS:
        least = math.ceil(days * MINUTES_PER_DAY / MOST_STEPS)
        reason = (
            f"the horizon is {steps:,.0f} steps of step_minutes ({step:g}), and the "
            f"most is {MOST_STEPS:,}; write step_minutes: {least} or more"
        )
        yield Fault(horizon.mark, "horizon_days", reason, got)


def _expiries(instruments: Tree, horizon: Tree) -> Iterator[Fault]:
    """Options in collateral that expire on the way."""
    days = _number(horizon)
    for name, one in instruments.mapping.items():
        field = f"instruments.{name}"
        legs = [(one, field)]
        for number, leg in enumerate(one.at("options").sequence):
            legs.append((leg, f"{field}.options[{number}]"))
        for leg, where in legs:
            expiry = leg.at("expiry_days")
            own = _number(expiry)
            if own is not None and days is not None and own < days:
                reason = (
                    "it is before the horizon, so what it is settled at would depend "
                    f"on the path; write {days:g} or more, or shorten horizon_days"
                )
                yield Fault(
                    expiry.mark, f"{where}.expiry_days", reason, shown(expiry.plain())
                )


def _whole(time: Tree, field: str, step: float, unit: str) -> Iterator[Fault]:
    length = _number(time, 0.0)
    if length is None or _is_whole(length / step):
        return
    below, above = (f(length / step) * step for f in (math.floor, math.ceil))
    reason = (
        f"it must be whole steps, and a step (step_minutes) is {step:g} {unit}; write "
        f"{below:g} or {above:g}, or shorten the step"
    )
    yield Fault(time.mark, field, reason, shown(time.plain()))


def _is_whole(steps: float) -> bool:
    return abs(steps - round(steps)) <= 1e-9 * max(steps, 1.0)


def _number(tree: Tree, default: float | None = None) -> float | None:
    """The value if it is a time; None if it is not, and is listed as such elsewhere."""
    value = default if tree.value is None else tree.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
