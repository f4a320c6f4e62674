"""A result as a report for a risk committee: one HTML page and one PDF."""

from ._figure_network import Edge, Node, network
from ._replay_page import main_assets, write_replay_page
from ._sweep_page import write_sweep_report
from ._write import write_report


__all__ = [
    "Edge",
    "Node",
    "main_assets",
    "network",
    "write_replay_page",
    "write_report",
    "write_sweep_report",
]
