"""Small systems in which both engines take the same steps; each mechanism is in one."""

from typing import Any

import pytest

from tests.reference.small_systems import RULES


EVERYTHING: dict[str, Any] = {
    "oracle": "heartbeat",
    "keeper": "rational",
    "cohorts": 3,
    "dealers": "implicit",
    "perps": "late",
    "behaviour": "all",
    "policy": "all",
    "network": "spiral",
    "credit": True,
}
"""Every mechanism at once but instruments: the policy of the small system has none."""

VARIANTS: dict[str, dict[str, Any]] = {
    "instant, greedy, v3": {},
    "heartbeat, greedy, v2": {
        "oracle": "heartbeat",
        "rules": (RULES["aave_v2"], RULES["aave_v2"]),
    },
    "delayed, greedy, full": {
        "oracle": "delayed",
        "rules": (RULES["full"], RULES["aave_v3"]),
    },
    "instant, rational, v3.3": {
        "keeper": "rational",
        "rules": (RULES["aave_v3.3"], RULES["full"]),
    },
    "instant, poor, restore": {
        "keeper": "poor",
        "rules": (RULES["restore"], RULES["full"]),
    },
    "heartbeat, rational, late": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "latency": 1,
    },
    "instant, greedy, v3, cohorts": {"cohorts": 3},
    "heartbeat, rational, v3.3, cohorts": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "rules": (RULES["aave_v3.3"], RULES["full"]),
        "cohorts": 5,
    },
    "instant, poor, restore, cohorts": {
        "keeper": "poor",
        "rules": (RULES["restore"], RULES["full"]),
        "cohorts": 8,
    },
    "heartbeat, rational, many accounts": {  # more than are brought together
        "oracle": "heartbeat",
        "keeper": "rational",
        "accounts": 24,
        "cohorts": 12,
    },
    "instant, greedy, late, many accounts": {
        "accounts": 24,
        "cohorts": 6,
        "latency": 1,
        "rules": (RULES["full"],) * 2,
    },
    "instant, greedy, v3, implicit dealers": {"dealers": "implicit"},
    "heartbeat, rational, cohorts, implicit dealers": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "cohorts": 3,
        "dealers": "implicit",
    },
    "instant, greedy, v3, dealers now and then": {"dealers": "interval"},
    "instant, greedy, v3, dealers in a band": {"dealers": "band"},
    "instant, greedy, v3, perpetuals": {"perps": "instant"},
    "instant, greedy, v3, socialised losses": {"perps": "socialise"},
    "heartbeat, rational, cohorts, dealers, perpetuals": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "cohorts": 3,
        "dealers": "implicit",
        "perps": "late",
    },
    "instant, greedy, v3, borrowers": {"behaviour": "borrowers"},
    "instant, greedy, v3, suppliers": {"behaviour": "suppliers"},
    "heartbeat, rational, cohorts, behaviour": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "cohorts": 3,
        "behaviour": "all",
    },
    "instant, greedy, dealers, behaviour": {
        "cohorts": 2,
        "dealers": "implicit",
        "behaviour": "all",
    },
    "instant, greedy, v3, instruments": {"instruments": True},
    "delayed, rational, cohorts, instruments, dealers": {
        "oracle": "delayed",
        "keeper": "rational",
        "cohorts": 3,
        "instruments": True,
        "dealers": "implicit",
    },
    "instant, greedy, v3, policy": {"policy": "all"},
    "heartbeat, rational, late, cohorts, policy": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "latency": 1,
        "cohorts": 3,
        "policy": "all",
    },
    "instant, rational, policy, behaviour": {
        "keeper": "rational",
        "policy": "all",
        "behaviour": "all",
    },
    "instant, greedy, v3, factors": {"policy": "factors"},
    "instant, greedy, v3, breakers": {"policy": "breakers"},
    "instant, greedy, v3, limits": {"policy": "limits"},
    "instant, greedy, v3, waterfall": {"policy": "waterfall"},
    "instant, greedy, v3, claims": {"network": "claims"},
    "heartbeat, rational, spiral, credit": {
        "oracle": "heartbeat",
        "keeper": "rational",
        "network": "spiral",
        "credit": True,
    },
    "instant, greedy, late, v3": {"latency": 2, "rules": (RULES["full"],) * 2},
    "everything at once": EVERYTHING,
}

MARKS: dict[str, pytest.MarkDecorator] = dict.fromkeys(
    (
        "heartbeat, rational, cohorts, implicit dealers",
        "instant, greedy, dealers, behaviour",
        "instant, greedy, v3, borrowers",
        "instant, greedy, v3, breakers",
        "instant, greedy, v3, dealers in a band",
        "instant, greedy, v3, dealers now and then",
        "instant, greedy, v3, factors",
        "instant, greedy, v3, implicit dealers",
        "instant, greedy, v3, instruments",
        "instant, greedy, v3, limits",
        "instant, greedy, v3, perpetuals",
        "instant, greedy, v3, socialised losses",
        "instant, greedy, v3, suppliers",
        "instant, greedy, v3, waterfall",
        "instant, rational, policy, behaviour",
        "everything at once",
    ),
    pytest.mark.slow,
)
"""A minute each; what they have together is in the variants that are left."""
