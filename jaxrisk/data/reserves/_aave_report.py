"""Aave's governance reports: the whole configuration of a market, before or after."""

from collections.abc import Mapping

from .._content import Content, Kind
from .._errors import Fault
from ._format import AbstractReserveFormat
from ._parts import curve_of, is_active, mode_of
from ._record import PRICE_DECIMALS, Record
from ._reserve import Note, RateCurve, Reserve, Reserves


CEILING_DECIMALS = 2


class AaveReport(AbstractReserveFormat):
    """`{"reserves": {token: {...}}, "strategies": {address: {...}}, "eModes": {...}}`.

    As bgd-labs/aave-proposals-v3 keeps it in reports/*.json (MIT).
    """

    name = "aave_report"
    about = "configuration of an Aave v3 market in a governance report"

    def recognizes(self, content: Content) -> bool:
        """By reserves under their addresses."""
        document = content.kind is Kind.JSON and content.document
        reserves = document.get("reserves") if isinstance(document, Mapping) else None
        return isinstance(reserves, Mapping) and any(
            isinstance(one, Mapping) and "liquidationThreshold" in one
            for one in reserves.values()
        )

    def read(self, content: Content, faults: list[Fault]) -> Reserves:
        """Every reserve, with the rates of its strategy."""
        if not self.recognizes(content):
            problem = "there are no reserves under 'reserves'."
            faults.append(Fault(0, "", problem, "Save the whole report."))
            return Reserves(content.path, self.name, self.about, (), {})
        document = content.document
        assert isinstance(document, Mapping)
        curves = {
            address: curve_of(record)
            for address, record in _records(document, "strategies", faults).items()
        }
        notes: list[Note] = []
        reserves = tuple(
            _reserve(record, curves, notes)
            for record in _records(document, "reserves", faults).values()
        )
        modes = {
            number: mode_of(number, record)
            for number, record in _records(document, "eModes", faults).items()
        }
        return Reserves(
            content.path, self.name, self.about, reserves, modes, tuple(notes)
        )


def _records(
    document: Mapping[str, object], key: str, faults: list[Fault]
) -> dict[str, Record]:
    """Every object under `key`, by its own key."""
    group = document.get(key)
    if not isinstance(group, Mapping):
        return {}
    found: dict[str, Record] = {}
    for name, values in group.items():
        if isinstance(values, Mapping):
            found[str(name)] = Record(values, f"{key}.{name}", faults)
        else:
            problem = f"'{str(values)[:40]}' is no object."
            faults.append(Fault(0, f"{key}.{name}", problem, "Save the whole report."))
    return found


def _reserve(
    record: Record, curves: Mapping[str, RateCurve], notes: list[Note]
) -> Reserve:
    symbol = record.text("symbol")
    price = None
    if record.has("oracleLatestAnswer"):
        decimals = record.integer("oracleDecimals", PRICE_DECIMALS)
        price = record.integer("oracleLatestAnswer") / 10**decimals
        if not record.has("oracleDecimals"):
            notes.append(Note(symbol, "the price is taken to have 8 decimals."))
    strategy = record.text("interestRateStrategy")
    if strategy not in curves:
        notes.append(Note(symbol, f"the file has no strategy {strategy}; no rates."))
    mode = str(record.integer("eModeCategory", 0))
    return Reserve(
        symbol=symbol,
        token=record.text("underlying"),
        decimals=record.integer("decimals"),
        price_usd=price,
        loan_to_value=record.share("ltv"),
        liquidation_threshold=record.share("liquidationThreshold"),
        liquidation_bonus=record.bonus("liquidationBonus"),
        protocol_fee=record.share("liquidationProtocolFee"),
        reserve_factor=record.share("reserveFactor"),
        supply_cap=float(record.integer("supplyCap", 0)),
        borrow_cap=float(record.integer("borrowCap", 0)),
        debt_ceiling_usd=record.integer("debtCeiling", 0) / 10**CEILING_DECIMALS,
        e_modes=() if mode == "0" else (mode,),
        can_be_borrowed=record.flag("borrowingEnabled", otherwise=True),
        is_active=is_active(record),
        is_frozen=record.flag("isFrozen", otherwise=False),
        rates=curves.get(strategy),
    )
