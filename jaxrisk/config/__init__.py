"""Configs: YAML files that define a run, checked at the door."""

from ._build import build_system, supplied_tokens
from ._build_network import marked_assets
from ._build_options import build_options
from ._build_prices import claim_weights
from ._config import Config
from ._correlation import nearest_correlation, rounded_correlation
from ._faults import ConfigError, Fault, Mark
from ._load import load, parse, schema
from ._load_book import compress_book, load_book
from ._parameters import Parameter, parameters, shifted
from ._tables import (
    asset_of_reserve,
    initial_prices,
    layout_of,
    liquidation_bonuses,
    liquidation_thresholds,
    loan_to_values,
    market_of_reserve,
    reserve_prices,
)
from ._variants import Variants
from ._write import yaml_text


__all__ = [
    "Config",
    "ConfigError",
    "Fault",
    "Mark",
    "Parameter",
    "Variants",
    "asset_of_reserve",
    "build_options",
    "build_system",
    "claim_weights",
    "compress_book",
    "initial_prices",
    "layout_of",
    "liquidation_bonuses",
    "liquidation_thresholds",
    "load",
    "load_book",
    "loan_to_values",
    "marked_assets",
    "market_of_reserve",
    "nearest_correlation",
    "parameters",
    "parse",
    "reserve_prices",
    "rounded_correlation",
    "schema",
    "shifted",
    "supplied_tokens",
    "yaml_text",
]
