"""The commands, put together. Nothing heavy is imported before a command runs."""

import importlib.metadata
from typing import Annotated

import typer

from ._attribution import attribution
from ._book import book
from ._calibrate import calibrate
from ._contagion import contagion
from ._data import data
from ._optimize import optimize
from ._profile import profile
from ._replay import replay
from ._report import report
from ._run import run
from ._schema import schema
from ._sensitivities import sensitivities
from ._stress import stress
from ._sweep import sweep
from ._sweep_report import sweep_report
from ._validate import validate


app = typer.Typer(
    name="jaxrisk",
    epilog="Start with: jaxrisk run configs/minimal.yaml",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(epilog="Example: jaxrisk run configs/minimal.yaml --paths 20000 --seed 7")(
    run
)
app.command(epilog="Example: jaxrisk report out/minimal")(report)
app.command(epilog="Example: jaxrisk replay out/minimal --path 812")(replay)
app.command(
    epilog="Example: jaxrisk sensitivities configs/minimal.yaml --of mean,es99"
    " --wrt liquidation_threshold,volatility"
)(sensitivities)
app.command(
    epilog="Example: jaxrisk attribution configs/minimal.yaml --paths 20000"
    " --out attribution.csv"
)(attribution)
app.command(
    epilog="Example: jaxrisk contagion configs/minimal.yaml --paths 20000"
    " --figure network.svg"
)(contagion)
app.command(
    epilog="Example: jaxrisk stress configs/minimal.yaml --scenario drop_30,crash"
    " --against depth_cut_50"
)(stress)
app.command(
    epilog="Example: jaxrisk optimize configs/optimize_small.yaml --out out/optimized"
)(optimize)
app.command(
    epilog="Example: jaxrisk profile configs/short_gamma_selloff.yaml --out profile.csv"
)(profile)
app.command(
    epilog="Example: jaxrisk sweep configs/sweeps/ltv_grid.yaml --workers local"
)(sweep)
app.command(
    name="sweep-report", epilog="Example: jaxrisk sweep-report out/ltv_grid.zarr"
)(sweep_report)
app.add_typer(book)
app.command(
    epilog="Example: jaxrisk calibrate ETHUSDT_1h.csv BTCUSDT_1h.csv"
    " --names ETH=WETH,BTC=WBTC --out market.yaml"
)(calibrate)
app.command(epilog="Example: jaxrisk validate V3 V22")(validate)
app.add_typer(data, name="data")
app.command(epilog="Example: jaxrisk schema > configs/schema.json")(schema)


def _version(asked: bool) -> bool:
    if asked:
        print(importlib.metadata.version("jaxrisk"))
        raise typer.Exit
    return asked


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """Monte Carlo risk engine for decentralized lending, on JAX.

    Results go to stdout and to files, everything else to stderr. Exit codes: 0 done,
    1 failed, 2 a mistake in the command, the config or a file, 3 some settings of a
    sweep failed or an optimization has no solution, 130 interrupted.
    """


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    app()
