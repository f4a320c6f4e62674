"""Tokens of Ethereum by address: in what raw amounts are counted."""

from collections.abc import Mapping
from typing import NamedTuple


class Token(NamedTuple):
    """A token: its symbol, and how many decimals its raw amounts have."""

    symbol: str
    decimals: int


TOKENS: Mapping[str, Token] = {
    "0x0000000000085d4780b73119b644ae5ecd22b376": Token("TUSD", 18),
    "0x1f9840a85d5af5bf1d1762f925bdaddc4201f984": Token("UNI", 18),
    "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599": Token("WBTC", 8),
    "0x514910771af9ca656af840dff83e8264ecf986ca": Token("LINK", 18),
    "0x5a98fcbea516cf06857215779fd812ca3bef1b32": Token("LDO", 18),
    "0x6b175474e89094c44da98b954eedeac495271d0f": Token("DAI", 18),
    "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0": Token("wstETH", 18),
    "0x7fc66500c84a76ad7e9c93437bfc5ac33e2ddae9": Token("AAVE", 18),
    "0x8e870d67f660d95d5be530380d0ec0bd388289e1": Token("USDP", 18),
    "0x9f8f72aa9304c8b593d555f12ef6589cc3a579a2": Token("MKR", 18),
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": Token("USDC", 6),
    "0xac3e018457b222d93114458476f3e3416abbe38f": Token("sfrxETH", 18),
    "0xae78736cd615f374d3085123a210448e74fc6393": Token("rETH", 18),
    "0xbe9895146f7af43049ca1c1ae358b0541ea49704": Token("cbETH", 18),
    "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2": Token("WETH", 18),
    "0xd533a949740bb3306d119cc777fa900ba034cd52": Token("CRV", 18),
    "0xdac17f958d2ee523a2206206994597c13d831ec7": Token("USDT", 6),
}
"""By address in lower case. A file's own price says whether decimals are right."""
