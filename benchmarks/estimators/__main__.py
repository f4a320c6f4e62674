r"""Slopes of a mean loss under hard triggers: unbiased estimators against bumps.

    .venv/bin/python benchmarks/estimators [--paths 7500] [--late 120000] [--seed 1]
    .venv/bin/python benchmarks/estimators --truth 200000   # of the core step, anew

An account is liquidated when health falls below one, so a path's own derivative misses
what a shifted threshold does. Two models, in plain NumPy and float64: one liquidation
that comes too late (validation case V5), and a core step of 16 assets with prompt
liquidations, finite depth, and a part of every sale pressing the other assets too
(without that part one bumped run would do for all thresholds). Estimators:

* **bump**: central differences on common draws (Glasserman 2004, section 7.1).
* **SPA**: smoothed perturbation analysis, conditional Monte Carlo of one step (Gong and
  Ho 1987; Fu and Hu 1997). With e* the shock of a step at which an account's health is
  one, phi the normal density, and L(hit), L(not) the losses of twins that leave from
  that point with common draws,

  .. math:: \frac{dE L}{d\theta} = E\frac{\partial L}{\partial\theta} + E \sum_{step,
      account} \varphi(e^*)\, \frac{\partial e^*}{\partial\theta}\, (L_{hit} - L_{not}).

  One term of the sum is drawn, with probability in proportion to a weight, by weighted
  reservoir sampling (Chao 1982), so that one branch serves every parameter.
* **push-out**: the threshold moves out of the trigger into the density of the first
  shock (Rubinstein 1992; generalized likelihood ratio: Peng, Fu, Hu and Heidergott
  2018). Of V5 alone: where an account keeps a part of its debt, its later triggers keep
  the threshold through what was seized, and a field that moves the triggers of two
  accounts of one asset by different amounts has a divergence of one over their
  distance: infinite variance.
* **score**: likelihood ratio, of a volatility (Glasserman 2004, section 7.3).
* **MVD**: measure-valued derivative of a volatility (Heidergott, Vazquez-Abad and
  Volk-Makarewicz 2008), of one step at random; its drift by the score.
* **random signs**: all thresholds bumped at once, up or down by a coin for every path
  and threshold (Spall 1992).
* **two-level bump**: thresholds all bumped at once, every asset seeing what the others'
  sales did to it on the unbumped path, so that a pair of runs gives all slopes; and on
  every sixteenth path what that leaves out, by proper bumps (control variate on nested
  levels: Giles 2008; one run for columns that do not meet: Curtis, Powell and Reid
  1974). As biased as the bump, not more.
"""

import argparse

from core_table import print_core
from core_truth import measure_core_truth
from late_table import print_late
from tallies import BATCHES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=7_500, help="of the core step")
    parser.add_argument("--late", type=int, default=120_000, help="paths of V5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", type=int, metavar="PATHS", help="of the core step")
    given = parser.parse_args()
    if given.truth:
        measure_core_truth(given.truth, given.seed)
        return
    print(
        "runs: path-steps in forward runs; wall: processor time in forward runs, draws"
        " excluded;\neff: variance times runs of the first row over one's own, for one"
        " parameter alone and for all;\nerr, bias: root sum of squares over the"
        " parameters; chi2: mean square of their z;\nz: of all paths, and mean and sd"
        f" of those of {BATCHES} batches (of the largest slope)"
    )
    print_late(given.late, given.seed)
    print_core(given.paths, given.seed)


if __name__ == "__main__":
    main()
