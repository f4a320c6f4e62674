"""Small synthetic files of quotes and books."""

WETH = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
HEADER = "src,dst,in_amount,out_amount,price,price_impact,timestamp\n"
QUOTES = [
    ("1000000000000000000", "2000000000", "2000.0", 1700439323),
    ("1e+20", "199000000000.0", "1990.0", 1700439325),
    ("1e+19", "19990000000", "1999.0", 1700439324),
    ("2000000000000000000", "4010000000", "2005.0", 1700442923),
]
BOOK_HEADER = "exchange,symbol,timestamp,local_timestamp," + ",".join(
    f"{side}[{level}].{what}"
    for level in range(5)
    for side in ("asks", "bids")
    for what in ("price", "amount")
)
START = 1700439323000000


def oneinch(quotes: list[tuple[str, str, str, int]], pair: str = "") -> str:
    rows = [
        f"{pair or f'{WETH},{USDC}'},{sold},{got},{price},0.0,{time}\n"
        for sold, got, price, time in quotes
    ]
    return HEADER + "".join(rows)


def book(
    *, bid: float = 1999.0, ask: float = 2001.0, seconds: int = 0, levels: int = 5
) -> list[str]:
    cells = ["binance", "ETHUSDT", str(START + seconds * 1_000_000), str(START)]
    for level in range(5):
        full = [f"{ask + level}", "1.5", f"{bid - level}", f"{level + 1}"]
        cells += full if level < levels else [""] * 4
    return cells


def books(*rows: list[str]) -> str:
    return "\n".join([BOOK_HEADER, *(",".join(row) for row in rows)]) + "\n"
