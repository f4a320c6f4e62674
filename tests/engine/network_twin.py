"""The fast engine's twin of a reference system's claims and stablecoins."""

import dataclasses

import numpy as np

from jaxrisk.network import (
    AbstractNetwork,
    FailureSource,
    NoNetwork,
    SpiralTerms,
    build_claims,
    build_failures,
    build_spirals,
)
from tests import reference as plain


DOUBLE = np.dtype(np.float64)


def network_twin(system: plain.ReferenceSystem) -> AbstractNetwork:
    """The same network for the fast engine; call it inside `jax.enable_x64`."""
    plan = system.network
    if plan == plain.NetworkPlan():
        return NoNetwork()
    sources = [
        FailureSource(
            losses=tuple(source.losses.items()),
            hazard=source.hazard,
            at=source.at,
            repeats=source.repeats,
        )
        for source in plan.sources
    ]
    terms = [SpiralTerms(**dataclasses.asdict(spiral)) for spiral in plan.spirals]
    return build_claims(
        failures=build_failures(sources, assets=len(system.assets), dtype=DOUBLE),
        spirals=build_spirals(terms, dtype=DOUBLE),
        receipts=list(plan.receipts.items()),
        assets=len(system.assets),
        reserves=len(system.reserves),
        dtype=DOUBLE,
    )
