"""Cross second derivatives."""

from collections.abc import Sequence

import numpy as np

from ..config import Parameter
from ..risk import Accumulator
from ..run import Progress, Stage
from ._bump import unchanged
from ._dataset import Row
from ._measures import scores
from ._sample import Sample
from ._scene import Scene, reach_of


def cross(
    scene: Scene,
    rows: Sequence[Row],
    sample: Sample,
    largest: int,
    width: float | None,
    progress: Progress,
) -> tuple[list[str], np.ndarray]:
    """Cross second derivatives among the parameters of largest effect.

    Returns:
        Names; (value, standard error) by measure and both names, NaN on the diagonal.
    """
    first = [abs(float(row.derivative.value[0])) * row.parameter.quoted for row in rows]
    order = np.argsort(first)[::-1][:largest]
    kept = [rows[k].parameter for k in sorted(order) if first[k] > 0]
    size = len(kept)
    found = np.full((2, len(sample.measures), size, size), np.nan)
    for one in range(size):
        for other in range(one):
            pair = kept[other], kept[one]
            slope = _mixed(scene, pair, sample, width, progress)
            found[:, :, one, other] = found[:, :, other, one] = slope
    return [each.name for each in kept], found


def _mixed(
    scene: Scene,
    pair: tuple[Parameter, Parameter],
    sample: Sample,
    width: float | None,
    progress: Progress,
) -> np.ndarray:
    r"""The mixed difference of four corners on common draws.

    .. math:: \frac{f(++) - f(+-) - f(-+) + f(--)}{4 h_1 h_2}
    """
    reach = [reach_of(each, width) for each in pair]
    corners = [
        scene.system([(pair[0], first), (pair[1], second)])
        for first in (-reach[0][0], reach[0][1])
        for second in (-reach[1][0], reach[1][1])
    ]
    area = sum(reach[0]) * sum(reach[1])
    streams = [
        unchanged(corner, paths=sample.paths, seed=sample.seed) for corner in corners
    ]
    name = " x ".join(each.name for each in pair)
    progress(Stage(name, 0, sample.paths))
    tally, done = Accumulator(len(sample.measures)), 0
    for losses in zip(*streams, strict=True):
        low, down, up, high = (
            scores(sample.measures, each, sample.at_risk) for each in losses
        )
        valid = np.all([each.counted for each in losses], axis=0)
        tally.push((high - up - down + low) / area, valid)
        done += valid.size
        progress(Stage(name, done, sample.paths))
    estimate = tally.moments().estimate()
    return np.stack([estimate.value, estimate.standard_error])
