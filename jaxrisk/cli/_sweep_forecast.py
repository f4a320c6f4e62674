"""`jaxrisk sweep --dry-run`: one task is run and thrown away; the rest is told."""

import re
from typing import TYPE_CHECKING

from ._rehearsal import _peak_bytes


if TYPE_CHECKING:
    from ..sweep import Plan


def forecast(plan: "Plan", *, workers: str | None, price: float | None) -> str:
    """What a sweep will take, as a table.

    Args:
        plan: The sweep.
        workers: Who will compute, as the option says it.
        price: Of a device for an hour.
    """
    from ..sweep import sweep_pilot

    pilot = sweep_pilot(plan)
    count = _count(workers)
    seconds = pilot.seconds(count)
    hours = seconds * count * pilot.devices / 3600
    least = "" if pilot.all_seen else "at least "
    refused = f", of which {pilot.refused:,} cannot be" if pilot.refused else ""
    each = pilot.task_seconds / pilot.task_settings
    rate = plan.paths / each
    rows = [
        ("sweep", f"{pilot.settings:,} settings{refused}, {plan.paths:,} paths each"),
        ("tasks", f"{pilot.tasks:,} of {pilot.task_settings:,} settings at most"),
        ("groups", f"{least}{pilot.groups:,}, each compiled once by every worker"),
        ("device", pilot.device),
        ("time", f"{seconds:,.1f} s with {count:,} workers like this process"),
        ("", f"{each:,.4g} s a setting ({1 / each:,.1f} settings/s, {rate:,.0f}"
         " paths/s)"),
        ("", f"{pilot.compile_seconds:,.1f} s to compile a group, if not in the cache"),
        ("memory", f"{_peak_bytes() / 1e6:,.0f} MB of each worker"),
        ("disk", f"{pilot.disk_bytes / 1e6:,.1f} MB"),
    ]  # fmt: skip
    if price is not None:
        cost = f"{hours * price:,.2f}, {hours:,.3f} device hours at {price:,.2f}"
        rows.append(("price", cost))
    lines = [f"{name:8}{text}" for name, text in rows]
    return "\n".join([*lines, "Dry run: nothing was written."])


def _count(workers: str | None) -> int:
    """Workers as they are named; one where nobody knows, or this process is all."""
    found = re.fullmatch(r"(?P<kind>\w+)(?::(?P<count>\d+))?", workers or "")
    if found is None:
        return 1
    if found["count"]:
        return int(found["count"])
    return 1
