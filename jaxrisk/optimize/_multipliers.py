r"""Multipliers of limits, by the balance of slopes at a point.

.. math:: \lambda = \arg\min_{\lambda, \mu \ge 0} \left\| \nabla F
    - \sum_j \lambda_j \nabla g_j - \sum_k \mu_k n_k \right\|

with the objective F, the excess g of each limit, and the normals n of the bounds and
rules that the point touches (Nocedal and Wright 2006, Numerical optimization, section
18.3). At an optimum nothing is left.
"""

import numpy as np
from scipy import optimize

from ._domain import Point
from ._problem import PerTerm, Problem, Reading, Slopes
from ._state import PerLimit


def excess_slopes(problem: Problem, reading: Reading) -> PerTerm:
    """The derivative of each excess in its measure: 1/L up to the limit, then L/m^2."""
    most = np.array([each.most for each in problem.limits])
    bound = reading.value[1:] + problem.margin * reading.error[1:]
    above = np.maximum(np.where(np.isfinite(bound), bound, most), most)
    return most / np.square(above)


def balance(problem: Problem, point: Point, slopes: Slopes, turn: PerTerm) -> PerLimit:
    """Multipliers that best balance the objective's slope, of excesses [objective]."""
    span = problem.domain.span
    normals = [normal * span for _, normal in problem.domain.touched(point)]
    columns = [*(slopes.value[1:] * turn[:, None] * span), *normals]
    if not columns:
        return np.zeros(0)
    lengths = np.array([np.linalg.norm(each) or 1.0 for each in columns])
    matrix = np.stack(columns, axis=1) / lengths
    found, _ = optimize.nnls(matrix, slopes.value[0] * span)
    return (found / lengths)[: len(problem.limits)]
