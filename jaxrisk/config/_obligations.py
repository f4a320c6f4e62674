"""Entities beside the markets: what they hold, and whom they owe."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ._section import Section, refused
from ._units import LogSpread, PositiveUsd, Ratio, Tokens, Usd


class EntityConfig(Section):
    """A treasury, a fund, a market maker; its debts are all of one rank."""

    cash_usd: Usd = 0.0
    """Money [USD]."""
    tokens: dict[str, Tokens] = Field(default_factory=dict)
    """Tokens by asset, worth their market price at the horizon [token]."""
    owes_usd: dict[str, PositiveUsd] = Field(default_factory=dict)
    """Debts to other entities, by creditor [USD]."""
    outside_usd: Usd = 0.0
    """Debt to everybody else [USD]."""
    hidden_usd: Usd = 0.0
    """Median of a debt to everybody else that nobody sees [USD]."""
    hidden_log_sd: LogSpread = 0.0
    """Standard deviation of the log of that debt."""
    bears: dict[str, Ratio] = Field(default_factory=dict)
    """Share of the bad debt of markets that it owes to their suppliers, by market."""
    recovery_assets: Ratio = 1.0
    """What a bankruptcy leaves of cash and tokens [ratio]."""
    recovery_claims: Ratio = 1.0
    """What it leaves of what other entities pay [ratio]."""

    @model_validator(mode="after")
    def _what_nobody_sees_is_there(self) -> "EntityConfig":
        if self.hidden_log_sd and not self.hidden_usd:
            raise refused(
                "hidden_log_sd",
                "there is no hidden debt for it to spread; write hidden_usd beside it, "
                "or remove it",
            )
        return self


class ObligationsConfig(Section):
    """Who owes whom; everything falls due at the horizon."""

    entities: Annotated[dict[str, EntityConfig], Field(min_length=1)]
    """Balance sheets by name."""
    netting: Literal["none", "bilateral"] = "none"
    """Whether two entities that owe each other owe the difference alone."""

    @model_validator(mode="after")
    def _nobody_owes_itself(self) -> "ObligationsConfig":
        for name, entity in self.entities.items():
            if name in entity.owes_usd:
                raise refused(
                    f"entities.{name}.owes_usd.{name}",
                    "an entity cannot owe itself; remove it, or name its creditor",
                )
        return self

    @model_validator(mode="after")
    def _bad_debt_is_borne_once(self) -> "ObligationsConfig":
        borne: dict[str, float] = {}
        for name, entity in self.entities.items():
            for market, share in entity.bears.items():
                borne[market] = borne.get(market, 0.0) + share
                if borne[market] > 1 + 1e-9:
                    raise refused(
                        f"entities.{name}.bears.{market}",
                        f"with it entities bear {borne[market]:.6g} of the bad debt of "
                        f"{market}, and there is no more than all of it; lower a share",
                    )
        return self
