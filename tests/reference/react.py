"""Phase 2: liquidity providers see the shock, and withdraw or return."""

import math

from .behaviour import Gas, GasState, Provider, ProviderState
from .prices import market_prices, own_log_prices
from .state import State
from .system import ReferenceSystem


def react(system: ReferenceSystem, state: State) -> None:
    """The inventory of a venue shrinks and grows with its depth: its price stays."""
    own = own_log_prices(system, state)
    for a, provider in system.providers.items():
        memory = state.behaviour.providers[a]
        before = memory.depth
        see(provider, memory, float(own[a]), system.dt)
        state.inventory[a] *= memory.depth / before
    if system.gas is not None and state.behaviour.gas is not None:
        price = math.log(float(market_prices(system, state)[system.gas.asset]))
        fill_blocks(system.gas, state.behaviour.gas, price, system.dt)


def fill_blocks(gas: Gas, memory: GasState, price: float, dt: float) -> None:
    """Remember the return of a step."""
    recent = (price - memory.seen) ** 2 / dt
    memory.variance = gas.memory * memory.variance + (1.0 - gas.memory) * recent
    memory.seen = price


def see(provider: Provider, memory: ProviderState, price: float, dt: float) -> None:
    """Go a share of the way to where loss and volatility want the depth to be."""
    recent = (price - memory.seen) ** 2 / dt
    memory.variance = (
        provider.memory * memory.variance + (1.0 - provider.memory) * recent
    )
    ratio = math.exp(price - memory.entry)
    loss = 1.0 - 2.0 * math.sqrt(ratio) / (1.0 + ratio)
    excess = math.sqrt(memory.variance / provider.variance) - 1.0
    away = provider.per_loss * loss + provider.per_volatility * max(excess, 0.0)
    aim = 1.0 - min(away, provider.most)
    speed = provider.leaving if aim < memory.depth else provider.returning
    memory.depth += speed * (aim - memory.depth)
    memory.seen = price
    memory.entry += provider.renewal * (price - memory.entry)
