"""Imports point down only, and each outside package has its homes."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


PACKAGE = Path(__file__).resolve().parents[1] / "jaxrisk"

LAYERS = (
    {"_typing", "_numerics", "_normal", "_random", "_status", "_listing"},
    {
        "process",
        "oracle",
        "lending",
        "keeper",
        "venue",
        "options",
        "perps",
        "network",
        "policy",
        "behaviour",
    },
    {"engine"},
    {"risk"},
    {"config", "data", "output", "report"},
    {"run", "validate"},
    {"run"},
    {"sensitivity", "calibrate", "sweep", "scenario"},
    {"optimize"},
    {"cli", "__init__", "__main__"},
)
LAYER = {unit: level for level, units in enumerate(LAYERS) for unit in units}
MECHANISMS = LAYERS[1]

HOMES = {
    "pydantic": {"config", "sweep", "scenario"},
    "pydantic_core": {"config"},
    "ruamel": {"config"},
    "xarray": {"output", "report", "sensitivity", "sweep", "scenario"},
    "zarr": {"output", "sweep"},
    "pyarrow": {"data"},
    "typer": {"cli"},
    "rich": {"cli"},
    "matplotlib": {"report", "calibrate"},
    "arch": {"calibrate"},
    "jinja2": {"report"},
    "typst": {"report"},
    "optax": {"optimize"},
    "cma": {"optimize"},
    "dask": {"sweep"},
    "distributed": {"sweep"},
    "dask_jobqueue": {"sweep"},
}
NUMERICAL = sys.stdlib_module_names | {
    "jax",
    "equinox",
    "jaxtyping",
    "numpy",
    "scipy",
}


def unit_of(module: str) -> str:
    """The folder or file below the package that a dotted name is in."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports_of(module: str, source: str) -> Iterator[str]:
    """Every name that a module imports, as an absolute dotted name.

    Outside packages that are imported for annotations alone are not counted.
    """
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in node.body
    }
    for node in ast.walk(tree):
        names = list(_names_of(module, node))
        if id(node) in for_types:
            names = [name for name in names if name.startswith("jaxrisk")]
        yield from names


def _names_of(module: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = module.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield from (f"{base}.{alias.name}" for alias in node.names)


def faults_of(module: str, source: str) -> list[str]:
    """What a module imports or calls that its layer must not."""
    unit = unit_of(module)
    if unit not in LAYER:
        return [f"{module}: {unit} has no layer"]
    faults = [
        fault
        for name in imports_of(module, source)
        if (fault := _fault_of_import(unit, name))
    ]
    if unit != "cli" and _prints(source):
        faults.append("prints, which is for cli")
    return [f"{module}: {fault}" for fault in faults]


def _fault_of_import(unit: str, name: str) -> str | None:
    root = name.split(".")[0]
    if root == "jaxrisk":
        target = unit_of(name)
        if LAYER.get(target, 99) > LAYER[unit]:
            return f"{unit} imports {target}, which is above it"
        if unit in MECHANISMS and target in MECHANISMS and target != unit:
            return f"mechanism {unit} knows of mechanism {target}"
    elif unit not in HOMES.get(root, {unit}):
        return f"{root} belongs in {sorted(HOMES[root])}"
    elif (
        LAYER[unit] <= LAYER["risk"] and root not in NUMERICAL | sys.stdlib_module_names
    ):
        return f"{root} is not for the numerical layers"
    return None


def _prints(source: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        for node in ast.walk(ast.parse(source))
    )


def _modules() -> dict[str, str]:
    return {
        ".".join(["jaxrisk", *path.relative_to(PACKAGE).with_suffix("").parts]): (
            path.read_text(encoding="utf-8")
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_every_import_points_down() -> None:
    faults = [
        fault
        for module, source in _modules().items()
        for fault in faults_of(module, source)
    ]
    assert not faults, "\n".join(faults)


def test_folders_import_each_other_in_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module, source in _modules().items():
        unit = unit_of(module)
        known = {
            name for name in imports_of(module, source) if name.startswith("jaxrisk.")
        }
        graph.setdefault(unit, set()).update({unit_of(name) for name in known} - {unit})
    # The package itself names its parts only when they are asked for.
    graph.pop("__init__", None)
    graphlib.TopologicalSorter(graph).prepare()


def sibling_faults(module: str, source: str) -> list[str]:
    """What a package of loaders imports from another: they share their parent's."""
    own = module.split(".")[2]
    siblings = {"books", "depth", "options", "prices", "reserves"} - {own}
    return [
        f"{module}: imports {name}"
        for name in imports_of(module, source)
        if name.startswith("jaxrisk.data.") and name.split(".")[2] in siblings
    ]


def test_loaders_do_not_import_each_other() -> None:
    faults = [
        fault
        for module, source in _modules().items()
        if module.startswith("jaxrisk.data.") and module.count(".") > 2
        for fault in sibling_faults(module, source)
    ]
    assert not faults, "\n".join(faults)
    assert sibling_faults("jaxrisk.data.depth._read", "from ..prices import Source")
    assert not sibling_faults("jaxrisk.data.depth._read", "from .._csv import read")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("jaxrisk.engine._step", "from ..risk import expected_shortfall"),
        ("jaxrisk.engine._step", "from .. import risk"),
        ("jaxrisk.oracle._base", "from ..venue import ConstantProduct"),
        ("jaxrisk.oracle._base", "import jaxrisk.venue._base"),
        ("jaxrisk._numerics", "from .process import Process"),
        ("jaxrisk.output._schema", "import pydantic"),
        ("jaxrisk.risk._estimate", "import xarray as xr"),
        ("jaxrisk.risk._estimate", "import pandas as pd"),
        ("jaxrisk.report._html", "def f():\n    from rich.console import Console"),
        ("jaxrisk.report._html", "print(1)"),
        ("jaxrisk.engine._step", "if TYPE_CHECKING:\n    from ..risk import Tail"),
        ("jaxrisk.helpers._x", "import numpy"),
    ],
)
def test_an_import_that_points_up_is_found(module: str, source: str) -> None:
    assert len(faults_of(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "jaxrisk.engine._step",
            "from ..lending import Book\nfrom ._state import State",
        ),
        ("jaxrisk.lending.__init__", "from ._book import Book"),
        (
            "jaxrisk.report._html",
            "import xarray as xr\nfrom ..output import open_result",
        ),
        ("jaxrisk.cli._main", "import typer\nprint(1)"),
        ("jaxrisk.run._replay", "if TYPE_CHECKING:\n    import xarray as xr"),
    ],
)
def test_an_import_that_points_down_is_not_a_fault(module: str, source: str) -> None:
    assert faults_of(module, source) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import jaxrisk",
        "from jaxrisk.cli import main; sys.argv[1:] = ['--help']; main()",
    ],
)
def test_help_does_not_wait_for_jax(statement: str) -> None:
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: sys.stderr.write(f'jax={\"jax\" in sys.modules}'))\n"
        f"{statement}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("jax=False")
