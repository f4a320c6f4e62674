"""Scenarios that every config has: families with a size in their name, and crises."""

import re
from dataclasses import dataclass

from pydantic import ValidationError

from ..config._scenario import ScenarioConfig
from ._errors import ScenarioError


@dataclass(frozen=True)
class Family:
    """Shocks of one kind, such as drop_30: of any size.

    Attributes:
        field: Of a scenario, that the size goes to.
        unit: At the end of the name: h, x, or nothing for percent.
        sizes: Those that are listed.
        sentence: What happens, with a place for the size.
        sign: Of the size.
        by_asset: Whether one asset may be named, as in drop_30:WETH.
    """

    field: str
    unit: str
    sizes: tuple[int, ...]
    sentence: str
    sign: int = 1
    by_asset: bool = True

    def name(self, kind: str, size: int) -> str:
        """As it is called: drop_30."""
        return f"{kind}_{size}{self.unit}"


FAMILIES = {
    "drop": Family("drop", "", (10, 30, 50), "base assets fall by {} % at once"),
    "rise": Family("drop", "", (30,), "base assets rise by {} % at once", -1),
    "depeg": Family(
        "depeg", "", (5, 20), "pegged assets fall by {} % against their peg, and return"
    ),
    "depth_cut": Family("depth_cut", "", (50, 90), "{} % of all depth is gone"),
    "freeze": Family("freeze_hours", "h", (1, 6), "oracles stand still for {} h"),
    "volatility": Family(
        "volatility", "x", (2,), "moves are {} times as wide", by_asset=False
    ),
    "correlation": Family(
        "correlation",
        "",
        (50,),
        "correlations of base assets go {} % of the way to one",
        by_asset=False,
    ),
    "gas": Family("gas", "x", (10,), "gas costs {} times as much", by_asset=False),
}
"""By the first part of their name."""

CRISES = {
    "crash": ScenarioConfig(
        description="a crash in thin markets: prices fall, depth and oracles fail, gas"
        " is dear (made up)",
        together_with=("drop_40", "depth_cut_50", "freeze_1h", "gas_10x"),
    ),
    "turmoil": ScenarioConfig(
        description="a bad time without a crash: wide moves, all together, in thin"
        " markets (made up)",
        together_with=("volatility_2x", "correlation_50", "depth_cut_50", "gas_3x"),
    ),
    "peg_run": ScenarioConfig(
        description="pegged assets lose their peg while those who trade them leave"
        " (made up)",
        together_with=("depeg_10", "depth_cut_80", "gas_5x"),
    ),
}
"""By their name."""

_NAME = re.compile(r"([a-z_]+)_(\d+(?:\.\d+)?)([hx]?)(?::(.+))?")


def built_in(name: str) -> ScenarioConfig | None:
    """The scenario that is called so in every config; None if there is none.

    Raises:
        ScenarioError: There is, but not of this size.
    """
    found = _NAME.fullmatch(name)
    family = FAMILIES.get(found[1]) if found else None
    if found is None or family is None or found[3] != family.unit:
        return CRISES.get(name)
    if found[4] and not family.by_asset:
        return None
    size = family.sign * float(found[2])
    plain = {
        "description": family.sentence.format(found[2]),
        "assets": [found[4]] if found[4] else None,
        family.field: size if family.unit else size / 100,
    }
    try:
        return ScenarioConfig.model_validate(plain)
    except ValidationError as error:
        meaning = error.errors()[0]["msg"].split(";")[0]
        raise ScenarioError(
            f"{name}: there is no such size, as {meaning}. Choose another."
        ) from None


def listed() -> dict[str, str]:
    """Names of the usual sizes and of the crises, and what each is."""
    shocks = {
        family.name(kind, size): family.sentence.format(size)
        for kind, family in FAMILIES.items()
        for size in family.sizes
    }
    return shocks | {name: one.description for name, one in CRISES.items()}
