"""What no linter checks: short files, short functions, nothing of one machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest


REPOSITORY = Path(__file__).resolve().parents[1]
FILE_LINES = 300
FUNCTION_LINES = 80

_MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:root|work|home|Users|opt|mnt|tmp)/")
# Written in parts, so that this file does not name what it looks for.
_HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("anaconda", "org"),
    ("npmjs", "org"),
    ("download", "pytorch", "org"),
)
_PACKAGE_HOST = re.compile(
    "|".join(r"\.".join(parts) for parts in _HOSTS)
    + r"|--(?:extra-)?index[-]url|--find-links"
)


def length_faults(source: str) -> list[str]:
    """What is too long in a Python file."""
    lines = source.count("\n")
    faults = [f"{lines} lines, {FILE_LINES} allowed"] if lines > FILE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                faults.append(f"{node.name} has {size} lines, {FUNCTION_LINES} allowed")
    return faults


def machine_faults(text: str) -> list[str]:
    """Lines that only make sense on the machine where they were written."""
    return [
        line
        for line in text.splitlines()
        if _MACHINE_PATH.search(line) or _PACKAGE_HOST.search(line)
    ]


def _project_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: no list of the project's own files")
    paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_files_and_functions_are_short() -> None:
    faults = {
        str(path.relative_to(REPOSITORY)): found
        for path in _project_files()
        if path.suffix == ".py" and (found := length_faults(path.read_text("utf-8")))
    }
    assert not faults


def test_no_file_names_a_machine_path_or_a_package_host() -> None:
    faults = {}
    for path in _project_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if path != Path(__file__).resolve() and (found := machine_faults(text)):
            faults[str(path.relative_to(REPOSITORY))] = found
    assert not faults


def test_what_is_too_long_is_found() -> None:
    body = "    x = 1\n"
    assert length_faults("def f():\n" + body * FUNCTION_LINES)
    assert not length_faults("def f():\n" + body * (FUNCTION_LINES - 1))
    assert length_faults("x = 1\n" * (FILE_LINES + 1))


@pytest.mark.parametrize(
    "line",
    [
        "open('/home/me/book.csv')",
        "cd /{}/x".format("work"),
        "pip install -i https://{}/simple".format(".".join(_HOSTS[0])),
    ],
)
def test_what_belongs_to_one_machine_is_found(line: str) -> None:
    assert machine_faults(line)


@pytest.mark.parametrize(
    "line",
    ["#!/usr/bin/env bash", "https://example.org/home/", "../shared/data", "out/tmp/"],
)
def test_what_any_machine_has_is_not_a_fault(line: str) -> None:
    assert not machine_faults(line)
