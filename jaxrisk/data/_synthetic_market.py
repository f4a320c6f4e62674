"""What a synthetic book is drawn from: one market's parameters and sizes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ._book_layout import BookLayout


ReserveNumber = Float64[np.ndarray, " reserve"]
ReserveFlag = Bool[np.ndarray, " reserve"]


@dataclass(frozen=True)
class SyntheticMarket:
    """One market with one e-mode, as far as borrowers see it.

    Attributes:
        name: Market.
        e_mode: The e-mode in which borrowers loop.
        reserves: Names of the reserves.
        stable: Reserves worth one dollar.
        looped: Reserves supplied by looping borrowers.
        loop_debt: Reserve that looping borrowers owe.
        price: Price [USD/token].
        loan_to_value: Loan-to-value limit [ratio].
        liquidation_threshold: Liquidation threshold [ratio].
        supply_cap: Most that may be supplied [token].
        borrow_cap: Most that may be borrowed [token].
        wallet_collateral: Collateral of borrowers who do not loop, about [USD].
        debt_weight: How often a reserve is borrowed, among stable and among volatile
            reserves; relative.
        utilization: Share of supply borrowed, reached by suppliers who do not borrow;
            0 if the reserve's own collateral is enough [ratio].
        e_mode_loan_to_value: Loan-to-value limit in the e-mode [ratio].
        e_mode_liquidation_threshold: Liquidation threshold in the e-mode [ratio].
    """

    name: str
    e_mode: str
    reserves: tuple[str, ...]
    stable: tuple[str, ...]
    looped: tuple[str, ...]
    loop_debt: str
    price: ReserveNumber
    loan_to_value: ReserveNumber
    liquidation_threshold: ReserveNumber
    supply_cap: ReserveNumber
    borrow_cap: ReserveNumber
    wallet_collateral: ReserveNumber
    debt_weight: ReserveNumber
    utilization: ReserveNumber
    e_mode_loan_to_value: float
    e_mode_liquidation_threshold: float

    @property
    def layout(self) -> BookLayout:
        """Names of the book's indices."""
        return BookLayout(
            markets=(self.name,),
            reserves=tuple((self.name, reserve) for reserve in self.reserves),
            categories=((self.name, ""), (self.name, self.e_mode)),
        )

    def among(self, names: tuple[str, ...]) -> ReserveFlag:
        """Which reserves are among the named ones."""
        return np.asarray([reserve in names for reserve in self.reserves])

    def threshold(self) -> Float64[np.ndarray, "category reserve"]:
        """Liquidation threshold outside and inside the e-mode [ratio]."""
        inside = self.among((*self.looped, self.loop_debt))
        e_mode = np.where(
            inside, self.e_mode_liquidation_threshold, self.liquidation_threshold
        )
        return np.stack([self.liquidation_threshold, e_mode])
