"""The book of a run: a file, or accounts written out in the config."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._section import Section, refused
from ._units import Count, Members, Tokens


class AccountConfig(Section):
    """One account of a small book."""

    account: Annotated[str, Field(min_length=1)]
    """Its name."""
    market: str | None = None
    """Where it stands; null for the only market."""
    e_mode: str = ""
    """Its e-mode; empty for none."""
    collateral: dict[str, Tokens] = Field(default_factory=dict)
    """Collateral by reserve [token]."""
    debt: dict[str, Tokens] = Field(default_factory=dict)
    """Debt by reserve [token]."""
    members: Members = 1.0
    """Real accounts that it stands for; balances are of all of them together."""


class BookConfig(Section):
    """Who holds what and who owes what: `file`, or `accounts`."""

    file: str | None = None
    """A book file (CSV, CSV.gz), relative to the config that names it."""
    format: Literal["jaxrisk", "lido_aave_v2"] = "jaxrisk"
    """Format of the file."""
    accounts: Annotated[tuple[AccountConfig, ...], Strict(False)] | None = None
    """The accounts themselves, for small books."""
    cohorts: Count | None = None
    """Compress the book to so many cohorts; null simulates every account."""
    cohort_health: Literal["spread", "mean"] = "spread"
    """Whether a cohort is a distribution of its members' health, liquidated weakest
    first, or one account with their mean: several times faster, and less accurate."""

    @model_validator(mode="after")
    def _has_one_source(self) -> "BookConfig":
        if (self.file is None) == (self.accounts is None):
            raise refused(
                "",
                "a book is either a file or accounts; write file: book.csv, or "
                "accounts: [{account: alice, collateral: {...}, debt: {...}}]",
            )
        if self.accounts is not None and not self.accounts:
            raise refused("accounts", "the book is empty; add at least one account")
        return self
