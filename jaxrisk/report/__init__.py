"""A result as a report for a risk committee: one HTML page and one PDF."""

from ._write import write_report


__all__ = ["write_report"]
