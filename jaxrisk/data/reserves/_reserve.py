"""Risk parameters of a market, in the units of a config."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True)
class RateCurve:
    """The kinked curve of the borrow rate on utilization.

    Attributes:
        base: Rate at zero utilization [ratio a year].
        kink: Utilization at which the curve turns [ratio]; zero if it has no kink.
        slope_below: Rise of the rate up to the kink [ratio a year].
        slope_above: Rise of the rate beyond it [ratio a year].
    """

    base: float
    kink: float
    slope_below: float
    slope_above: float


@dataclass(frozen=True)
class Reserve:
    """One asset listed in a market.

    Attributes:
        symbol: Of its token.
        token: Address of its token.
        decimals: Of its token.
        price_usd: Answer of its oracle [USD]; None if the file does not say.
        loan_to_value: What may be borrowed against it [ratio].
        liquidation_threshold: Its weight in health [ratio]; 0 if it is no collateral.
        liquidation_bonus: What a keeper gets on top [ratio].
        protocol_fee: The protocol's share of the bonus [ratio]; None if not told.
        reserve_factor: The protocol's share of the interest [ratio].
        supply_cap: Most that may be supplied [token]; 0 for no cap.
        borrow_cap: Most that may be borrowed [token]; 0 for no cap.
        debt_ceiling_usd: Most debt against it in isolation [USD]; 0 if not isolated.
        e_modes: Ids of the e-modes that it is in.
        can_be_borrowed: Whether new debt in it is allowed.
        is_active: Whether it is active and not paused.
        is_frozen: Whether nothing new may be supplied or borrowed.
        rates: Its borrow rate; None if the file does not say.
    """

    symbol: str
    token: str
    decimals: int
    price_usd: float | None
    loan_to_value: float
    liquidation_threshold: float
    liquidation_bonus: float
    protocol_fee: float | None
    reserve_factor: float
    supply_cap: float
    borrow_cap: float
    debt_ceiling_usd: float
    e_modes: tuple[str, ...]
    can_be_borrowed: bool
    is_active: bool
    is_frozen: bool
    rates: RateCurve | None


@dataclass(frozen=True)
class EMode:
    """Risk parameters that replace those of some reserves for accounts in it.

    Attributes:
        number: Its id on the chain.
        label: Its name on the chain.
        loan_to_value: What may be borrowed against its reserves [ratio].
        liquidation_threshold: Weight of its reserves in health [ratio].
        liquidation_bonus: What a keeper gets on top [ratio].
    """

    number: str
    label: str
    loan_to_value: float
    liquidation_threshold: float
    liquidation_bonus: float


class Note(NamedTuple):
    """What should be looked at.

    Attributes:
        symbol: Reserve that it is about; empty if it is about all.
        text: A sentence.
    """

    symbol: str
    text: str

    def __str__(self) -> str:
        return f"{self.symbol}: {self.text}" if self.symbol else self.text


@dataclass(frozen=True)
class Reserves:
    """Every reserve and e-mode of a market.

    Attributes:
        path: The file.
        format: Name of its format, as `read_reserves` takes it.
        about: Whose files these are.
        reserves: In the order of the file.
        e_modes: By id.
        notes: What should be looked at.
    """

    path: Path
    format: str
    about: str
    reserves: tuple[Reserve, ...]
    e_modes: dict[str, EMode]
    notes: tuple[Note, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Symbols of all reserves."""
        return tuple(reserve.symbol for reserve in self.reserves)
