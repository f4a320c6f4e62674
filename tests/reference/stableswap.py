"""The two-coin StableSwap invariant, by the Newton iterations of the contract.

Egorov, "StableSwap: efficient mechanism for stablecoin liquidity", 2019. As in the
contract, the amplification `A` stands for `A n^(n-1)` of the paper: `Ann = 2 A`.
"""

import functools


ITERATIONS = 255


@functools.cache
def invariant(amplification: float, first: float, second: float) -> float:
    """`D`, the sum of the balances where both are equal [token]."""
    ann = 2.0 * amplification
    total = first + second
    found = total
    for _ in range(ITERATIONS):
        product = found**3 / (4.0 * first * second)
        previous = found
        found = (
            (ann * total + 2.0 * product)
            * found
            / ((ann - 1.0) * found + 3.0 * product)
        )
        if abs(found - previous) <= 1e-15 * found:
            break
    return found


def other_balance(amplification: float, total: float, balance: float) -> float:
    """The balance that goes with `balance` at invariant `total` [token]."""
    ann = 2.0 * amplification
    linear = balance + total / ann
    constant = total**3 / (4.0 * balance * ann)
    found = total
    for _ in range(ITERATIONS):
        previous = found
        found = (found**2 + constant) / (2.0 * found + linear - total)
        if abs(found - previous) <= 1e-15 * found:
            break
    return found


def marginal_price(
    amplification: float, total: float, balance: float, other: float
) -> float:
    """Units of the other coin for one more of this, at the margin [ratio]."""
    ann = 2.0 * amplification
    curvature = total**3 / (4.0 * balance * other)
    return (ann + curvature / balance) / (ann + curvature / other)
