"""Small files of positions, each in the exact shape of its source."""

import json
from pathlib import Path

from jaxrisk.data import read_positions
from jaxrisk.data.books import Positions


WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
DECIMALS = {"WETH": 18, "USDC": 6}
TOKEN = {"WETH": WETH, "USDC": USDC}
HELD = "1234567890123456789"  # wei: 1.234567890123456789 WETH


def user_reserve(
    user: str,
    symbol: str,
    *,
    supply: str = "0",
    debt: str = "0",
    stable: str = "0",
    enabled: bool = True,
    mode: str | None = None,
) -> dict:
    """A record of `userReserves`."""
    return {
        "id": f"{user}{TOKEN[symbol]}",
        "user": {"id": user, "eModeCategoryId": mode and {"id": mode}},
        "reserve": {
            "symbol": symbol,
            "decimals": DECIMALS[symbol],
            "underlyingAsset": TOKEN[symbol],
        },
        "currentATokenBalance": supply,
        "currentVariableDebt": debt,
        "currentStableDebt": stable,
        "usageAsCollateralEnabledOnUser": enabled,
    }


USER_RESERVES = [
    user_reserve("0xaa", "WETH", supply=HELD, mode="1"),
    user_reserve("0xaa", "USDC", debt="900000000", stable="100000001", mode="1"),
    user_reserve("0xbb", "USDC", supply="5000000", enabled=False),
    user_reserve("0xbb", "WETH", supply="1"),
    user_reserve("0xcc", "WETH"),
]
AAVE = json.dumps({"data": {"userReserves": USER_RESERVES}})
AAVE_HEADER = (
    "user.id,user.eModeCategoryId.id,reserve.symbol,reserve.decimals,"
    "reserve.underlyingAsset,currentATokenBalance,currentVariableDebt,"
    "currentStableDebt,usageAsCollateralEnabledOnUser\n"
)


def flattened(records: list[dict]) -> str:
    """The same in CSV, as flatteners write it."""
    rows = [
        ",".join(
            (
                record["user"]["id"],
                (record["user"]["eModeCategoryId"] or {"id": ""})["id"],
                record["reserve"]["symbol"],
                str(record["reserve"]["decimals"]),
                record["reserve"]["underlyingAsset"],
                record["currentATokenBalance"],
                record["currentVariableDebt"],
                record["currentStableDebt"],
                str(record["usageAsCollateralEnabledOnUser"]).lower(),
            )
        )
        for record in records
    ]
    return AAVE_HEADER + "\n".join(rows) + "\n"


def old_position(
    number: int, side: str, symbol: str, balance: str, used: bool | None
) -> dict:
    """A position of schemas 1.1 to 2.0."""
    return {
        "id": f"0xaa-{TOKEN[symbol]}-{side}-{number}",
        "account": {"id": "0xaa"},
        "market": {
            "id": "0xmarket",
            "inputToken": {"symbol": symbol, "decimals": DECIMALS[symbol]},
        },
        "side": side,
        "isCollateral": used,
        "balance": balance,
    }


OLD = [
    old_position(0, "LENDER", "WETH", HELD, used=True),
    old_position(0, "LENDER", "USDC", "7000000", used=False),
    old_position(0, "BORROWER", "USDC", "1000000001", used=None),
]
MESSARI_OLD = json.dumps({"data": {"positions": OLD}})
NEW = [
    {
        "id": f"0xaa-{side}-{number}",
        "account": {"id": "0xaa"},
        "market": {"id": "0xmarket", "protocol": {"slug": "aave-v3"}},
        "asset": {"id": TOKEN[symbol], "symbol": symbol, "decimals": DECIMALS[symbol]},
        "side": side,
        "type": None,
        "isCollateral": used,
        "balance": balance,
    }
    for number, (side, symbol, balance, used) in enumerate(
        (
            ("COLLATERAL", "WETH", HELD, None),
            ("SUPPLIER", "USDC", "7000000", None),
            ("BORROWER", "USDC", "900000000", None),
            ("BORROWER", "USDC", "100000001", None),
        )
    )
]
MESSARI_NEW = json.dumps({"data": {"positions": NEW}})
DUNE = (
    "block_time,borrower,token_symbol,side,token_amount,amount_usd\n"
    "2023-07-30 14:54:59.000 UTC,0xaa,WETH,collateral,1.234567890123456789,2300\n"
    "2023-07-30 14:54:59.000 UTC,0xaa,USDC,borrow,1000.000001,1000\n"
)
DUNE_COLUMNS = {"account": "borrower", "amount": "token_amount"}
LIDO_V3 = (
    ",user,collateral,debt,healthf,amount,ethdebt,emode,cbeth_collateral,"
    "cbeth_price,eth_price,steth_price,usdc,usdc_price,usdc_decimals,"
    "usdc_collateral\n"
    "0,0xaa,24000.0,17200.0,1.2,10.0,1.0,1,1.0,1700.0,1700.0,1900.0,"
    "1500000000.0,100000000,6,2600000000\n"
)


def read(
    folder: Path,
    text: str,
    name: str = "book.json",
    *,
    market: str = "",
    columns: dict[str, str] | None = None,
    e_modes: dict[str, str] | None = None,
) -> Positions:
    path = folder / name
    path.write_text(text)
    return read_positions(path, market=market, columns=columns, e_modes=e_modes)


def balances(positions: Positions) -> dict[tuple[str, str, str], float]:
    """Amounts by account, reserve and side."""
    rows = zip(positions.owner, positions.where, positions.amount, strict=True)
    return {
        (
            positions.account[owner],
            positions.place[where].reserve,
            positions.place[where].side,
        ): amount
        for owner, where, amount in rows
    }
