"""What a common mixing variable makes of the scale of a step's innovations."""

import math
from dataclasses import dataclass

from scipy.stats import chi2, norm


LARGEST = 1.0
"""No weighted scale is larger: a bound of the model, see docs/model.md [log price]."""


def gaussian(mixing: float, scale: float) -> float:
    """The scale, whatever the mixing normal is: the innovations stay Gaussian."""
    return scale


@dataclass(frozen=True)
class StudentT:
    """The weight that turns normals into a Student-t vector of unit variances."""

    degrees_of_freedom: float

    def __call__(self, mixing: float, scale: float) -> float:
        """The weighted scale, as far as it goes."""
        return min(self.weight(mixing) * scale, LARGEST)

    def weight(self, mixing: float) -> float:
        """`sqrt((nu - 2) / chi2)`, chi2 at the quantile of the normal `mixing`."""
        if mixing < 0.0:
            quantile = chi2.ppf(norm.cdf(mixing), self.degrees_of_freedom)
        else:  # the upper tail is exact where one minus the lower one is not
            quantile = chi2.isf(norm.sf(mixing), self.degrees_of_freedom)
        return math.sqrt((self.degrees_of_freedom - 2.0) / float(quantile))
