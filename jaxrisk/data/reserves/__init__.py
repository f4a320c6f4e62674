"""Reserve parameters in: what Aave's contracts and governance reports say."""

from ._format import AbstractReserveFormat
from ._read import (
    RESERVE_FORMATS,
    read_reserves,
    reserves_in,
)
from ._reserve import EMode, Note, RateCurve, Reserve, Reserves
from ._section import chosen_reserves, config_sections


__all__ = [
    "RESERVE_FORMATS",
    "AbstractReserveFormat",
    "EMode",
    "Note",
    "RateCurve",
    "Reserve",
    "Reserves",
    "chosen_reserves",
    "config_sections",
    "read_reserves",
    "reserves_in",
]
