"""Tests of `jaxrisk.output`."""
