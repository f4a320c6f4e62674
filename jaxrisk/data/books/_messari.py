"""Messari's lending subgraphs: `positions`, whose sides differ between versions.

Schemas 1.1 to 2.0 have the sides LENDER and BORROWER, and the token is the market's.
Schemas 3.0 and later have COLLATERAL, in some subgraphs SUPPLIER, and BORROWER, and
the position has its own `asset`. (schema-lending.graphql of messari/subgraphs.)
"""

from .._errors import Fault
from ._amounts import flags, raw_integers, scales, tokens
from ._batch import Batch, Field
from ._entries import SUPPLY
from ._format import AbstractRecordFormat, Wishes
from ._ledger import Ledger
from ._positions import COLLATERAL, DEBT, Place


MARKET = "lending"
ONE_PROTOCOL = "Query one subgraph at a time."
OLD = "sides of schema 1.1 to 2.0 (LENDER, BORROWER)"
NEW = "sides of schema 3 (COLLATERAL, SUPPLIER, BORROWER)"
VERSIONS = {"lender": OLD, "collateral": NEW, "supplier": NEW, "borrower": ""}


class MessariPositions(AbstractRecordFormat):
    """A record for each position; an account may have several in one market.

    A lender's supply is collateral if `isCollateral` is true. Where that is null, a
    COLLATERAL position is and a SUPPLIER position is not; of a LENDER it must be told.
    """

    name = "messari"
    about = "positions of a Messari lending subgraph"
    key = "positions"
    signature = (frozenset({"side", "balance"}),)
    fields = (
        Field("account", ("account.id", "account", "user")),
        Field(
            "reserve",
            (
                "asset.symbol",
                "market.inputToken.symbol",
                "inputToken.symbol",
                "market.inputTokens.0.symbol",
                "symbol",
            ),
        ),
        Field(
            "decimals",
            (
                "asset.decimals",
                "market.inputToken.decimals",
                "inputToken.decimals",
                "market.inputTokens.0.decimals",
                "decimals",
            ),
        ),
        Field("side", ("side",)),
        Field("balance", ("balance",)),
        Field("enabled", ("isCollateral",), needed=False),
        Field("position", ("id",), needed=False),
        Field("token", ("asset.id", "market.inputToken.id"), needed=False),
        Field("market", ("market.protocol.slug", "protocol.slug"), needed=False),
    )

    def enter(
        self, batch: Batch, wishes: Wishes, ledger: Ledger, faults: list[Fault]
    ) -> None:
        """An entry a position."""
        ledger.agreement.check_tokens(batch, faults)
        ledger.agreement.check(batch, "market", ONE_PROTOCOL, faults)
        ledger.adds = "position" in batch.cells
        alike = ("balance", "side", "enabled")
        first = ledger.first_seen(batch, "position", alike, faults)
        raw = raw_integers(batch, "balance", faults)
        amounts = tokens(raw, scales(batch, "decimals", faults))
        sides = [text.strip().casefold() for text in batch.texts("side")]
        _check_sides(batch, sides, ledger, faults)
        enabled = flags(batch, "enabled", faults)
        for index, (side, flag) in enumerate(zip(sides, enabled, strict=True)):
            if side == "lender" and flag is None and amounts[index]:
                problem = "does not say whether this supply is collateral."
                remedy = "Ask for isCollateral in the query."
                faults.append(batch.fault(index, "enabled", problem, remedy))
        slug = next(iter(batch.texts("market")), "").replace("-", "_")
        market = wishes.market or slug or MARKET

        def place_of(reserve: str, side: str, flag: bool | None) -> Place:
            used = flag if flag is not None else side == "collateral"
            held = COLLATERAL if used else SUPPLY
            kind = DEBT if side == "borrower" else held
            return Place(market, "", reserve.strip(), kind)

        places = ledger.places((batch.texts("reserve"), sides, enabled), place_of)
        owners = ledger.owners(batch.texts("account"))
        ledger.add(
            [owners[index] for index in first],
            [places[index] for index in first],
            [amounts[index] for index in first],
            [batch.row[index] for index in first],
            raw=[raw[index] for index in first],
        )


def _check_sides(
    batch: Batch, sides: list[str], ledger: Ledger, faults: list[Fault]
) -> None:
    """Sides must be known, and of one version of the schema."""
    for side in dict.fromkeys(sides):
        index = sides.index(side)
        if side not in VERSIONS:
            problem = f"'{batch.texts('side')[index]}' is no side of a position."
            remedy = f"Known: {', '.join(VERSIONS).upper()}."
            faults.append(batch.fault(index, "side", problem, remedy))
        elif VERSIONS[side]:
            ledger.told[VERSIONS[side]] = None
    if len(ledger.told) > 1:
        index = next(row for row, side in enumerate(sides) if VERSIONS.get(side))
        problem = "has sides of two versions of the schema: LENDER and COLLATERAL."
        remedy = "Query one subgraph at a time."
        faults.append(batch.fault(index, "side", problem, remedy))
