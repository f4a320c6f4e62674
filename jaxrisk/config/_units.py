"""The units of a config: what a number may be, and what to write if it is not.

A unit is attached to a field by its type (`volatility: Volatility`). It refuses values
outside its bounds with a sentence that says why and what to write instead, and it puts
the same bounds into the JSON Schema that editors read.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


Number: TypeAlias = int | float
Guess: TypeAlias = tuple[float, str]
"""A value within the bounds, and how it reads in the units that were probably used."""
_NO_GUESS = (math.nan, "")


def _no_guess(_: Number) -> Guess:
    return _NO_GUESS


def _share(value: Number) -> Guess:
    """What was meant by a share above 1: ray, basis points or percent."""
    if value > 1e20:
        return value / 1e27, f"{value:g} in ray"
    if value > 100:
        return value / 1e4, f"{value:g} basis points"
    return (value / 100, f"{value:g} %") if value > 1 else _NO_GUESS


def _share_on_top(value: Number) -> Guess:
    """What was meant by a bonus above 1: 1.05 and 10500 are 5 % on top."""
    whole = value / 1e4 if value >= 10_000 else value
    if 1 <= whole < 2:
        return round(whole - 1, 10), f"{whole - 1:.6g} on top of 1"
    return _share(value)


@dataclass(frozen=True)
class Unit:
    """Bounds of a number, and a guess at what a number outside them was meant to be.

    Attributes:
        meaning: What the number is, as the end of "this is ...".
        low: Least value.
        high: Greatest value.
        above: Whether `low` itself is refused.
        below: Whether `high` itself is refused.
        guess: Maps a refused value to the one that was probably meant.
    """

    meaning: str
    low: Number = -math.inf
    high: Number = math.inf
    above: bool = False
    below: bool = False
    guess: Callable[[Number], Guess] = _no_guess

    def contains(self, value: Number) -> bool:
        """Whether `value` is finite and within the bounds."""
        enough = value > self.low if self.above else value >= self.low
        not_too_much = value < self.high if self.below else value <= self.high
        return math.isfinite(value) and enough and not_too_much

    def check(self, value: Number) -> Number:
        """Return `value`, or raise with the reason and the remedy."""
        if self.contains(value):
            return value
        reason = f"this is {self.meaning}; write {self._remedy(value)}"
        raise PydanticCustomError("outside", "{reason}", {"reason": reason})

    def _remedy(self, value: Number) -> str:
        meant, words = self.guess(value)
        if self.contains(meant):
            return f"{meant:.12g} if {words} is meant"
        return f"a number {self.bounds}"

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        if math.isinf(self.low) and math.isinf(self.high):
            return "that is finite"
        low = f"{'above' if self.above else 'of at least'} {self.low:.15g}"
        high = f"{'below' if self.below else 'of at most'} {self.high:.15g}"
        if math.isinf(self.high):
            return low
        return high if math.isinf(self.low) else f"{low} and {high}"

    def __get_pydantic_core_schema__(
        self,
        source: object,
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Check the bounds after pydantic has checked the type."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the bounds to the schema that editors read."""
        json = handler(schema)
        words = {
            "exclusiveMinimum" if self.above else "minimum": self.low,
            "exclusiveMaximum" if self.below else "maximum": self.high,
        }
        json.update({word: x for word, x in words.items() if math.isfinite(x)})
        return json


