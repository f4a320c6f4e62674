"""The options that dealers have, on the host."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64


PerOption = Float64[np.ndarray, "_"]
Kinds = Bool[np.ndarray, "_"]
"""Of any length: that there is one of each by option is checked in words."""
Share = float | PerOption


@dataclass(frozen=True)
class OptionBook:
    """European options on one asset, settled in cash at expiry.

    Attributes:
        strike: Strikes, above zero [USD].
        expiry: Times from the start of the simulation, above zero [year].
        is_call: Whether each is a call.
        position: The dealers' net position: above zero what they are long [token].

    Raises:
        ValueError: If lengths differ, a strike or expiry is not above zero, or a
            position is not a number.
    """

    strike: PerOption
    expiry: PerOption
    is_call: Kinds
    position: PerOption

    def __post_init__(self) -> None:
        _check_lengths(
            strike=self.strike,
            expiry=self.expiry,
            is_call=self.is_call,
            position=self.position,
        )
        _check_above_zero("strike", self.strike, "Strikes are in USD.")
        _check_above_zero(
            "expiry", self.expiry, "Leave out what has expired at the start."
        )
        if not np.isfinite(self.position).all():
            at = int(np.flatnonzero(~np.isfinite(self.position))[0])
            raise ValueError(
                f"position of option {at} is {self.position[at]}: it must be a number "
                "of tokens. Give zero where the dealers have none."
            )

    @classmethod
    def empty(cls) -> "OptionBook":
        """A book without options."""
        none = np.zeros(0)
        return cls(none, none, np.zeros(0, bool), none)

    @classmethod
    def from_open_interest(
        cls,
        strike: PerOption,
        expiry: PerOption,
        is_call: Kinds,
        open_interest: PerOption,
        *,
        call_share: Share,
        put_share: Share,
    ) -> "OptionBook":
        """The dealers' position as an assumed share of open interest.

        Open interest does not say who is long. A common assumption is that customers
        sell calls against what they hold and buy puts to protect it: dealers are then
        long calls (share 1) and short puts (share -1).

        Args:
            strike: Strikes [USD].
            expiry: Times from the start [year].
            is_call: Whether each is a call.
            open_interest: Contracts outstanding, not below zero [token].
            call_share: Dealers' net position in calls over open interest, from -1 (all
                short) to 1 (all long); one number, or one by option [ratio].
            put_share: The same of puts.

        Raises:
            ValueError: As of the class; if open interest is below zero or a share is
                outside of -1 to 1.
        """
        _check_lengths(is_call=is_call, open_interest=open_interest)
        if not (open_interest >= 0).all():
            at = int(np.flatnonzero(~(open_interest >= 0))[0])
            raise ValueError(
                f"open_interest of option {at} is {open_interest[at]}: it must not be "
                "below zero. Signs belong in call_share and put_share."
            )
        of_calls = _share("call_share", call_share, open_interest)
        of_puts = _share("put_share", put_share, open_interest)
        share = np.where(is_call, of_calls, of_puts)
        return cls(strike, expiry, is_call, open_interest * share)


def _share(name: str, share: Share, like: PerOption) -> PerOption:
    values = np.broadcast_to(np.asarray(share, float), like.shape)
    if not (np.abs(values) <= 1).all():
        worst = values[~(np.abs(values) <= 1)][0]
        raise ValueError(
            f"{name} is {worst}: dealers cannot be long or short more than all open "
            "interest. Give a share from -1 to 1."
        )
    return values


def _check_lengths(**arrays: PerOption | Kinds) -> None:
    sizes = {name: array.size for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        given = ", ".join(f"{size} of {name}" for name, size in sizes.items())
        raise ValueError(f"A book has {given}: give one of each for every option.")


def _check_above_zero(name: str, values: PerOption, advice: str) -> None:
    wrong = np.flatnonzero(~((values > 0) & np.isfinite(values)))
    if wrong.size:
        raise ValueError(
            f"{name} of option {wrong[0]} is {values[wrong[0]]}: it must be a number "
            f"above zero. {advice}"
        )
