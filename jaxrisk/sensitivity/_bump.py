r"""Central differences on common draws, with two widths.

.. math:: D(h) = \frac{f(\theta + h) - f(\theta - h)}{2h}, \qquad
    R = \frac{4 D(h/2) - D(h)}{3}

Both runs of a difference see the same random numbers, so that its error is that of the
paths' differences, and not of the losses. D(h) errs by O(h^2) and little noise; R
(Richardson's extrapolation) by O(h^4), and more noise. Hard triggers do no harm: over
many paths the mean is smooth where a path is not (Glasserman 2004, Monte Carlo methods
in financial engineering, section 7.1).
"""

from collections.abc import Callable, Iterator, Sequence

import jax
import numpy as np

from ..engine import BLOCK, Layout, System, revisit, workers
from ._derivative import BlockSlopes, Derivative
from ._measures import Losses
from ._sample import Sample
from ._tally import Bumps, Tally


PILOT = 0.25
"""Share of the paths on which both widths are tried."""


def differentiate(
    bumps: Bumps,
    sample: Sample,
    *,
    control: BlockSlopes,
    settle: bool,
    heard: Callable[[int], None],
) -> Derivative:
    """Both widths on the first paths; then what the error needs, on the others.

    A measure keeps the wide pair where the bias that the pilot shows, added to its
    noise, is less than the noise of the extrapolation. Where the paths' own slopes pass
    their audit on the pilot, or cut its error so far that the other paths would not
    cut it further, those need not be run.

    Args:
        bumps: The shifted systems.
        sample: The paths and the measures.
        control: The paths' own slopes; NaN where there are none.
        settle: Whether to take those slopes without the other paths in any case.
        heard: Called with the number of paths done.
    """
    single = len(bumps.systems) == 1
    pilot = sample.paths if single else pilot_size(sample.paths)
    tally = Tally(sample, bumps)
    done = 0
    for losses in _pairs(bumps.systems, sample, range(pilot)):
        tally.push(losses)
        done += losses[0][0].counted.size
        heard(done)
    if single:
        return tally.derivative()
    verdict = tally.verdict(control, sample.paths, settle=settle)
    rest = range(pilot, sample.paths)
    if verdict.settled.all() or not len(rest):
        return verdict.applied(tally.derivative())
    both = bool(tally.prefers_extrapolation(sample.paths)[~verdict.settled].any())
    for losses in _pairs(bumps.systems[: 2 if both else 1], sample, rest):
        tally.push(losses)
        done += losses[0][0].counted.size
        heard(done)
    return verdict.applied(tally.derivative())


def pilot_size(paths: int) -> int:
    """Paths on which both widths are tried: whole blocks, unless there are fewer."""
    blocks = -(-max(1024, int(PILOT * paths)) // BLOCK)
    return min(paths, blocks * BLOCK)


def _pairs(
    systems: Sequence[tuple[System, System]], sample: Sample, paths: range
) -> Iterator[list[tuple[Losses, Losses]]]:
    """Launch by launch, the losses of every pair on the same draws."""
    chosen = np.arange(paths.start, paths.stop)
    rows = systems[0][0].accounts.members.shape[0]
    # One launch for pilot and rest: another one is another compilation.
    layout = Layout.fitting(pilot_size(sample.paths), rows, workers())
    streams = [
        revisit(system, path=chosen, seed=sample.seed, layout=layout)
        for pair in systems
        for system in pair
    ]
    for outcomes in zip(*streams, strict=True):
        losses = [Losses.of(each) for each in outcomes]
        yield list(zip(losses[::2], losses[1::2], strict=True))


def same_numbers(one: System, other: System) -> bool:
    """Whether two systems are the same to the last bit: then so is every path."""
    left, right = jax.tree.flatten(one), jax.tree.flatten(other)
    return left[1] == right[1] and all(
        np.array_equal(first, second)
        for first, second in zip(left[0], right[0], strict=True)
    )


def unchanged(system: System, *, paths: int, seed: int) -> Iterator[Losses]:
    """Launch by launch, the losses of a system on the paths of its derivatives."""
    rows = system.accounts.members.shape[0]
    layout = Layout.fitting(pilot_size(paths), rows, workers())
    for outcome in revisit(system, path=np.arange(paths), seed=seed, layout=layout):
        yield Losses.of(outcome)