def _whole(value: object) -> object:
    """Read 1e5 as 100000; leave all else for pydantic to judge."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_SHARE = "a ratio: 0.05 means 5 %"
_BONUS = "what a keeper gets on top of its money's worth, a ratio: 0.05 means 5 %"
_PRICE = "a price in USD of one token"
_VOLATILITY = "a ratio a year: 0.75 means 75 %"
_RATE = "a ratio a year: 0.04 means 4 %"
_POSITION = "a net position over open interest: -1 is all short, 1 all long"
_DEGREES = "a number above 2, for a finite variance (about 4 for hourly crypto)"

PriceUsd = Annotated[float, Unit(_PRICE, low=0, above=True)]
Usd = Annotated[float, Unit("an amount in USD", low=0)]
PositiveUsd = Annotated[float, Unit("an amount in USD", low=0, above=True)]
Tokens = Annotated[float, Unit("an amount in tokens", low=0, above=True)]
Ratio = Annotated[float, Unit(_SHARE, low=0, high=1, guess=_share)]
OpenRatio = Annotated[
    float, Unit(_SHARE, low=0, high=1, above=True, below=True, guess=_share)
]
PositiveRatio = Annotated[float, Unit(_SHARE, low=0, high=1, above=True, guess=_share)]
Fee = Annotated[float, Unit(_SHARE, low=0, high=1, below=True, guess=_share)]
Bonus = Annotated[float, Unit(_BONUS, low=0, high=1, below=True, guess=_share_on_top)]
Volatility = Annotated[float, Unit(_VOLATILITY, low=0, high=10, guess=_share)]
Rate = Annotated[float, Unit(_RATE, low=0, high=5, guess=_share)]
Drift = Annotated[float, Unit(_VOLATILITY, low=-10, high=10, guess=_share)]
Basis = Annotated[
    float, Unit("price over reference, less 1: -0.01 is 1 % below par", -0.9, 9)
]
Correlation = Annotated[
    float,
    Unit("a correlation: 0.85", -1, 1, above=True, below=True, guess=_share),
]
PerYear = Annotated[float, Unit("a number of times a year", low=0)]
PerDay = Annotated[
    float, Unit("a rate a day: at 0.1 about 10 % leave in a day", low=0, high=1e4)
]
PositivePerYear = Annotated[float, Unit("a number of times a year", low=0, above=True)]
LogMean = Annotated[
    float, Unit("the mean of a log-return: -0.08 is about -8 %", low=-5, high=5)
]
LogSd = Annotated[
    float, Unit("the standard deviation of a log-return: 0.05", low=0, high=5)
]
LogSpread = Annotated[
    float, Unit("the standard deviation of a log: 1 is 2.7 times up or down", 0, 5)
]
Degrees = Annotated[float, Unit(_DEGREES, low=2, high=1000, above=True)]
Days = Annotated[float, Unit("a time in days", low=0, above=True)]
Minutes = Annotated[float, Unit("a time in minutes", low=0)]
PositiveMinutes = Annotated[float, Unit("a time in minutes", low=0, above=True)]
Seconds = Annotated[float, Unit("a time in seconds", low=0)]
PositiveSeconds = Annotated[float, Unit("a time in seconds", low=0, above=True)]
Factor = Annotated[float, Unit("a factor", low=0, high=1000, above=True)]
Beta = Annotated[float, Unit("a factor", low=-100, high=100)]
Exponent = Annotated[float, Unit("an exponent", low=0.1, high=5)]
Health = Annotated[float, Unit("a health factor; 1 is the trigger", 1, 10, above=True)]
Count = Annotated[
    int, BeforeValidator(_whole), Unit("a whole number", low=1, high=10**12)
]
WholeNumber = Annotated[
    int, BeforeValidator(_whole), Unit("a whole number", low=0, high=10**12)
]
Few = Annotated[int, BeforeValidator(_whole), Unit("a whole number", low=1, high=64)]
Seed = Annotated[
    int, Unit("a seed, a whole number from 0 to 2^64 - 1", low=0, high=2**64 - 1)
]
Hours = Annotated[float, Unit("a time in hours", low=0, above=True)]
Position = Annotated[float, Unit(_POSITION, low=-1, high=1)]
Elasticity = Annotated[
    float, Unit("an elasticity: 2 is +2 % of volatility for -1 % of the spot", -10, 10)
]
OptionVolatility = Annotated[
    float, Unit(_VOLATILITY, low=0, high=10, above=True, guess=_share)
]
LogMoneyness = Annotated[
    float, Unit("a log-moneyness, ln(strike/forward): 0.1 is about 10 % above", -5, 5)
]
Width = Annotated[
    float, Unit("a width in log-moneyness: 0.1 is about 10 %", 0, 5, above=True)
]
Skew = Annotated[float, Unit("a skew", low=-1, high=1)]
TotalVariance = Annotated[
    float, Unit("a total variance, volatility squared times years", -10, 10)
]
WingSlope = Annotated[float, Unit("a slope of total variance", low=0, high=10)]
Leverage = Annotated[
    float, Unit("notional over margin: 10 is ten times", low=0, high=1000, above=True)
]
EntryMove = Annotated[
    float,
    Unit("entry price over spot, less 1: -0.1 is 10 % below", -1, 9, above=True),
]
FundingRate = Annotated[
    float, Unit("a ratio an interval: 0.0001 means 0.01 %", -1, 1, guess=_share)
]
Slope = Annotated[float, Unit("a ratio that is taken off for 1", low=0, high=1000)]
Members = Annotated[float, Unit("a number of accounts", low=0, above=True)]
AtLeastOne = Annotated[
    float, Unit("collateral over debt: 1 is when both are worth the same", 1, 10)
]
Utilization = Annotated[
    float, Unit("borrowed over supplied: 0.95; above 1 for never", 0, 2, above=True)
]
Weight = Annotated[float, Unit("a factor", low=0, high=1000)]
Move = Annotated[
    float,
    Unit("a move of a price: -0.15 is a fall by 15 %", -1, 9, above=True, guess=_share),
]
Contracts = Annotated[
    float, Unit("a number of options to one instrument: -1 is one sold", -1000, 1000)
]
PriceDrop = Annotated[
    float,
    Unit(
        "a fall of a price: 0.3 is 30 %, -0.3 a rise by 30 %",
        -9,
        1,
        below=True,
        guess=_share,
    ),
]
LeastHours = Annotated[float, Unit("a time in hours", low=0)]
