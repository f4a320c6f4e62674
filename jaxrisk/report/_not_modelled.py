"""What is not modelled, in one place. Keep it in step with `docs/model.md`."""

import math
from collections.abc import Mapping

from ._blocks import Paragraph, Section, Statements
from ._channel_limits import channel_limits
from ._facts import Facts
from ._format import percent


# Broadie, Glasserman and Kou (1997): a barrier watched every dt acts like one that is
# watched always but stands exp(0.5826 sigma sqrt(dt)) further away.
SHIFT = 0.5826
MINUTES_PER_YEAR = 525_600

LIMITS = (
    (
        "Trades in dollars",
        "Keepers sell collateral and buy debt against USD, each asset in its own "
        "venue. There is no routing between pairs and no spread over the venue's own.",
    ),
    (
        "Seizure pro rata",
        "A liquidation repays and seizes in proportion to all balances of an account. "
        "On a chain a keeper chooses one collateral and one debt, often the most "
        "liquid.",
    ),
    (
        "Keepers",
        "All keepers act as one, in a few tiers of profit, with one gas price. "
        "Rivalry, auctions, failed transactions, congestion and capture of their "
        "profit by block builders are left out.",
    ),
    (
        "Inside a step",
        "The cascade runs a fixed number of rounds in a step. What is still "
        "liquidatable then waits for the next step.",
    ),
    (
        "Oracles",
        "Published prices are late, never wrong: no manipulation, no outage, no "
        "disagreement between sources. Thresholds below the typical move of a step "
        "make no difference, because prices are seen once a step.",
    ),
    (
        "Market",
        "Volatility is constant within a regime, correlation within a regime, and the "
        "parameters are those of the config: their own uncertainty is in no interval.",
    ),
)


GOVERNANCE = (
    (
        "Contracts and governance",
        "Bugs and guardian actions are left out. Policy acts once a step, and nobody "
        "acts on it before: no account runs from a pause or a lower factor that is "
        "announced, keepers do not reckon with limits, and stakers do not leave before "
        "they are slashed.",
    ),
)
WITHOUT_GOVERNANCE = (
    (
        "Contracts and governance",
        "Bugs, freezes, changed parameters, supply and borrow caps, and guardian "
        "actions are left out.",
    ),
)
DEALERS = (
    (
        "Options dealers",
        "What dealers hold is an assumed share of open interest, and stays as it is "
        "until it expires: customers neither trade nor roll options on the way. "
        "Dealers hedge delta alone, in spot and not in futures, without limits of "
        "capital or of loss; those of an asset act as one. Implied volatility follows "
        "a rule and no market of its own: nobody bids for it in a crash, and hedging "
        "does not move it.",
    ),
)
INSTRUMENTS = (
    (
        "Options as collateral",
        "Who buys an instrument from a keeper sells its delta in the underlying once, "
        "and does not hedge on. Options are European, are worth what a moving surface "
        "says, and their writers always pay. The premium is not in a run: accounts "
        "hold what the book says. The liquidation profile and cohorts take an "
        "instrument to fall as its underlying does.",
    ),
)
PERPETUALS = (
    (
        "Perpetual futures",
        "Traders open nothing new and add no margin. Margin is in dollars, so that it "
        "does not fall with the price, and positions elsewhere, loans included, do "
        "not count. There is one exchange with one insurance fund; makers in its "
        "books have no limit of capital, and the depth of the books does not change. "
        "A trader below maintenance is closed whole in the round in which it is seen; "
        "an exchange may close it in parts.",
    ),
)
WITHOUT_DEALERS = (
    (
        "Options dealers",
        "Hedging of options is not in this run. Where dealers are short of options it "
        "would add to a fall in price, where they are long it would dampen it.",
    ),
)
WITHOUT_PERPETUALS = (
    (
        "Perpetual futures",
        "Perpetual futures, funding and auto-deleveraging are not in this run. Their "
        "flow may add to a fall in price.",
    ),
)


def not_modelled(facts: Facts) -> Section:
    """The limits of the model, with the size of those that can be computed.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    return Section(
        "What is not modelled",
        [
            Paragraph(
                "The numbers hold for the model above. The following is outside of it, "
                "and no interval in this report covers it."
            ),
            Statements(
                (
                    *channel_limits(facts),
                    *LIMITS,
                    *_governance(facts),
                    *_derivatives(facts),
                    *_monitoring(facts),
                    *_failed(facts),
                )
            ),
        ],
    )


def _governance(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What is left out of policy, or that it is left out."""
    return GOVERNANCE if facts.config.get("policy") else WITHOUT_GOVERNANCE


def _derivatives(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What is left out of derivatives, or that they are left out."""
    return (
        *(DEALERS if facts.has_dealers else WITHOUT_DEALERS),
        *(INSTRUMENTS if facts.config.get("instruments") else ()),
        *(PERPETUALS if facts.has_perps else WITHOUT_PERPETUALS),
    )


def monitoring_bias(volatility: float, step_minutes: float) -> float:
    r"""How much closer a threshold would act if it were watched all the time.

    .. math:: 1 - \exp(-0.5826\, \sigma \sqrt{dt})

    Args:
        volatility: Annual volatility of the price [ratio].
        step_minutes: Time between two looks at the price [min].

    Returns:
        The shift of the threshold [ratio].
    """
    years = step_minutes / MINUTES_PER_YEAR
    return -math.expm1(-SHIFT * volatility * math.sqrt(years))


def _monitoring(facts: Facts) -> list[tuple[str, str]]:
    """The bias of looking at prices once a step, for the main asset."""
    title = "Prices once a step"
    text = (
        "Health is checked once a step, not continuously. A threshold that is watched "
        "at intervals is breached late (Broadie, Glasserman and Kou), so that "
        "liquidations are slightly too few, and start at slightly lower prices"
    )
    step = facts.config.get("step_minutes")
    assets = facts.config.get("assets") or {}
    for asset in facts.volatile_assets:
        settings = assets.get(asset)
        if not isinstance(settings, Mapping) or not step:
            continue
        volatility = settings.get("volatility")
        if volatility:
            shift = percent(monitoring_bias(float(volatility), float(step)))
            return [
                (
                    title,
                    f"{text}: for {asset}, with {100 * float(volatility):g} % "
                    f"volatility and steps of {float(step):g} minutes, as if its price "
                    f"had to fall {shift} further. It is not corrected.",
                )
            ]
    return [(title, f"{text}. It is not corrected.")]


def _failed(facts: Facts) -> list[tuple[str, str]]:
    """What became of paths that failed."""
    if not facts.failed:
        return []
    return [
        (
            "Failed paths",
            f"{facts.failed:,} of {facts.paths:,} paths failed and are left out of "
            "every number. If they are the violent ones, losses are understated.",
        )
    ]
