"""Which asset a pair or a file name stands for, and what its prices are in."""

import re
from pathlib import Path

from .._dollars import DOLLARS


OTHER_QUOTES = ("BTC", "ETH", "BNB", "EUR", "GBP", "TRY", "BRL", "JPY")
SUFFIXES = (".gz", ".zip", ".csv", ".json", ".parquet", ".txt")


class NotDollarsError(ValueError):
    """The prices of a pair are in something else; `quote` says in what."""

    def __init__(self, pair: str, quote: str) -> None:
        self.quote = quote
        super().__init__(f"the prices of '{pair}' are in {quote}, not in dollars.")


def asset_of_pair(pair: str) -> tuple[str, str]:
    """Asset and quote of a pair such as ETHUSDT or ETH/USDT; USD if it names no quote.

    Raises:
        NotDollarsError: If the quote is no dollar.
    """
    asset, separator, quote = pair.strip().upper().partition("/")
    if separator:
        if quote not in DOLLARS:
            raise NotDollarsError(pair, quote)
        return asset, quote
    for dollar in DOLLARS:
        if len(asset) > len(dollar) and asset.endswith(dollar):
            return asset.removesuffix(dollar), dollar
    for other in OTHER_QUOTES:
        if len(asset) > len(other) + 1 and asset.endswith(other):
            raise NotDollarsError(pair, other)
    return asset, "USD"


def asset_of_file(path: Path) -> tuple[str, str]:
    """Asset and quote from a file name such as BTCUSDT-1h-2024-01 or eth-usd-max.

    The word before a dollar is the asset, or the word that ends in one; if there is
    none, the first word.
    """
    words = _words(path)
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if after.upper() in DOLLARS:
            return _capitals(word), after.upper()
        for dollar in DOLLARS:
            if len(word) > len(dollar) and word.upper().endswith(dollar):
                return _capitals(word[: -len(dollar)]), dollar
    return _capitals(words[0]), "USD"


def asset_of_pair_file(path: Path) -> tuple[str, str]:
    """Asset and quote from the name of a file that is called after its pair.

    Raises:
        NotDollarsError: If the quote is no dollar.
    """
    asset, quote = asset_of_file(path)
    first = _words(path)[0]
    return asset_of_pair(first) if asset == _capitals(first) else (asset, quote)


def _words(path: Path) -> list[str]:
    name = path.name
    while (suffix := Path(name).suffix.casefold()) in SUFFIXES:
        name = name[: -len(suffix)]
    return [word for word in re.split(r"[-_. ]+", name) if word] or [path.name]


def _capitals(word: str) -> str:
    """A symbol in lower case throughout is written in capitals; stETH stays."""
    return word.upper() if word.islower() else word
