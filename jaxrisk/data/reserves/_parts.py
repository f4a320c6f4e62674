"""Parts of a market that every format writes under the same keys."""

from ._record import Record
from ._reserve import EMode, RateCurve


def mode_of(number: str, record: Record) -> EMode:
    """An e-mode, by its id."""
    return EMode(
        number=number,
        label=record.text("label"),
        loan_to_value=record.share("ltv"),
        liquidation_threshold=record.share("liquidationThreshold"),
        liquidation_bonus=record.bonus("liquidationBonus"),
    )


def curve_of(record: Record) -> RateCurve:
    """The borrow rate; all four numbers in ray."""
    return RateCurve(
        base=record.ray("baseVariableBorrowRate"),
        kink=record.ray("optimalUsageRatio"),
        slope_below=record.ray("variableRateSlope1"),
        slope_above=record.ray("variableRateSlope2"),
    )


def is_active(record: Record) -> bool:
    """Whether a reserve is active and not paused."""
    active = record.flag("isActive", otherwise=True)
    return active and not record.flag("isPaused", otherwise=False)
