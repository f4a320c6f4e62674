"""Reserve parameters as the sections of a config."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._errors import DataError, Fault, suggest
from ._reserve import RateCurve, Reserve, Reserves


MARKET = "aave_v3"


def config_sections(
    parameters: Reserves,
    symbols: Sequence[str] = (),
    *,
    market: str = MARKET,
    e_modes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The sections `assets` and `markets` of a config, as plain data.

    An asset has its price alone: volatility, or a peg, is for the user to add. Caps and
    debt ceilings have no place in a config.

    Args:
        parameters: What a file gives.
        symbols: Reserves to take, in their order; all that are active if empty.
        market: Name of the market.
        e_modes: Names of e-modes by their ids; their labels if not given.

    Raises:
        DataError: If there is no such reserve, or two of one symbol.
    """
    chosen = chosen_reserves(parameters, symbols).reserves
    names = {
        number: (e_modes or {}).get(number, mode.label)
        for number, mode in parameters.e_modes.items()
    }
    modes: dict[str, Any] = {}
    for number, mode in parameters.e_modes.items():
        inside = [one.symbol for one in chosen if number in one.e_modes]
        if inside:
            modes[names[number]] = {
                "loan_to_value": mode.loan_to_value,
                "liquidation_threshold": mode.liquidation_threshold,
                "liquidation_bonus": mode.liquidation_bonus,
                "reserves": inside,
            }
    section: dict[str, Any] = {
        "close_factor": {"kind": "aave_v3"},
        "reserves": {one.symbol: _reserve(one) for one in chosen},
    }
    if modes:
        section["e_modes"] = modes
    prices = {
        one.symbol: {"price_usd": one.price_usd}
        for one in chosen
        if one.price_usd is not None
    }
    return {"assets": prices, "markets": {market: section}}


def chosen_reserves(parameters: Reserves, symbols: Sequence[str] = ()) -> Reserves:
    """Some reserves of a file, with what is noted of them and of the whole file.

    Args:
        parameters: What a file gives.
        symbols: Reserves to take, in their order; all that are active if empty.

    Raises:
        DataError: If there is no such reserve, or two of one symbol.
    """
    known = {one.symbol: one for one in parameters.reserves}
    wanted = symbols or [one.symbol for one in parameters.reserves if one.is_active]
    faults = [
        Fault(0, "", f"there is no reserve '{name}'.", suggest(name, known))
        for name in wanted
        if name not in known
    ]
    symbols_there = list(parameters.symbols)
    for name in dict.fromkeys(wanted):
        if symbols_there.count(name) > 1:
            problem = f"two reserves are called '{name}'."
            faults.append(Fault(0, "", problem, "Rename one of them in the file."))
    if faults:
        raise DataError(parameters.path, faults)
    return replace(
        parameters,
        reserves=tuple(known[name] for name in wanted),
        notes=tuple(note for note in parameters.notes if note.symbol in {"", *wanted}),
    )


def _reserve(reserve: Reserve) -> dict[str, Any]:
    section: dict[str, Any] = {
        "loan_to_value": reserve.loan_to_value,
        "liquidation_threshold": reserve.liquidation_threshold,
        "liquidation_bonus": reserve.liquidation_bonus,
    }
    if reserve.protocol_fee is not None:
        section["protocol_fee"] = reserve.protocol_fee
    section["reserve_factor"] = reserve.reserve_factor
    if reserve.rates is not None:
        section["rates"] = _rates(reserve.rates)
    return section


def _rates(curve: RateCurve) -> dict[str, float]:
    """The curve; a flat one has no kink to name."""
    rates = {
        "base": curve.base,
        "kink": curve.kink,
        "slope_below": curve.slope_below,
        "slope_above": curve.slope_above,
    }
    if 0 < curve.kink < 1:
        return rates
    del rates["kink"]
    return rates
