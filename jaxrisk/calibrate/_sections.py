"""A calibration in the words of a config."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from ._estimate import Estimate, Fit
from ._files import Record
from ._market import Calibration, Chosen
from ._pairs import config_correlation


DIGITS = 4
"""Significant digits of a number in a config; errors are far larger."""


def sections_of(calibration: Calibration, records: Sequence[Record]) -> dict[str, Any]:
    """Sections `assets`, `market_model`, `venues` and `calibration` of a config.

    Args:
        calibration: The fits.
        records: What was fitted to.
    """
    chosen = calibration.chosen
    sections: dict[str, Any] = {"assets": _assets(chosen)}
    if chosen.volatility:
        sections["market_model"] = _market_model(chosen)
    if chosen.depths:
        sections["venues"] = _venues(chosen)
    sections["calibration"] = {
        "version": version("jaxrisk"),
        "files": [asdict(record) for record in records],
        "fits": [_record(fit) for fit in calibration.fits],
        "refused": list(calibration.refused),
    }
    return {name: section for name, section in sections.items() if section}


def _assets(chosen: Chosen) -> dict[str, Any]:
    """Volatility of base assets, pegs of the others."""
    base = {}
    for asset in chosen.volatility:
        base[asset] = {"volatility": _number(chosen.calm_volatility(asset))}
        if chosen.jumps is not None:
            base[asset] |= _own_jumps(chosen.jumps, asset)
    return base | {asset: {"peg": _peg(fit)} for asset, fit in chosen.pegs.items()}


def _own_jumps(fit: Fit, asset: str) -> dict[str, Any]:
    dot = f".{asset}" if f"intensity.{asset}" in fit.parameters else ""
    jumps = _jumps(fit, dot)
    return {"jumps": jumps} if jumps else {}


def _jumps(fit: Fit, dot: str = "") -> dict[str, float]:
    """Intensity, mean and sd, if there are any jumps."""
    names = ("intensity", "mean", "sd")
    known = {name: f"{name}{dot}" for name in names if f"{name}{dot}" in fit.parameters}
    if len(known) < len(names) or fit[known["intensity"]] <= 0:
        return {}
    return {name: _number(fit[key]) for name, key in known.items()}


def _peg(fit: Fit) -> dict[str, Any]:
    jumps = _jumps(fit)
    return {
        "reference": fit.subject[1],
        "speed": _number(fit["speed"]),
        "volatility": _number(fit["volatility"]),
        **({"growth": _number(fit["growth"])} if "growth" in fit.parameters else {}),
        **({"jumps": jumps} if jumps else {}),
    }


def _market_model(chosen: Chosen) -> dict[str, Any]:
    model: dict[str, Any] = {"innovation": {"kind": "gaussian"}}
    if chosen.shocks is not None:
        degrees = _number(chosen.shocks["degrees_of_freedom"])
        model["innovation"] = {"kind": "student_t", "degrees_of_freedom": degrees}
    calm = chosen.regimes or chosen.correlation
    if calm is not None and len(calm.subject) > 1:
        model["correlation"] = _pairs(calm, "correlation")
    if chosen.jumps is not None and "common_intensity" in chosen.jumps.parameters:
        model["common_jumps"] = _common_jumps(chosen.jumps)
    if chosen.regimes is not None:
        fit = chosen.regimes
        names = (
            "enter_stress_per_year",
            "leave_stress_per_year",
            "volatility_multiplier",
        )
        regimes: dict[str, Any] = {name: _number(fit[name]) for name in names}
        if len(fit.subject) > 1:
            regimes["correlation"] = _pairs(fit, "stress.correlation")
        model["regimes"] = regimes
    return model


def _common_jumps(fit: Fit) -> dict[str, Any]:
    beta = {asset: _number(fit[f"beta.{asset}"]) for asset in fit.subject}
    named = {
        name: _number(fit[f"common_{name}"]) for name in ("intensity", "mean", "sd")
    }
    return {**named, "beta": beta}


def _pairs(fit: Fit, prefix: str) -> dict[str, dict[str, float]]:
    """Each pair once, under its first asset."""
    matrix = config_correlation(fit, prefix)
    pairs: dict[str, dict[str, float]] = {}
    for place, one in enumerate(fit.subject):
        for other in range(place + 1, len(fit.subject)):
            pairs.setdefault(one, {})[fit.subject[other]] = float(matrix[place, other])
    return pairs


def _venues(chosen: Chosen) -> dict[str, Any]:
    return {
        asset: {
            "kind": "power_law",
            "depth_usd": _number(depth.fit["depth_usd"]),
            "reference_move": depth.reference_move,
            "exponent": _number(depth.exponent),
        }
        for asset, depth in chosen.depths.items()
    }


def _record(fit: Fit) -> dict[str, Any]:
    return {
        "model": fit.model,
        "of": list(fit.subject),
        "start": _time(fit.window.start),
        "end": _time(fit.window.end),
        "step_seconds": fit.window.step_seconds,
        "observations": fit.window.observations,
        "parameters": {
            # The long-run volatility of a GARCH that has none is infinite.
            name: _estimate(one)
            for name, one in fit.parameters.items()
            if math.isfinite(one.value)
        },
        "test": fit.goodness.test,
        "p_value": _known(fit.goodness.p_value),
    }


def _estimate(one: Estimate) -> Mapping[str, Any]:
    return {
        "value": _number(one.value),
        "standard_error": _known(one.error),
        "low": _known(one.low),
        "high": _known(one.high),
        "unit": one.unit,
    }


def _known(value: float) -> float | None:
    return _number(value) if math.isfinite(value) else None


def _number(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _time(time: np.datetime64) -> str:
    return f"{time.astype('datetime64[s]')}Z"
