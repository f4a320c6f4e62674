"""A book as cohorts, and how far they are from it."""

import hashlib
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..config import layout_of
from ..lending._book import Book
from ..lending._exact_totals import exact_totals
from ..risk import DROPS, bad_debt_error, cohort_error
from ._book_facts import book_profile
from ._checks import cohort_pairs
from ._model import Model
from ._progress import Progress, silent
from ._simulate import measure


DEEPEST = 0.6
"""Largest fall at which profiles are compared [ratio]."""

TOGETHER = "together"
"""The fall of everything that is not pegged to USD."""

Facts: TypeAlias = dict[str, object]


def compression_facts(model: Model, *, progress: Progress = silent) -> Facts:
    """What cohorts keep of a book, and what they miss, as plain data for JSON.

    Args:
        model: From `prepare`, of a config with `book.cohorts`. Paths, seed and
            `run.cohort_check_paths` are the config's.
        progress: Called with a `Stage` whenever paths are done.

    Returns:
        Size; totals by reserve [token]; largest errors of the liquidation profile by
        scenario; errors of expected liquidations, expected bad debt and ES99 with their
        standard errors, null where they were not measured.
    """
    config = model.config
    return {
        "config": config.name,
        "config_hash": config.hash,
        "cohorts": config.book.cohorts,
        "cohort_health": "spread" if model.book.spread.any() else "mean",
        "rows": int(model.book.account.size),
        "rows_of_full_book": int(model.full.account.size),
        "members": float(model.book.members.sum()),
        "single_accounts": _singles(model.book, model.full),
        "totals": _totals(model),
        "profile": profile_error(model),
        "check": _check(model, progress),
    }


def file_facts(path: Path) -> dict[str, str]:
    """What identifies a file, wherever it lies."""
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def profile_error(model: Model) -> Facts:
    """Largest error of the cohorts' liquidation profile over falls up to `DEEPEST`.

    By asset that falls, and for all of them: the largest difference of the collateral
    that is liquidatable, over the largest that is so in the full book.
    """
    drops = DROPS[DROPS <= DEEPEST]
    full, coarse = (
        book_profile(model, book, drops).collateral for book in (model.full, model.book)
    )
    errors: Facts = {}
    for name, before, after in zip(
        (*model.config.asset_names, TOGETHER), full, coarse, strict=True
    ):
        at = int(np.argmax(np.abs(after - before)))
        size = float(before.max())
        errors[name] = {
            "largest_collateral_usd": size,
            "largest_error": float(after[at] - before[at]) / size if size else 0.0,
            "at_drop": float(drops[at]),
        }
    return errors


def _singles(book: Book, full: Book) -> int:
    """Rows that are one account of the full book."""
    return int(np.isin(book.account, full.account).sum())


def _totals(model: Model) -> Facts:
    sides = (model.book.collateral, model.book.debt)
    collateral, debt = (exact_totals(side).tolist() for side in sides)
    return {
        f"{market}.{reserve}": {"collateral": held, "debt": owed}
        for (market, reserve), held, owed in zip(
            layout_of(model.config).reserves, collateral, debt, strict=True
        )
    }


def _check(model: Model, progress: Progress) -> Facts | None:
    run = model.config.run
    if run.cohort_check_paths < 2 or not model.compressed:
        return None
    measures, kept, worst = measure(model, run.paths, run.seed, progress)
    pairs = cohort_pairs(model, measures, kept, worst, seed=run.seed, progress=progress)
    if pairs is None:
        return None
    found = cohort_error(pairs.coarse, pairs.full, first=pairs.first)
    bad_debt = bad_debt_error(
        pairs.coarse, pairs.full, in_tail=pairs.in_tail, share=pairs.tail_share
    )
    found |= bad_debt.variables("cohort_error_bad_debt")
    return {
        "seed": run.seed,
        "paths_with_cohorts": measures.paths,
        "paths_with_every_account": int(pairs.in_tail.size),
        **{
            name: _stated(found, f"cohort_error_{name}")
            for name in ("liquidations", "bad_debt", "es99")
        },
    }


def _stated(found: dict[str, np.ndarray], name: str) -> Facts | None:
    """A relative error and its standard error; null where either is not known."""
    if name not in found:
        return None
    numbers = {
        "relative_error": float(found[name]),
        "standard_error": float(found[f"{name}_se"]),
    }
    return {key: x if np.isfinite(x) else None for key, x in numbers.items()}
