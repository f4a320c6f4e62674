"""What a validation case says about one number."""

import enum
import math
from dataclasses import dataclass


STANDARD_ERRORS = 3.0
"""Standard errors that a Monte Carlo number may be off: a right engine fails one row in
370 seeds, and the seed is fixed."""


class SkipCase(Exception):  # noqa: N818
    """A case cannot run here; the message says why."""


class Verdict(enum.StrEnum):
    """How a row ended."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True)
class Check:
    """One number that is known from elsewhere, beside what this package computes.

    Attributes:
        quantity: What the number is, with its unit.
        expected: From the closed form, or from the source.
        measured: By the package.
        tolerance: Absolute difference allowed beside the Monte Carlo error.
        standard_error: Of `measured`; None where nothing is random.
        note: What a reader must know to judge the row.
    """

    quantity: str
    expected: float
    measured: float
    tolerance: float
    standard_error: float | None = None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the difference is within tolerance and three standard errors."""
        room = self.tolerance + STANDARD_ERRORS * (self.standard_error or 0.0)
        return bool(abs(self.measured - self.expected) <= room)


@dataclass(frozen=True)
class Row:
    """A check of a case, judged.

    Attributes:
        case: Number of the case, such as V14.
        quantity: What the number is, with its unit.
        expected: From the closed form, or from the source; NaN if skipped.
        measured: By the package; NaN if skipped.
        standard_error: Of `measured`; None where nothing is random.
        tolerance: Absolute difference allowed beside three standard errors.
        verdict: Pass, fail, or skipped.
        seconds: From the row before to this one, or from the start of the case [s].
        note: What a reader must know to judge the row; the reason of a skip.
    """

    case: str
    quantity: str
    expected: float
    measured: float
    standard_error: float | None
    tolerance: float
    verdict: Verdict
    seconds: float
    note: str

    @property
    def passed(self) -> bool:
        """Whether the row was judged, and right. A skipped row has not passed."""
        return self.verdict is Verdict.PASS

    @property
    def failed(self) -> bool:
        """Whether the row was judged, and wrong."""
        return self.verdict is Verdict.FAIL


def judge(case: str, check: Check, *, seconds: float) -> Row:
    """The row of a check."""
    return Row(
        case=case,
        quantity=check.quantity,
        expected=float(check.expected),
        measured=float(check.measured),
        standard_error=check.standard_error,
        tolerance=float(check.tolerance),
        verdict=Verdict.PASS if check.passed else Verdict.FAIL,
        seconds=seconds,
        note=check.note,
    )


def skip(case: str, reason: str) -> Row:
    """The row of a case that cannot run here."""
    return Row(
        case=case,
        quantity="not run",
        expected=math.nan,
        measured=math.nan,
        standard_error=None,
        tolerance=0.0,
        verdict=Verdict.SKIP,
        seconds=0.0,
        note=reason,
    )
