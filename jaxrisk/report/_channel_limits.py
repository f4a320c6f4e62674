"""What is left out of behaviour, claims and depth, or that they are left out."""

from collections.abc import Mapping

from ._facts import Facts


Limit = tuple[str, str]

NOBODY_ACTS = (
    "Accounts do not react: nobody tops up, repays, unwinds or borrows more. Behavior "
    "before and during a crash may raise or lower the numbers."
)
SOME_ACT = (
    "Accounts with a rule follow it whatever others do; all others do not react. Rules "
    "are settings and not fitted to anybody: behavior in a crash may be another one."
)
NOBODY_RUNS = "No supplier withdraws."
SOME_RUN = (
    "Suppliers run from utilization and losses that have shown, and not from rumors "
    "or from prices."
)
NO_CLAIMS = (
    "Markets share prices and venues, but a loss in one does not mark down claims on "
    "it that are held elsewhere: a receipt token used as collateral keeps its value."
)
CLAIMS = (
    "A claim loses at once what its backing loses, and no more: nobody sells it in "
    "fear of a loss to come. Claims that the config does not name keep their value."
)
DEPTH_STAYS = (
    "The depth of a venue does not change along a path, apart from inventory that is "
    "still to be absorbed. In a crash, liquidity is withdrawn: impact is then larger "
    "than here."
)
DEPTH_MOVES = (
    "Liquidity providers leave and return by a rule on volatility and impermanent "
    "loss. They do not move to another price or another venue, and venues without such "
    "providers keep their depth."
)
ENTITIES = (
    "Entities settle once, at the horizon, at prices that their own sales do not move. "
    "Debts have one rank, and the balance sheets are those of the config."
)


def channel_limits(facts: Facts) -> tuple[Limit, ...]:
    """One sentence or two for each part, by what the config has.

    Args:
        facts: The result.
    """
    config = facts.config
    section = config.get("behaviour")
    acts: Mapping[str, object] = section if isinstance(section, Mapping) else {}
    borrowers = SOME_ACT if acts.get("borrowers") else NOBODY_ACTS
    suppliers = SOME_RUN if acts.get("suppliers") else NOBODY_RUNS
    return (
        ("Borrowers and suppliers", f"{borrowers} {suppliers}"),
        ("Contagion", CLAIMS if facts.labels("claim") else NO_CLAIMS),
        ("Depth", DEPTH_MOVES if acts.get("providers") else DEPTH_STAYS),
        *((("Entities", ENTITIES),) if config.get("obligations") else ()),
    )
