"""Tests of `jaxrisk.risk`."""
