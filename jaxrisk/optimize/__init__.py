"""Better parameters: what a protocol earns, with risk below limits."""

from ._checkpoint import BEST, CHECKPOINT, RESULT, TABLE, keep_states, restored, write
from ._page import DOCUMENT, PAGE, write_page
from ._pose import Posed, pose
from ._problem import AbstractSampler, Limit, Problem
from ._result import table, to_json
from ._run import Found, key_of, optimize
from ._solve import Solution, Verdict, best_so_far, solve
from ._state import SearchState


__all__ = [
    "BEST",
    "CHECKPOINT",
    "DOCUMENT",
    "PAGE",
    "RESULT",
    "TABLE",
    "AbstractSampler",
    "Found",
    "Limit",
    "Posed",
    "Problem",
    "SearchState",
    "Solution",
    "Verdict",
    "best_so_far",
    "keep_states",
    "key_of",
    "optimize",
    "pose",
    "restored",
    "solve",
    "table",
    "to_json",
    "write",
    "write_page",
]
