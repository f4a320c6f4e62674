"""Aave's UiPoolDataProvider: the answer of getReservesData, with names of fields."""

from collections.abc import Mapping

from .._content import Content, Kind
from .._errors import Fault
from ._format import AbstractReserveFormat
from ._parts import curve_of, is_active, mode_of
from ._record import PRICE_DECIMALS, Record
from ._reserve import EMode, Note, Reserve, Reserves


LISTS = ("reservesData", "reserves", "0")
BASES = ("baseCurrencyData", "baseCurrencyInfo", "1")
CEILING_DECIMALS = 2


class UiPoolData(AbstractReserveFormat):
    """A list of `AggregatedReserveData`, bare or beside the base currency.

    Beside it: `{"0": [...], "1": {...}}`, as web3 writes the two answers, or
    `{"reservesData": [...], "baseCurrencyData": {...}}`, as Aave's utilities do. Up to
    v3.1 each reserve has its one e-mode; later it has a list, `eModes`. The protocol's
    share of the bonus is not in it.
    """

    name = "ui_pool"
    about = "getReservesData of Aave's UiPoolDataProvider"

    def recognizes(self, content: Content) -> bool:
        """By its name of the liquidation threshold."""
        if content.kind is not Kind.JSON:
            return False
        records, _ = _list_in(content.document)
        return any(
            isinstance(one, Mapping) and "reserveLiquidationThreshold" in one
            for one in records[:1]
        )

    def read(self, content: Content, faults: list[Fault]) -> Reserves:
        """Every reserve of the list."""
        records, at = (
            _list_in(content.document) if self.recognizes(content) else ([], "")
        )
        if not records:
            problem = "there is no list of reserves with names of fields."
            remedy = "Save the answer with names: an object for each reserve."
            faults.append(Fault(0, "", problem, remedy))
        missing = "the protocol's share of the bonus is not in this file: add "
        notes = [Note("", f"{missing}protocol_fee.")]
        unit, usd = _base(content.document, faults, notes)
        modes: dict[str, EMode] = {}
        reserves = []
        for row, values in enumerate(records):
            where = f"{at}[{row}]"
            if isinstance(values, Mapping):
                record = Record(values, where, faults)
                own = _modes(record, values, faults)
                modes |= own
                reserves.append(_reserve(record, unit, usd, tuple(own)))
            else:
                problem = f"'{str(values)[:40]}' is no object."
                remedy = "Save the answer with names of fields."
                faults.append(Fault(0, where, problem, remedy))
        return Reserves(
            content.path, self.name, self.about, tuple(reserves), modes, tuple(notes)
        )


def _list_in(document: object) -> tuple[list[object], str]:
    if isinstance(document, list):
        # Both answers of the contract, as ethers writes them.
        if document and isinstance(document[0], list):
            return document[0], "[0]"
        return document, ""
    if isinstance(document, Mapping):
        for key in LISTS:
            records = document.get(key)
            if isinstance(records, list):
                return records, key
    return [], ""


def _base(document: object, faults: list[Fault], notes: list[Note]) -> tuple[int, int]:
    """Units of the base currency in one, and its price with 8 decimals [USD]."""
    found = None
    if isinstance(document, Mapping):
        found = next(
            (key for key in BASES if isinstance(document.get(key), dict)), None
        )
    if found is None or not isinstance(document, Mapping):
        taken = "they are taken to be in USD with 8 decimals."
        notes.append(Note("", f"the file does not say in what its prices are; {taken}"))
        return 10**PRICE_DECIMALS, 10**PRICE_DECIMALS
    record = Record(document[found], found, faults)
    if record.has("marketReferenceCurrencyUnit"):
        unit = record.integer("marketReferenceCurrencyUnit")
    else:
        unit = 10 ** record.integer("marketReferenceCurrencyDecimals")
    return unit or 1, record.integer("marketReferenceCurrencyPriceInUsd")


def _modes(
    record: Record, values: Mapping[str, object], faults: list[Fault]
) -> dict[str, EMode]:
    """The e-modes of a reserve, by id."""
    listed = values.get("eModes")
    if isinstance(listed, list):
        found: dict[str, EMode] = {}
        for row, entry in enumerate(listed):
            at = f"{record.at}.eModes[{row}]"
            mode = entry.get("eMode") if isinstance(entry, Mapping) else None
            if not isinstance(mode, Mapping):
                faults.append(Fault(0, at, "has no 'eMode'.", "Save the whole answer."))
            elif Record(entry, at, faults).flag("collateralEnabled", otherwise=True):
                number = str(Record(entry, at, faults).integer("id"))
                found[number] = mode_of(number, Record(mode, f"{at}.eMode", faults))
        return found
    number = str(record.integer("eModeCategoryId", 0))
    if number == "0" or not record.has("eModeLtv"):
        return {}
    return {
        number: EMode(
            number=number,
            label=record.text("eModeLabel"),
            loan_to_value=record.share("eModeLtv"),
            liquidation_threshold=record.share("eModeLiquidationThreshold"),
            liquidation_bonus=record.bonus("eModeLiquidationBonus"),
        )
    }


def _reserve(record: Record, unit: int, usd: int, modes: tuple[str, ...]) -> Reserve:
    ceiling = 10 ** record.integer("debtCeilingDecimals", CEILING_DECIMALS)
    price = record.integer("priceInMarketReferenceCurrency")
    return Reserve(
        symbol=record.text("symbol"),
        token=record.text("underlyingAsset"),
        decimals=record.integer("decimals"),
        price_usd=price * usd / (unit * 10**PRICE_DECIMALS),
        loan_to_value=record.share("baseLTVasCollateral"),
        liquidation_threshold=record.share("reserveLiquidationThreshold"),
        liquidation_bonus=record.bonus("reserveLiquidationBonus"),
        protocol_fee=None,
        reserve_factor=record.share("reserveFactor"),
        supply_cap=float(record.integer("supplyCap", 0)),
        borrow_cap=float(record.integer("borrowCap", 0)),
        debt_ceiling_usd=record.integer("debtCeiling", 0) / ceiling,
        e_modes=modes,
        can_be_borrowed=record.flag("borrowingEnabled", otherwise=True),
        is_active=is_active(record),
        is_frozen=record.flag("isFrozen", otherwise=False),
        rates=curve_of(record),
    )
