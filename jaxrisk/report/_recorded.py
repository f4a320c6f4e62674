"""What a result holds of its worst paths, ready for figures."""

import numpy as np

from ._facts import Facts


NOT_RECORDED = "The worst paths were not recorded."


def path_titles(facts: Facts) -> list[str]:
    """Names of the recorded paths."""
    numbers = facts.dataset["recorded_path"].to_numpy().tolist()
    return [f"Rank {rank + 1}, path {int(at):,}" for rank, at in enumerate(numbers)]


def track(facts: Facts, name: str, **at: str) -> np.ndarray:
    """A number on every recorded path through the steps, [worst time].

    Args:
        facts: A result that holds it.
        name: Of the variable.
        **at: Label of its row; without one all rows are added up.
    """
    values = facts.dataset[name]
    values = values.sel(at) if at else values.sum(_rows(facts, name))
    return values.transpose("worst", "time").to_numpy().astype(float)


def so_far(facts: Facts, name: str, **at: str) -> np.ndarray:
    """The sum of a number from the start to each step, [worst time]."""
    return track(facts, name, **at).cumsum(axis=1)


def largest(facts: Facts, *names: str, at_most: int) -> list[str]:
    """The rows with the largest sums over the recorded paths, if above zero.

    Args:
        facts: A result that holds all of them.
        *names: Variables with the same rows, to be added up.
        at_most: How many to name.
    """
    sizes = np.sum(
        [facts.dataset[name].sum(("worst", "time")).to_numpy() for name in names],
        axis=0,
    )
    labels = facts.labels(_rows(facts, names[0]))
    order = np.argsort(-sizes, kind="stable")[:at_most]
    return [labels[row] for row in order if sizes[row] > 0]


def bad_debt_of(facts: Facts, market: str) -> np.ndarray:
    """Bad debt that a market has written off so far, [worst time] USD."""
    reserves = [name for name in facts.labels("reserve") if _is_of(market, name)]
    written = facts.dataset["worst_realized"].sel(reserve=reserves).sum("reserve")
    return written.transpose("worst", "time").to_numpy().astype(float).cumsum(axis=1)


def _is_of(market: str, reserve: str) -> bool:
    return reserve.startswith(f"{market}.")


def _rows(facts: Facts, name: str) -> str:
    """The dimension of a variable that is neither path nor time."""
    dims = facts.dataset[name].dims
    return next(str(each) for each in dims if each not in ("worst", "time"))
