"""What is said of a bad file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jaxrisk.data import DataError


def message(
    path: Path, text: str | bytes, read: Callable[..., object], format: str = ""
) -> str:
    """The error of reading a file; every line of it begins with the file."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as caught:
        read(path, format)
    lines = str(caught.value).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    return str(caught.value)
