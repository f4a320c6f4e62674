"""From settings to obligations."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..network import (
    AbstractObligations,
    NoObligations,
    Obligations,
    Recovery,
    netted,
)
from ._config import Config


def build_obligations(config: Config, dtype: np.dtype) -> AbstractObligations:
    """The obligations that the settings describe; none where there are none."""
    if config.obligations is None:
        return NoObligations()
    entities = list(config.obligations.entities.values())

    def column(field: str) -> Float[Array, " entity"]:
        return jnp.asarray([getattr(entity, field) for entity in entities], dtype)

    def table(field: str, names: Sequence[str]) -> Float[Array, "entity name"]:
        given = [getattr(entity, field) for entity in entities]
        rows = [[row.get(name, 0.0) for name in names] for row in given]
        return jnp.asarray(rows, dtype)

    owed = table("owes_usd", list(config.obligations.entities))
    return Obligations(
        cash=column("cash_usd"),
        tokens=table("tokens", config.asset_names),
        liabilities=netted(owed) if config.obligations.netting == "bilateral" else owed,
        outside=column("outside_usd"),
        hidden=column("hidden_usd"),
        hidden_sd=column("hidden_log_sd"),
        bears=table("bears", list(config.markets)),
        recovery=Recovery(
            assets=column("recovery_assets"), claims=column("recovery_claims")
        ),
    )
