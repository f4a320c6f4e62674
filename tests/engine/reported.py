"""What the reference engine says of perpetuals, policy and networks in a step."""

import numpy as np

from tests import reference as plain


def reported_of_perps(record: plain.StepRecord) -> dict[str, np.ndarray | float]:
    """The same of perpetuals."""
    perps, flows = record.state.perps, record.flows.perps
    shares = [share for trader in perps.open for share in trader]
    names = ("liquidated", "deleveraged", "flow", "funding", "insurance_paid")
    found: dict[str, np.ndarray | float] = {
        name: sum(getattr(one, name) for one in flows) for name in names
    }
    if not shares:
        return found
    return found | {
        "open": np.array(shares),
        "balance": perps.balance,
        "unhedged": perps.unhedged,
        "insurance": perps.insurance,
        "deficit": perps.deficit,
    }


def reported_of_policy(record: plain.StepRecord) -> dict[str, np.ndarray]:
    """The same of policy, and what its waterfall still holds."""
    purses = record.state.policy.purses
    names = ("cash", "tokens", "slashable", "backstop")
    found = {
        f"still {name}": np.array([getattr(purse, name) for purse in purses])
        for name in names
        if purses
    }
    return found | vars(record.flows.policy)


def reported_of_network(record: plain.StepRecord) -> dict[str, np.ndarray | float]:
    """The same of claims, stablecoins and credit lines."""
    network, flows = record.state.network, record.flows
    found: dict[str, np.ndarray | float] = {
        "redeemed": flows.redeemed,
        "defended": flows.defended,
        "defaulted": flows.defaulted,
    }
    if not network.strikes:
        return found
    left = network.outstanding
    return found | {
        "failed": np.log(network.failed),
        "marked": np.log(network.marked),
        "strikes": np.array(network.strikes, float),
        "outstanding": np.array([one.supply for one in left]),
        "minted": np.array([one.minted for one in left]),
        "reserve": np.array([one.reserve for one in left]),
    }
