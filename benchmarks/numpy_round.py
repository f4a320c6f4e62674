"""Liquidations in the NumPy step: rounds, the rational keeper, write-offs."""

from typing import Any

import numpy as np
from numpy_market import Carry, Exchange


def divide(top: np.ndarray, bottom: np.ndarray, otherwise: float) -> np.ndarray:
    """Divide; `otherwise` where the denominator is zero."""
    zero = bottom == 0
    return np.where(zero, otherwise, top / np.where(zero, 1, bottom))


class Liquidations:
    """Close factor, keeper and absorption of a config like the shipped Aave one."""

    def __init__(self, market: Any) -> None:  # noqa: ANN401
        """Look up what every round needs."""
        accounts, rule = market.accounts, market.close_factor
        if (
            np.isfinite(rule.target_health).any()
            or rule.least_remainder.any()
            or rule.full_below_size.any()
        ):
            raise ValueError("This step knows the close factors of Aave v2 and v3.0.")
        self.market, self.accounts = market, accounts
        self.asset_of = market.listing.asset.argmax(axis=1)
        self.close = rule.close_factor[accounts.market][:, None]
        self.full_below = rule.full_below_health[accounts.market][:, None]

    def prices(self, at: Carry, price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """USD a unit of initial collateral, and of initial debt."""
        by_reserve = price[self.asset_of]
        return at.supply_index * by_reserve, at.debt_index * by_reserve

    def breached(self, at: Carry) -> np.ndarray:
        """Accounts with collateral whose health is below one."""
        collateral, debt = self.prices(at, at.published)
        weighted = self.accounts.weighted @ collateral
        weighted *= at.kept
        owing = self.accounts.debt @ debt
        owing *= at.owed
        return (weighted < owing) & (at.kept > 0)

    def publish(self, at: Carry) -> None:
        """The oracle sees the market."""
        oracle, seen = self.market.oracle, Exchange(self.market, at).price
        due = np.abs(seen / at.published - 1) >= oracle.deviation[:, None]
        due |= at.age >= oracle.heartbeat[:, None] * (1 - 1e-5)
        at.published = np.where(due, seen, at.published)
        at.age = np.where(due, 0, at.age)

    def cascade(self, at: Carry, *, index: int, busy_only: bool) -> None:
        """All rounds of a step, then the write-offs."""
        below = self.breached(at)
        busy = np.flatnonzero(below.any(axis=0))
        if not busy.size:
            return
        paths = busy if busy_only else slice(None)
        part, ready = at.part(paths), below[:, paths]
        before = part.kept.copy()
        for _ in range(self.market.rounds):
            if not ready.any():
                break
            self._round(part, ready)
            ready = self.breached(part)
        self._absorb(part, before, index)
        at.put(paths, part)

    def _round(self, at: Carry, ready: np.ndarray) -> None:
        accounts, (collateral, debt) = self.accounts, self.prices(at, at.published)
        weighted = at.kept * (accounts.weighted @ collateral)
        repayable = at.kept * (accounts.repayable @ collateral)
        owing = at.owed * (accounts.debt @ debt)
        health = divide(weighted, owing, np.inf)
        share = np.where(health <= self.full_below, 1, self.close)
        covered = divide(share * owing, repayable, np.inf)
        seized = np.minimum(1, covered)
        paid_for = divide(seized * repayable, owing, 0)
        seized_of = np.where(ready, at.kept * seized, 0)
        repaid_of = np.where(
            ready, at.owed * np.where(seized < covered, paid_for, share), 0
        )
        exchange = Exchange(self.market, at)
        offers = Offers(self, at, exchange, seized_of, repaid_of)
        fill = offers.fill(ready)
        self._move(at, seized_of * fill, repaid_of * fill)
        sold = (offers.sales(fill) - offers.purchases(fill)) / exchange.price
        profit = exchange.proceeds(sold).sum(axis=0)
        profit -= self.market.keeper.gas_cost * (accounts.members @ (fill > 0))
        exchange.clear(sold)
        at.capital = np.maximum(at.capital + profit, 0)
        at.keeper_profit += profit
        self.publish(at)

    def _move(self, at: Carry, seized_of: np.ndarray, repaid_of: np.ndarray) -> None:
        price = at.published[self.asset_of]
        seized = at.supply_index * (self.accounts.collateral.T @ seized_of)
        keepers = at.supply_index * (self.accounts.keepers.T @ seized_of)
        repaid = at.debt_index * (self.accounts.debt.T @ repaid_of)
        at.supplied = np.maximum(at.supplied - keepers, 0)
        at.borrowed = np.maximum(at.borrowed - repaid, 0)
        at.kept -= seized_of
        at.owed -= repaid_of
        at.seized += seized * price
        at.repaid += repaid * price
        at.protocol_fee += ((seized - keepers) * price).sum(axis=0)

    def _absorb(self, at: Carry, before: np.ndarray, index: int) -> None:
        emptied = (at.kept == 0) & (before > 0) & (at.owed > 0)
        if not emptied.any():
            return
        written = self.accounts.debt.T @ np.where(emptied, at.owed, 0)
        deficit = self.prices(at, at.published)[1] * written
        of_market = self.market.listing.market
        owing = of_market.T @ deficit
        covered = np.minimum(at.fund, owing)
        realized = deficit * (1 - of_market @ divide(covered, owing, 0))
        at.fund -= covered
        at.covered += covered
        at.realized += realized
        at.borrowed = np.maximum(at.borrowed - at.debt_index * written, 0)
        failing = (realized.sum(axis=0) > 0) & (at.first_deficit == self.market.steps)
        at.first_deficit = np.where(failing, index, at.first_deficit)


class Offers:
    """What a rational keeper sees in a round, and how much of it is taken."""

    def __init__(
        self,
        rules: Liquidations,
        at: Carry,
        exchange: Exchange,
        seized: np.ndarray,
        repaid: np.ndarray,
    ) -> None:
        """Value every offer at market prices."""
        self._keeper, self._accounts = rules.market.keeper, rules.accounts
        self._asset, self._asset_of = rules.market.listing.asset, rules.asset_of
        self._exchange, self._capital = exchange, at.capital
        self._seized, self._repaid = seized, repaid
        self._sale, self._purchase = rules.prices(at, exchange.price)
        self._holding = self._accounts.keepers @ self._sale
        self._owing = self._accounts.debt @ self._purchase
        self._cost = repaid * self._owing

    def sales(self, share: np.ndarray) -> np.ndarray:
        """USD sold of every asset if `share` of the offers is taken."""
        by_reserve = self._accounts.keepers.T @ (self._seized * share)
        return self._asset.T @ (self._sale * by_reserve)

    def purchases(self, share: np.ndarray) -> np.ndarray:
        """USD bought of every asset if `share` of the offers is taken."""
        by_reserve = self._accounts.debt.T @ (self._repaid * share)
        return self._asset.T @ (self._purchase * by_reserve)

    def fill(self, ready: np.ndarray) -> np.ndarray:
        """Everything profitable where it fits, tier by tier where it does not."""
        revenue = self._seized * self._holding
        gas = self._keeper.gas_cost * self._accounts.members[:, None]
        margin = divide(revenue - self._cost - gas, revenue, -1)
        wanted = ready & (margin > 0)
        best = np.where(wanted, margin, 0).max(axis=0)
        everything = wanted.astype(margin.dtype)
        move = self._move(self._keeper.tiers - 1, best)
        fits = (self.sales(everything) <= self._to_sell(move)).all(axis=0)
        fits &= (self.purchases(everything) <= self._to_buy(move)).all(axis=0)
        fits &= (everything * self._cost).sum(axis=0) <= self._capital
        if fits.all():
            return everything
        return np.where(fits, everything, self._serve(margin, wanted, best))

    def _move(self, tier: int, best: np.ndarray) -> np.ndarray:
        steps_up = self._keeper.tiers - 1 - tier
        return -np.log1p(-best * ((steps_up or 0.5) / self._keeper.tiers))

    def _to_sell(self, move: np.ndarray) -> np.ndarray:
        return self._exchange.room(-move) * self._exchange.price

    def _to_buy(self, move: np.ndarray) -> np.ndarray:
        return -self._exchange.room(move) * self._exchange.price

    def _serve(
        self, margin: np.ndarray, wanted: np.ndarray, best: np.ndarray
    ) -> np.ndarray:
        tiers = self._keeper.tiers
        filled = np.zeros_like(margin)
        sold, bought = np.zeros_like(self._sale), np.zeros_like(self._sale)
        spent, above = np.zeros_like(best), np.full_like(best, np.inf)
        for tier in range(tiers):
            least = best * ((tiers - 1 - tier) / tiers)
            chosen = (wanted & (margin > least) & (margin <= above)).astype(best.dtype)
            move = self._move(tier, best)
            sales, purchases = self.sales(chosen), self.purchases(chosen)
            sell = _share(self._to_sell(move) - sold, sales)
            buy = _share(self._to_buy(move) - bought, purchases)
            missing_sale = self._accounts.keepers @ (
                self._sale * (1 - sell[self._asset_of])
            )
            missing_purchase = self._accounts.debt @ (
                self._purchase * (1 - buy[self._asset_of])
            )
            fill = chosen * np.minimum(
                1 - divide(missing_sale, self._holding, 0),
                1 - divide(missing_purchase, self._owing, 0),
            )
            cost = (fill * self._cost).sum(axis=0)
            affordable = _share(self._capital - spent, cost)
            filled += fill * affordable
            sold, bought = sold + sell * sales, bought + buy * purchases
            spent, above = spent + affordable * cost, least
        return np.where(filled > 1e-6, filled, 0)


def _share(room: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.clip(divide(room, wanted, 1), 0, 1)
