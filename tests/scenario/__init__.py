"""Tests of stress scenarios."""
