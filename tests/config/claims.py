"""Claims, stablecoins and credit lines that are right, put into the sound config."""

ASSETS = """\
  USDC:
    price_usd: 1.0
    peg: {reference: USD, speed: 200, volatility: 0.02}
    failure: {hazard_per_year: 0.01, loss: 0.1}
  aWETH:
    price_usd: 1800
    float_tokens: 1000
    claim_on: {kind: receipt, asset: WETH, market: aave}
  stWETH:
    price_usd: 1782
    claim_on:
      kind: lst
      asset: WETH
      growth: 0.03
      basis: {speed: 50, volatility: 0.02, now: -0.01}
    failure: {hazard_per_year: 2, loss: 0.05, repeats: true}
  bWETH:
    price_usd: 1790
    claim_on: {kind: bridged, asset: stWETH}
    failure: {at_hours: 36, loss: 1}
  bUSDC:
    price_usd: 1
    claim_on: {kind: bridged, asset: USDC}
    failure: {together_with: bWETH, loss: 0.5}
  LP:
    price_usd: 90
    claim_on: {kind: lp, assets: {bWETH: 0.5, bUSDC: 0.5}, growth: 0.1}
  vLP:
    price_usd: 91
    claim_on: {kind: vault, asset: LP}
  UST:
    price_usd: 1
    peg: {reference: USD, speed: 200, volatility: 0.02, floor: 0.9}
  LUNA: {price_usd: 60, volatility: 1.2}
"""
VENUES = "".join(
    f"  {name}: {{kind: infinite}}\n"
    for name in ("aWETH", "stWETH", "bWETH", "bUSDC", "LP", "vLP", "UST", "LUNA")
)
SECTIONS = """\
spirals:
  UST:
    backing_token: LUNA
    supply_tokens: 18e9
    backing_supply_tokens: 350e6
    reserve_usd: 1e9
    capacity_usd_per_day: 1e9
    defence_from: 0.02
    exit_per_day: 0.01
    exit_per_day_by_depeg: 3
    exit_per_day_by_shortfall: 0.5
    comfortable_coverage: 1.5
credit:
  tiers: {trusted: {limit: 1.4, defaults_per_year: 12}}
  lines: {bob: trusted}
"""
_PLAIN_DOLLAR = """\
  USDC:
    price_usd: 1.0
    peg: {reference: USD, speed: 200, volatility: 0.02}
"""


def with_claims(sound: str) -> str:
    """The sound config with all of it."""
    text = sound.replace(_PLAIN_DOLLAR, ASSETS, 1)
    text = text.replace("venues:\n", f"venues:\n{VENUES}", 1)
    return text + SECTIONS
