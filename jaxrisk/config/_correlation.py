"""Correlation matrices of a config, and the nearest valid one to a faulty one."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float64
from pydantic import ValidationError

from ._faults import Fault
from ._market_model import MarketModelConfig, Pairs
from ._yaml import Tree


Matrix = Float64[np.ndarray, "asset asset"]
LEAST_EIGENVALUE = 1e-6
"""Below this a matrix counts as not positive definite."""
_PROJECTIONS = 200


def correlation_matrices(
    pegged: Mapping[str, bool], model: MarketModelConfig
) -> list[Matrix]:
    """One correlation matrix of shocks for every regime, calm first.

    Args:
        pegged: Whether an asset follows others, in the order of the asset axis.
        model: The joint law; pairs of unknown assets are ignored.
    """
    names = list(pegged)
    base = np.array([not is_pegged for is_pegged in pegged.values()], dtype=bool)
    between_bases = np.outer(base, base) & ~np.eye(len(names), dtype=bool)
    calm = np.eye(len(names)) + model.correlation_default * between_bases
    _write(calm, names, model.correlation)
    if model.regimes is None:
        return [calm]
    floor = model.regimes.correlation_floor
    raised = np.maximum(calm, -1.0 if floor is None else floor)
    stress = np.where(between_bases, raised, calm)
    _write(stress, names, model.regimes.correlation)
    return [calm, stress]


def check_correlation(tree: Tree) -> Iterator[Fault]:
    """Matrices that are not positive definite, with the nearest one that is."""
    section = tree.at("market_model")
    try:
        model = MarketModelConfig.model_validate(section.plain() or {})
    except ValidationError:
        return  # Its faults are listed as those of the section.
    pegged = {
        name: any(asset.at(key).value is not None for key in ("peg", "claim_on"))
        for name, asset in tree.at("assets").mapping.items()
    }
    matrices = correlation_matrices(pegged, model)
    names = ("correlation", "regimes.correlation")
    for name, matrix in zip(names, matrices, strict=False):
        least = _least_eigenvalue(matrix)
        if least < LEAST_EIGENVALUE:
            where = section.at(*name.split("."))
            valid = _changes(list(pegged), matrix)
            reason = (
                f"the matrix is not positive definite (least eigenvalue {least:.3g}), "
                "so no prices can move together like this; change some pairs, for "
                f"example to those of the nearest valid one: {valid}"
            )
            yield Fault(where.key_mark, f"market_model.{name}", reason)


def nearest_correlation(matrix: Matrix, *, least_eigenvalue: float = 1e-3) -> Matrix:
    """The nearest correlation matrix with eigenvalues from `least_eigenvalue` on.

    Alternating projections on matrices with these eigenvalues and matrices of unit
    diagonal, with Dykstra's correction. Source: Higham (2002), Computing the nearest
    correlation matrix, a problem from finance.
    """
    nearest, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(_PROJECTIONS):
        start = nearest - correction
        values, vectors = np.linalg.eigh(start)
        projected = (vectors * np.maximum(values, least_eigenvalue)) @ vectors.T
        correction = projected - start
        nearest = projected.copy()
        np.fill_diagonal(nearest, 1.0)
    return nearest


def rounded_correlation(matrix: Matrix) -> Matrix:
    """The nearest one to three decimals, drawn towards the identity until valid."""
    nearest = nearest_correlation(matrix)
    for share in (0.0, 0.002, 0.005, 0.01, 0.02, 0.05):
        drawn = (1 - share) * nearest + share * np.eye(len(nearest))
        rounded = np.round(drawn, 3)
        if _least_eigenvalue(rounded) >= LEAST_EIGENVALUE:
            break
    return rounded


def _write(matrix: Matrix, names: list[str], pairs: Pairs) -> None:
    for one, others in pairs.items():
        for other, value in others.items():
            if one in names and other in names and one != other:
                i, j = names.index(one), names.index(other)
                matrix[i, j] = matrix[j, i] = value


def _least_eigenvalue(matrix: Matrix) -> float:
    return float(np.linalg.eigvalsh(matrix)[0]) if len(matrix) else 1.0


def _changes(names: list[str], matrix: Matrix) -> str:
    """The pairs that the nearest matrix changes, as one line of YAML."""
    nearest = rounded_correlation(matrix)
    changed = np.triu(np.abs(nearest - matrix) > 5e-4, k=1)
    rows = []
    for i in np.flatnonzero(changed.any(axis=1)):
        row = (f"{names[j]}: {nearest[i, j]:.12g}" for j in np.flatnonzero(changed[i]))
        rows.append(f"{names[i]}: {{{', '.join(row)}}}")
    return f"{{{', '.join(rows)}}}"
