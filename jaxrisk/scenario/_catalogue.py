"""The scenarios of a config: by name, in numbers, and in words."""

import numpy as np
from jaxtyping import Bool

from ..config import Config
from ..config._faults import did_you_mean
from ..config._scenario import ScenarioConfig
from ..engine import System
from ..run import Model
from ._errors import ScenarioError
from ._library import FAMILIES, built_in, listed
from ._replay import replayed
from ._stress import ByAsset, Stress
from ._stressed import stressed


NONE = "as it is"
"""Name of no scenario."""

Mask = Bool[np.ndarray, " asset"]


def scenarios_of(config: Config) -> dict[str, str]:
    """Names, and what each is: those of the config, then the built-in ones."""
    own = config.scenarios or {}
    return {name: one.description for name, one in own.items()} | listed()


class Catalogue:
    """Every scenario that a config knows, its own and built-in ones."""

    def __init__(self, model: Model) -> None:
        """Nothing is built yet."""
        self._config, self._system = model.config, model.system
        assets = [model.config.assets.get(name) for name in model.config.asset_names]
        self._base = np.array([one is not None and one.is_base for one in assets])
        self._pegged = np.array(
            [one is not None and one.law is not None for one in assets]
        )

    def stress(self, name: str) -> Stress:
        """A scenario in numbers; several joined by + come together.

        Raises:
            ScenarioError: There is none of that name or size, or it cannot be here.
            DataError: A file of recorded prices cannot be used.
        """
        return self._stress(name, chain=())

    def stressed(self, stress: Stress) -> System:
        """The system under a stress; one program runs all of them."""
        return stressed(self._system, stress, self._base)

    @property
    def none(self) -> Stress:
        """Nothing happens."""
        names = self._config.asset_names
        return Stress.none(steps=self._config.steps, assets=len(names))

    def words(self, stress: Stress) -> str:
        """What a stress does, in numbers that a reader knows."""
        names = self._config.asset_names
        hours = stress.frozen * self._config.step_minutes / 60
        said = [
            *_by_asset(names, 100 * np.expm1(self._farthest(stress)), "{:+.4g} %"),
            *_by_asset(names, 100 * np.expm1(stress.depth), "depth {:+.4g} %"),
            *_by_asset(names, hours, "oracle frozen {:.4g} h"),
        ]
        scalars = (
            (np.exp(stress.volatility), 1.0, "volatility x {:.4g}"),
            (
                -100 * np.expm1(stress.independence),
                0.0,
                "correlation {:.4g} % nearer to 1",
            ),
            (np.exp(stress.gas), 1.0, "gas x {:.4g}"),
        )
        said += [text.format(x) for x, neutral, text in scalars if x != neutral]
        return ", ".join(said) or "nothing"

    def _farthest(self, stress: Stress) -> ByAsset:
        """Where moves alone, against what an asset follows, lead at their farthest."""
        decay = np.asarray(self._system.prices.decay, np.float64)
        level = farthest = np.zeros(decay.size)
        for move in stress.moves:
            level = decay * level + move
            farthest = np.where(abs(level) > abs(farthest), level, farthest)
        return farthest

    def _stress(self, name: str, chain: tuple[str, ...]) -> Stress:
        total = self.none
        for part in name.split("+"):
            own = part.strip()
            if own in chain:
                raise ScenarioError(
                    f"Scenarios come with each other in a circle "
                    f"({' -> '.join((*chain, own))}). Remove one."
                )
            section = self._section(own)
            total = total + self._of(own, section)
            for other in section.together_with:
                total = total + self._stress(other, (*chain, own))
        return total

    def _section(self, name: str) -> ScenarioConfig:
        section = (self._config.scenarios or {}).get(name) or built_in(name)
        if section is None:
            near = did_you_mean(name, list(scenarios_of(self._config)))
            raise ScenarioError(
                f"{name}: there is no such scenario; {near}. Of {', '.join(FAMILIES)}"
                " any size will do."
            )
        return section

    def _of(self, name: str, section: ScenarioConfig) -> Stress:
        """A section without what comes with it."""
        config = self._config
        assets = len(config.asset_names)
        own = self._chosen(name, section)
        everything = np.ones(assets, bool)
        at = round(section.at_hours * 60 / config.step_minutes)
        if at >= config.steps:
            raise ScenarioError(
                f"{name} comes after {section.at_hours:g} h, and the run ends after"
                f" {24 * config.horizon_days:g} h. Lower at_hours, or raise"
                " horizon_days."
            )
        moves = np.zeros((config.steps, assets))
        falls = self._base if own is None else own
        loses = self._pegged if own is None else own
        if section.depeg and (loses & ~self._pegged).any():
            free = np.array(config.asset_names)[loses & ~self._pegged]
            raise ScenarioError(
                f"{name}: {free[0]} has no peg that it could lose and return to. Use"
                " drop, or name other assets."
            )
        moves[at] += np.log1p(-section.drop) * falls
        moves[at] += np.log1p(-section.depeg) * loses
        volatility = section.volatility
        if section.replay is not None:
            moves += replayed(config, section.replay, self._system.prices)
            volatility *= section.replay.noise
        here = everything if own is None else own
        with np.errstate(divide="ignore"):
            return Stress(
                moves=moves,
                depth=np.log1p(-section.depth_cut) * here,
                frozen=60 * section.freeze_hours / config.step_minutes * here,
                volatility=float(np.log(volatility)),
                independence=float(np.log1p(-section.correlation)),
                gas=float(np.log(section.gas)),
                start=at,
            )

    def _chosen(self, name: str, section: ScenarioConfig) -> Mask | None:
        """Assets that are named; None if none are."""
        if section.assets is None:
            return None
        names = self._config.asset_names
        unknown = [each for each in section.assets if each not in names]
        if unknown:
            raise ScenarioError(
                f"{name}: there is no asset {unknown[0]};"
                f" {did_you_mean(unknown[0], names)}."
            )
        return np.isin(names, section.assets)


def _by_asset(names: tuple[str, ...], values: ByAsset, text: str) -> list[str]:
    """Assets that share a value, together."""
    said = []
    for value in dict.fromkeys(values[values != 0].tolist()):
        these = [name for name, x in zip(names, values, strict=True) if x == value]
        who = "all" if len(these) == len(names) > 2 else " ".join(these)
        said.append(f"{who} {text.format(value)}")
    return said
