"""The fast engine's twins of a reference system's borrowers, suppliers, providers."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from jaxrisk.behaviour import (
    AbstractBorrowers,
    AbstractGas,
    AbstractProviders,
    AbstractSuppliers,
    Borrowers,
    Carry,
    Levering,
    NoBorrowers,
    NoGas,
    NoProviders,
    NoSuppliers,
    Providers,
    Suppliers,
    TopUp,
    Unwinding,
    VolatileGas,
)
from tests import reference as plain
from tests.engine.dealers_twin import of
from tests.reference.behaviour import Actor


def borrowers_twin(system: plain.ReferenceSystem) -> AbstractBorrowers:
    """The same accounts with the same rules."""
    actors = system.actors
    if not actors:
        return NoBorrowers()

    def each(name: str, never: float = 0.0) -> jnp.ndarray:
        values = [getattr(actor, name) for actor in actors]
        return of([never if value is None else value for value in values])

    book = np.array([system.accounts[actor.account].collateral for actor in actors])
    limits = np.array([actor.loan_to_value for actor in actors])
    return Borrowers(
        index=jnp.array([actor.account for actor in actors], jnp.int32),
        market=of(_markets(system, actors)),
        limited=of(book * limits),
        staking=of(system.staking or np.zeros(len(system.reserves))),
        top_up=TopUp(
            below=each("top_up_below"),
            to=each("top_up_to"),
            speed=each("top_up_speed"),
            wealth=each("wealth"),
            with_collateral=jnp.array([actor.with_collateral for actor in actors]),
        ),
        unwinding=Unwinding(
            below=each("unwind_below"),
            to=each("unwind_to"),
            speed=each("unwind_speed"),
        ),
        levering=Levering(
            above=each("lever_above", np.inf),
            to=each("lever_to"),
            speed=each("lever_speed"),
        ),
        carry=Carry(tolerance=each("tolerance", np.inf), speed=each("carry_speed")),
        walks_below=each("walks_below"),
        assets=len(system.assets),
    )


def _markets(system: plain.ReferenceSystem, actors: tuple[Actor, ...]) -> np.ndarray:
    homes = [system.accounts[actor.account].market for actor in actors]
    return np.eye(len(system.markets))[homes].T


def suppliers_twin(system: plain.ReferenceSystem) -> AbstractSuppliers:
    """The same runs; reserves without a rule never have one."""
    if not system.runs:
        return NoSuppliers()

    def each(name: str, never: float = 0.0) -> jnp.ndarray:
        rules = [system.runs.get(r) for r in range(len(system.reserves))]
        return of([never if rule is None else getattr(rule, name) for rule in rules])

    return Suppliers(
        deposits=each("deposits"),
        runs_at=each("runs_at", np.inf),
        speed=each("speed"),
        returns_below=each("returns_below"),
        return_speed=each("return_speed"),
        memory=each("memory"),
    )


def providers_twin(system: plain.ReferenceSystem) -> AbstractProviders:
    """The same providers; venues without a rule keep theirs."""
    if not system.providers:
        return NoProviders()

    def each(name: str, never: float = 0.0) -> jnp.ndarray:
        rules = [system.providers.get(a) for a in range(len(system.assets))]
        return of([never if rule is None else getattr(rule, name) for rule in rules])

    return Providers(
        per_loss=each("per_loss"),
        per_volatility=each("per_volatility"),
        most=each("most", 0.5),
        leaving=each("leaving"),
        returning=each("returning"),
        variance=each("variance", 1.0),
        memory=each("memory"),
        renewal=each("renewal"),
    )


def gas_twin(system: plain.ReferenceSystem) -> AbstractGas:
    """The same block space."""
    gas = system.gas
    if gas is None:
        return NoGas()
    return VolatileGas(
        variance=of(gas.variance),
        memory=of(gas.memory),
        exponent=of(gas.exponent),
        most=of(gas.most),
        asset=gas.asset,
    )


def behaviour_twins(system: plain.ReferenceSystem) -> dict[str, Any]:
    """All who act of their own accord, by their fields of a system."""
    return {
        "borrowers": borrowers_twin(system),
        "suppliers": suppliers_twin(system),
        "providers": providers_twin(system),
        "gas": gas_twin(system),
    }
