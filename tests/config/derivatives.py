"""Options and perpetuals that are right, to be put under the sound config."""

from jaxrisk.config import Config, build_system, load_book
from jaxrisk.engine import System


DERIVATIVES = """\
options:
  underlyings:
    WETH:
      book:
        kind: listed
        options:
          - {strike: 1800, expiry_days: 10, type: put, open_interest: 1000}
          - {strike: 1600, expiry_days: 10, type: put, open_interest: 400}
          - {strike: 2000, expiry_days: 3, type: call, open_interest: 200}
      dealers:
        calls: 0.25
        puts: -0.5
        ranges:
          - {type: put, lowest: 1700, highest: 1900, share: -1}
      surface: {kind: flat, volatility: 0.6}
    WBTC:
      book:
        kind: grid
        open_interest_usd: 70e6
        strikes: [30e3, 35e3, 40e3]
        expiry_days: [7, 28]
        put_share: 0.4
      dealers: {calls: -0.1, puts: -0.2}
      surface:
        kind: svi
        smiles:
          - {expiry_days: 7, a: 0.004, b: 0.02, rho: -0.2, m: 0, s: 0.1}
          - {expiry_days: 28, a: 0.02, b: 0.05, rho: -0.2, m: 0, s: 0.15}
      move:
        kind: sticky_delta
        spot_beta: 1.5
        realized_weight: 0.5
        half_life_days: 2
  hedging: {kind: interval, every_hours: 4}
perps:
  insurance_usd: 1e6
  losses: deleverage
  index: {kind: heartbeat, assets: {LINK: {deviation: 0.01}}}
  contracts:
    WETH:
      book: {kind: constant_product, quote_reserve_usd: 50e6}
      maintenance: 0.02
      premium_cap: 0.05
      arbitrage: 0.75
      arbitrage_half_life_minutes: 30
      rungs:
        - side: long
          leverage: 20
          open_interest_usd: 18e6
          entry_spread: 0.01
          parts: 2
        - side: short
          leverage: 5
          open_interest_usd: 9e6
          delta_neutral: 0.5
          unwind_below: 0
          unwind_hours: 8
    LINK:
      book: {kind: constant_product, quote_reserve_usd: 10e6}
      maintenance: 0.03
      liquidation_fee: 0.01
      funding: {interval_hours: 1, interest: 1e-5}
  accounts:
    - balance_usd: 2e6
      positions:
        WETH: {side: long, open_interest_usd: 5e6}
        LINK: {side: short, open_interest_usd: 5e6, spot_leg: 1}
"""


def system_of(config: Config) -> System:
    """The engine's view of a config."""
    return build_system(config, load_book(config))
