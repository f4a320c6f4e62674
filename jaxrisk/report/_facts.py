"""What the report says about a run as a whole: names, horizon, paths, assets."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import xarray as xr

from ._estimate import Estimate, estimate
from ._format import SPACE


TOTAL = "total"
LEVEL = 0.99


def level_name(level: float) -> str:
    """A confidence level as a reader writes it, such as "99.9 %"."""
    return f"{100 * level:.4g}{SPACE}%"


@dataclass(frozen=True)
class Facts:
    """A result, and what follows from it in more than one section.

    Attributes:
        dataset: The result.
    """

    dataset: xr.Dataset

    @cached_property
    def config(self) -> dict[str, Any]:
        """The settings of the run; empty where the result does not hold them."""
        return self.mapping("config")

    def mapping(self, name: str) -> dict[str, Any]:
        """An attribute that holds a JSON object; empty where it is absent."""
        stored = self.dataset.attrs.get(name) or "{}"
        loaded = json.loads(stored) if isinstance(stored, str) else stored
        return dict(loaded) if isinstance(loaded, Mapping) else {}

    def attribute(self, *names: str) -> str:
        """The first of several attributes that the result has; empty otherwise."""
        attributes = self.dataset.attrs
        found = (str(attributes[name]) for name in names if name in attributes)
        return next(found, "")

    def measured(self, *names: str) -> bool:
        """Whether the result holds all of these variables, with a finite number."""
        return all(
            name in self.dataset and bool(self.dataset[name].notnull().any())
            for name in names
        )

    def labels(self, dimension: str) -> list[str]:
        """The labels of a dimension; none where the result does not have it."""
        if dimension not in self.dataset.coords:
            return []
        return [str(label) for label in self.dataset[dimension].to_numpy()]

    @cached_property
    def name(self) -> str:
        """Name of the config."""
        return str(self.config.get("name") or self.attribute("name") or "unnamed")

    @cached_property
    def title(self) -> str:
        """Title of the report."""
        return self.attribute("title") or self.name

    @cached_property
    def horizon(self) -> str:
        """The horizon in words, such as "7 days"."""
        stated = self.attribute("horizon_days") or self.config.get("horizon_days")
        days = float(stated or math.nan)
        if not math.isfinite(days) and "time" in self.dataset.coords:
            days = float(self.dataset["time"].max())
        if not math.isfinite(days):
            return "the horizon"
        unit = "day" if days == 1 else "days"
        return f"{days:g}{SPACE}{unit}"

    @cached_property
    def paths(self) -> int:
        """Number of simulated paths; zero where the result does not say."""
        return int(float(self.attribute("paths") or 0))

    @cached_property
    def failed(self) -> int:
        """Number of paths that failed and are left out of every estimate."""
        return int(float(self.attribute("failed_paths") or 0))

    @cached_property
    def scopes(self) -> list[str]:
        """The total and the markets."""
        return self.labels("scope") or [TOTAL]

    @cached_property
    def markets(self) -> list[str]:
        """Names of the markets."""
        return [scope for scope in self.scopes if scope != TOTAL]

    @cached_property
    def levels(self) -> list[float]:
        """Confidence levels that were measured."""
        if "level" not in self.dataset.coords:
            return []
        return [float(level) for level in self.dataset["level"].to_numpy()]

    @cached_property
    def has_dealers(self) -> bool:
        """Whether options dealers hedge in this run."""
        return bool(self.labels("dealer"))

    @cached_property
    def has_perps(self) -> bool:
        """Whether perpetual futures trade in this run."""
        return bool(self.labels("perp"))

    @cached_property
    def feedback(self) -> str:
        """Whose trades move prices, in words."""
        more = [" and hedging"] if self.has_dealers or self.has_perps else []
        return "".join(["liquidations", *more])

    def estimate(self, name: str, **at: object) -> Estimate:
        """A number of the result with its 95 % interval."""
        return estimate(self.dataset, name, **at)

    def reserve_name(self, reserve: str) -> str:
        """A reserve as a reader names it: without its market where there is one."""
        for market in self.markets:
            if reserve.startswith(f"{market}."):
                short = reserve[len(market) + 1 :]
                return short if len(self.markets) == 1 else f"{short}{SPACE}({market})"
        return reserve

    def asset_of(self, reserve: str) -> str:
        """The asset of a reserve: the one that the config names, or its own name."""
        for market in self.markets:
            if reserve.startswith(f"{market}."):
                short = reserve[len(market) + 1 :]
                settings = self.config.get("markets", {}).get(market, {})
                listed = settings.get("reserves", {}).get(short) or {}
                return str(listed.get("asset") or short)
        return reserve

    @cached_property
    def volatile_assets(self) -> list[str]:
        """Assets that are no stablecoin, the one with most collateral first."""
        shares = dict.fromkeys(self.labels("asset"), 0.0)
        if "collateral_share" in self.dataset:
            for reserve in self.labels("reserve"):
                asset = self.asset_of(reserve)
                share = float(self.dataset["collateral_share"].sel(reserve=reserve))
                if math.isfinite(share):
                    shares[asset] = shares.get(asset, 0.0) + share
        kept = [asset for asset in self.labels("asset") if not self._is_stable(asset)]
        return sorted(kept, key=lambda asset: -shares[asset])

    def _is_stable(self, asset: str) -> bool:
        settings = self.config.get("assets", {}).get(asset) or {}
        peg = settings.get("peg") or {}
        return peg.get("reference") == "USD"

    @cached_property
    def synthetic(self) -> bool:
        """Whether the book, as far as the result says, is made up."""
        book = self.config.get("book") or {}
        words = [str(self.config.get("description", "")), str(book.get("file", ""))]
        stated = self.attribute("book_synthetic").lower()
        if stated:
            return stated in ("1", "true", "yes")
        return any("synthetic" in text.lower() for text in words)
