"""A config: everything that defines a run."""

import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr, model_validator

from ..options import LEAST_VALUE, arbitrage
from ._assets import AssetConfig
from ._behaviour import BehaviourConfig
from ._book import BookConfig
from ._build_surface import build_surface
from ._calibration import CalibrationConfig
from ._credit import CreditConfig
from ._instrument_parts import value_at_start
from ._instruments import InstrumentConfig
from ._keeper import KeeperConfig
from ._market import EModeConfig, MarketConfig, ReserveConfig, is_toxic
from ._market_model import MarketModelConfig
from ._obligations import ObligationsConfig
from ._optimize import OptimizeConfig
from ._options import OptionsConfig
from ._oracle import OracleConfig
from ._perps import PerpsConfig
from ._policy import PolicyConfig
from ._run import EngineConfig, RunConfig
from ._scenario import ScenarioConfig
from ._section import Section, refused
from ._spirals import SpiralConfig
from ._units import Days, PositiveMinutes
from ._venue import VenueConfig


MINUTES_PER_DAY = 1440
MINUTES_PER_HOUR = 60
HOURS_PER_YEAR = 365 * 24
_NOT_NUMBERS = {
    "name": True,
    "description": True,
    "calibration": True,
    "scenarios": True,
    "optimize": True,
    "book": {"file"},
}
_OF_THE_RUN = {"run": {"paths", "seed"}}


class Config(Section):
    """A run: assets and how they move, oracles, venues, keepers, markets, book."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    """Name of the run and of its folder: letters, digits, '_', '-' and '.'."""
    description: str = ""
    """What is asked, in a sentence; the report prints it."""
    horizon_days: Days
    """How far ahead to look [day]."""
    step_minutes: PositiveMinutes = 60.0
    """Length of a step [min]; the horizon is whole steps."""
    assets: Annotated[dict[str, AssetConfig], Field(min_length=1)]
    """Tokens by name. Their order is that of the random draws."""
    market_model: MarketModelConfig = MarketModelConfig()
    """How prices move together."""
    calibration: CalibrationConfig | None = None
    """What the numbers of the market model were fitted to; changes nothing."""
    oracle: OracleConfig
    """The price that contracts act on."""
    venues: dict[str, VenueConfig]
    """Where each asset and instrument is sold, by name; all must be named."""
    keeper: KeeperConfig
    """Who liquidates, and when it pays."""
    markets: Annotated[dict[str, MarketConfig], Field(min_length=1)]
    """Lending protocols by name."""
    book: BookConfig
    """Who holds what and who owes what."""
    instruments: dict[str, InstrumentConfig] | None = None
    """Collateral with options, by name, each an asset after the others; null for
    none."""
    options: OptionsConfig | None = None
    """Options dealers who hedge; null for none."""
    perps: PerpsConfig | None = None
    """Perpetual futures beside the spot market; null for none."""
    policy: PolicyConfig | None = None
    """What governance pauses, limits, caps and pays; null for nothing."""
    spirals: dict[str, SpiralConfig] | None = None
    """Mint-and-burn stablecoins by asset; null for none."""
    credit: CreditConfig | None = None
    """Credit lines beyond collateral; null for none."""
    behaviour: BehaviourConfig | None = None
    """Borrowers, suppliers and liquidity providers who act; null for none."""
    obligations: ObligationsConfig | None = None
    """Entities that owe each other, settled at the horizon; null for none."""
    scenarios: dict[str, ScenarioConfig] | None = None
    """Stress scenarios by name, for `jaxrisk stress`; they change no run."""
    optimize: OptimizeConfig | None = None
    """What `jaxrisk optimize` may change, and what for; it changes no run."""
    engine: EngineConfig = EngineConfig()
    """Settings of the engine."""
    run: RunConfig = RunConfig()
    """Settings of the run."""

    _folder: Path = PrivateAttr(Path())

    @model_validator(mode="after")
    def _instruments_are_worth_something(self) -> "Config":
        for name, one in (self.instruments or {}).items():
            asset = self.assets.get(one.underlying)
            least = 0.0 if asset is None else 2 * LEAST_VALUE * asset.price_usd
            if asset and value_at_start(one, asset.price_usd) <= least:
                raise refused(
                    f"instruments.{name}",
                    "it is worth nothing at the start, and cannot be collateral; sell "
                    "fewer options, or hold more of the asset",
                )
        return self

    @property
    def folder(self) -> Path:
        """The folder that files are relative to."""
        return self._folder

    @property
    def steps(self) -> int:
        """Steps to the horizon."""
        return round(self.horizon_days * MINUTES_PER_DAY / self.step_minutes)

    @property
    def asset_names(self) -> tuple[str, ...]:
        """Assets and, after them, instruments: the asset axis."""
        return (*self.assets, *(self.instruments or {}))

    @property
    def start_prices(self) -> dict[str, float]:
        """Price of every asset and instrument at the start [USD]."""
        spot = {name: asset.price_usd for name, asset in self.assets.items()}
        return spot | {
            name: value_at_start(one, spot[one.underlying])
            for name, one in (self.instruments or {}).items()
        }

    @property
    def hash(self) -> str:
        """SHA-256 of all that changes a path, and of the levels reported.

        Names, description, provenance, paths, seed and the place of the book are left
        out: the manifest has them apart. Order counts: the random draws follow it. A
        part of the market that is not there does not count: configs from before it was
        known have kept their hash.
        """
        left_out = _NOT_NUMBERS | _OF_THE_RUN
        dumped = self.model_dump(mode="json", exclude=left_out)
        settings = {key: part for key, part in dumped.items() if part is not None}
        canonical = json.dumps(settings, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """What is legal but should be looked at: dotted path and sentence."""
        found = []
        for name, market in self.markets.items():
            for family in ("reserves", "e_modes"):
                for key, section in getattr(market, family).items():
                    if is_toxic(section):
                        field = f"markets.{name}.{family}.{key}.liquidation_threshold"
                        found.append((field, _toxic(section)))
        underlyings = {} if self.options is None else self.options.underlyings
        for name, options in underlyings.items():
            field = f"options.underlyings.{name}.surface"
            sentences = arbitrage(build_surface(options.surface))
            found += [(field, _arbitrage(sentence)) for sentence in sentences]
        for name, one in (self.instruments or {}).items():
            field = f"instruments.{name}.surface"
            sentences = arbitrage(build_surface(one.surface))
            found += [(field, _arbitrage(sentence)) for sentence in sentences]
        return tuple(found)

    def __eq__(self, other: object) -> bool:
        """Whether both describe the same run, in order, wherever their files lie."""
        return isinstance(other, Config) and self._text() == other._text()

    def _text(self) -> str:
        return self.model_dump_json()

    def __hash__(self) -> int:
        """By the hash of the settings."""
        return hash(self.hash)


def _toxic(section: ReserveConfig | EModeConfig) -> str:
    product = section.liquidation_threshold * (1 + section.liquidation_bonus)
    return (
        f"toxic: liquidation_threshold * (1 + liquidation_bonus) is {product:.4g}; "
        "from 1 on a liquidation lowers the health of its account; lower one of them"
    )


def _arbitrage(sentence: str) -> str:
    return f"it allows arbitrage: {sentence.rstrip('.')}; smooth it, or fit it anew"
