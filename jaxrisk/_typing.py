"""The axes of jaxrisk, in one place.

``path``      one Monte Carlo draw; last axis of all that moves
``step``      a simulated block of time of length ``dt``
``asset``     a token with a market price
``market``    a lending protocol deployment
``reserve``   one asset listed in one market
``category``  a set of risk parameters an account can be under
``account``   a borrower, or a cohort of like borrowers
``row``       a part of an account: members of a cohort not liquidated yet, or the rest
``actor``     an account that acts: tops up, unwinds, levers
``regime``    a state of the price process (calm, stress)
``source``    an independent source of jumps, or of failures
``perp``      a perpetual future on one asset
``trader``    a margin account, or a rung of like accounts
``leg``       one position of a trader, in one perpetual
``option``    a strike and expiry, call or put
``dealer``    who has a book of options on one asset, and hedges it
``instrument`` a portfolio with options, as collateral
``series``    one curve of a table by log price: a dealer's, or an instrument's
``claim``     an asset that something backs, which may be lost
``spiral``    a stablecoin redeemed in a token that is minted for it
``line``      an account with a credit line
``node``      a log price at which a table is exact
``entity``    who owes and is owed: a treasury, a fund, a market maker
``level``     a multiple of all implied volatilities at which a table is exact

A formula reads as for one path: what moves ends in ``path``, what is fixed along a path
does not have that axis and broadcasts against it.
"""

from typing import TypeAlias

from jaxtyping import Array, Bool, Float, Int, UInt


Scalar: TypeAlias = Float[Array, ""]
PerAsset: TypeAlias = Float[Array, " asset"]
PerReserve: TypeAlias = Float[Array, " reserve"]
PerMarket: TypeAlias = Float[Array, " market"]
PerAccount: TypeAlias = Float[Array, " account"]
PerActor: TypeAlias = Float[Array, " actor"]
PerPath: TypeAlias = Float[Array, " path"]
PerSource: TypeAlias = Float[Array, " source"]
PerDealer: TypeAlias = Float[Array, " dealer"]
PerInstrument: TypeAlias = Float[Array, " instrument"]
PerPerp: TypeAlias = Float[Array, " perp"]
PerTrader: TypeAlias = Float[Array, " trader"]
PerLeg: TypeAlias = Float[Array, " leg"]
PerEntity: TypeAlias = Float[Array, " entity"]
PerSpiral: TypeAlias = Float[Array, " spiral"]
PerLine: TypeAlias = Float[Array, " line"]

AccountReserve: TypeAlias = Float[Array, "account reserve"]
ActorReserve: TypeAlias = Float[Array, "actor reserve"]
CategoryReserve: TypeAlias = Float[Array, "category reserve"]
RegimeAsset: TypeAlias = Float[Array, "regime asset"]

AssetPath: TypeAlias = Float[Array, "asset path"]
ReservePath: TypeAlias = Float[Array, "reserve path"]
MarketPath: TypeAlias = Float[Array, "market path"]
DealerPath: TypeAlias = Float[Array, "dealer path"]
AccountPath: TypeAlias = Float[Array, "account path"]
ActorPath: TypeAlias = Float[Array, "actor path"]
InstrumentPath: TypeAlias = Float[Array, "instrument path"]
PerpPath: TypeAlias = Float[Array, "perp path"]
TraderPath: TypeAlias = Float[Array, "trader path"]
LegPath: TypeAlias = Float[Array, "leg path"]
EntityPath: TypeAlias = Float[Array, "entity path"]
SourcePath: TypeAlias = Float[Array, "source path"]
ClaimPath: TypeAlias = Float[Array, "claim path"]
SpiralPath: TypeAlias = Float[Array, "spiral path"]
LinePath: TypeAlias = Float[Array, "line path"]

SomeMarketPath: TypeAlias = Float[Array, "some_market path"]
SomeReservePath: TypeAlias = Float[Array, "some_reserve path"]
SomeAssetPath: TypeAlias = Float[Array, "some_asset path"]
"""Of all of them, or of none where a mechanism is absent."""

RowReserve: TypeAlias = Float[Array, "row reserve *path"]
RowPath: TypeAlias = Float[Array, "row path"]

RowFlag: TypeAlias = Bool[Array, "row path"]
ActorFlag: TypeAlias = Bool[Array, "actor path"]
ReserveFlag: TypeAlias = Bool[Array, "reserve path"]
TraderFlag: TypeAlias = Bool[Array, "trader path"]
LegFlag: TypeAlias = Bool[Array, "leg path"]
EntityFlag: TypeAlias = Bool[Array, "entity path"]
EntityCounter: TypeAlias = Int[Array, "entity path"]
MarketCounter: TypeAlias = Int[Array, "market path"]
LineFlag: TypeAlias = Bool[Array, "line path"]
Flag: TypeAlias = Bool[Array, " path"]
Counter: TypeAlias = Int[Array, " path"]
Word: TypeAlias = UInt[Array, "..."]
"""32-bit words of a random stream; in NumPy arrays on the host, traced ones inside."""
