"""Accounts with staked ether on Aave, as Lido's analysts published them in June 2023.

The files are those of `lidofinance/aave-liquidation-model` (GPL-3.0), data/*.csv; they
are not shipped. One row an account: b1 of those who owe ETH, b2 stablecoins, b3 both
or WBTC; the endings `_v3` are of Aave v3, others of v2.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from .._content import Content, Kind
from .._errors import Fault
from ._batch import Batch
from ._csv import csv_batches
from ._format import AbstractBookFormat, Wishes
from ._ledger import Ledger
from ._positions import COLLATERAL, DEBT, Origin, Place, Positions


COLUMNS = ("user", "collateral", "debt", "healthf", "amount", "ethdebt")
SYMBOLS = {"cbeth": "cbETH", "reth": "rETH", "susd": "sUSD", "weth": "WETH"}
CALCULATED = ("collateral_", "debt_", "diff_", "available_")
ETH_DECIMALS = 18
UNEXPLAINED = 0.01  # of an account's collateral or debt that no column explains


class LidoAccounts(AbstractBookFormat):
    """An account a row, a column for each token: `usdc` is a debt, `usdc_collateral`.

    `amount` is stETH on v2 and wstETH on v3, `ethdebt` is WETH; both in tokens, as are
    `cbeth_collateral` and `reth_collateral`. All others are raw. `collateral` and
    `debt`, in ETH on v2 and in USD on v3, are of all tokens, and what no column
    explains is noted: it is left out.
    """

    name = "lido"
    about = "accounts with stETH on Aave, published by Lido's analysts"

    def recognizes(self, content: Content, wishes: Wishes) -> bool:
        """By its columns."""
        if content.kind is not Kind.CSV or wishes.columns:
            return False
        return {*COLUMNS} <= {*content.names}

    def read(self, content: Content, wishes: Wishes, faults: list[Fault]) -> Positions:
        """Every balance that a column has."""
        ledger = Ledger()
        missing = {*COLUMNS} - {*content.names}
        if missing:
            problem = f"column '{min(missing)}' is missing."
            faults.append(Fault(1, "", problem, "Use a published file."))
        else:
            columns = {name: place for place, name in enumerate(content.names)}
            for batch in csv_batches(content, columns, faults):
                _enter(batch, wishes, ledger, faults)
        return ledger.settle(Origin(content.path, self.name, self.about), faults)


def _enter(batch: Batch, wishes: Wishes, ledger: Ledger, faults: list[Fault]) -> None:
    is_v3 = "emode" in batch.cells
    market = wishes.market or ("aave_v3" if is_v3 else "aave_v2")
    modes = batch.texts("emode")
    worth = {COLLATERAL: [0.0] * len(batch), DEBT: [0.0] * len(batch)}
    for column, symbol, side in _balances(batch, is_v3=is_v3):
        amounts = _amounts(batch, column, faults)

        def place_of(mode: str, symbol: str = symbol, side: str = side) -> Place:
            return Place(market, wishes.mode(mode), symbol, side)

        held = [row for row, amount in enumerate(amounts) if amount]
        ledger.add(
            ledger.owners([batch.texts("user")[row] for row in held]),
            ledger.places([[modes[row] for row in held]], place_of),
            [amounts[row] for row in held],
            [batch.row[row] for row in held],
        )
        prices = _prices(batch, column, is_v3=is_v3)
        for row, (amount, price) in enumerate(zip(amounts, prices, strict=True)):
            worth[side][row] += amount * price
    if not faults:
        unit = "USD" if is_v3 else "ETH"
        for side, known in worth.items():
            ledger.notes += _unexplained(batch, side, known, unit)


def _balances(batch: Batch, *, is_v3: bool) -> list[tuple[str, str, str]]:
    """Column, symbol and side of each balance that the file has."""
    found = [
        ("amount", "wstETH" if is_v3 else "stETH", COLLATERAL),
        ("ethdebt", "WETH", DEBT),
    ]
    for column in batch.cells:
        token = column.removesuffix("_collateral")
        symbol = SYMBOLS.get(token, token.upper())
        if f"{column}_decimals" in batch.cells:
            found.append((column, symbol, DEBT))
        elif column.endswith("_collateral") and not column.startswith(CALCULATED):
            found.append((column, symbol, COLLATERAL))
    return found


def _amounts(batch: Batch, column: str, faults: list[Fault]) -> list[float]:
    """Balances [token]; the published raw ones are often written as floats."""
    token = column.removesuffix("_collateral")
    given = batch.cells.get(f"{token}_decimals")
    decimals: Sequence[str] = given or ["0"] * len(batch)
    if token == "weth":
        decimals = [str(ETH_DECIMALS)] * len(batch)
    amounts = []
    for index, text in enumerate(batch.texts(column)):
        try:
            amount = float(Decimal(text).scaleb(-int(decimals[index])))
            if not 0 <= amount < float("inf"):
                raise ValueError
        except (ValueError, InvalidOperation):
            problem = f"'{text}' is not a balance of at least 0."
            remedy = "Use a published file."
            faults.append(batch.fault(index, column, problem, remedy))
            amount = 0.0
        amounts.append(amount)
    return amounts


def _prices(batch: Batch, column: str, *, is_v3: bool) -> list[float]:
    """Price of the token of a column, in the unit of `collateral` and `debt`."""
    token = column.removesuffix("_collateral")
    eth = "eth_price"
    source = {"amount": "steth_price", "ethdebt": eth, "weth": eth}
    texts = batch.cells.get(source.get(token, f"{token}_price"))
    if token == "amount" and not is_v3:
        calculated = batch.texts("collateral_steth_calc")
        pairs = zip(calculated, batch.texts("amount"), strict=True)
        return [_ratio(worth, amount) for worth, amount in pairs]
    if texts is None:
        return [1.0] * len(batch)
    # Stablecoins have the raw answers of the oracles; others are in USD already.
    scale = (1e8 if is_v3 else 1e18) if f"{token}_decimals" in batch.cells else 1.0
    return [float(text) / scale for text in texts]


def _ratio(worth: str, amount: str) -> float:
    return float(worth) / float(amount) if worth and float(amount) else 1.0


def _unexplained(batch: Batch, side: str, known: list[float], unit: str) -> list[str]:
    """A note on what accounts have on a side beside the tokens of the columns."""
    told = [float(text) for text in batch.texts(side)]
    gaps = [total - worth for total, worth in zip(told, known, strict=True)]
    short = [
        gap for gap, total in zip(gaps, told, strict=True) if gap > UNEXPLAINED * total
    ]
    if not short:
        return []
    share = 100 * sum(short) / sum(told)
    return [
        f"{len(short):,} of {len(batch):,} accounts have {side} in tokens without a "
        f"column: {sum(short):,.0f} {unit}, {share:.2g} % of all {side}. It is left "
        "out, and their health is another than the published one."
    ]
