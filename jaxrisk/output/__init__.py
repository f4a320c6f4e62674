"""Results: labeled, traceable, on disk all at once or not at all."""

from ._dataset import to_dataset
from ._errors import OutputError
from ._folder import check_folder, estimated_size
from ._replay import REPLAY_SCHEMA, path_bad_debt, replay_dataset, write_replay
from ._result import ATTRIBUTES, Result
from ._schema import COORDINATES, SCHEMA
from ._variable import Variable


__all__ = [
    "ATTRIBUTES",
    "COORDINATES",
    "REPLAY_SCHEMA",
    "SCHEMA",
    "OutputError",
    "Result",
    "Variable",
    "check_folder",
    "estimated_size",
    "path_bad_debt",
    "replay_dataset",
    "to_dataset",
    "write_replay",
]
