"""Entries of a result with entities that owe each other, and only of those."""

from ._variable import Variable, bounded, estimated


_ENTITY = ("entity",)
_LEVEL = ("entity", "level")

OBLIGATIONS = {
    **estimated(
        "entity_shortfall_mean", _ENTITY, "USD", "mean owed by an entity and not paid"
    ),
    **estimated(
        "entity_equity_mean", _ENTITY, "USD", "mean left to the owners of an entity"
    ),
    **bounded(
        "entity_default_probability",
        _ENTITY,
        "1",
        "probability that an entity cannot pay what it owes",
    ),
    **bounded(
        "entity_contagion_probability",
        _ENTITY,
        "1",
        "probability that it cannot because others do not pay it",
    ),
    **bounded(
        "entity_shortfall_var",
        _LEVEL,
        "USD",
        "value at risk of what an entity owes and does not pay",
    ),
    **estimated(
        "entity_shortfall_es",
        _LEVEL,
        "USD",
        "expected shortfall of what an entity owes and does not pay",
    ),
}
"""Variables; a result without entities has none of theirs."""

OBLIGATIONS_COORDINATES = {
    "entity": Variable(_ENTITY, "1", "who owes beside the lending markets"),
}
"""Labels of their dimension."""
