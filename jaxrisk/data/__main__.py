"""Write the synthetic book that ships with the configurations.

python -m jaxrisk.data configs/aave_v3_ethereum_book.csv.gz
"""

import argparse
from pathlib import Path

from ._aave_v3_ethereum import AAVE_V3_ETHEREUM
from ._book_file import write_book
from ._synthetic_book import synthetic_book


SEED = 20231101
ACCOUNTS = 20_000


def main() -> None:
    """Draw a book and write it, saying in the file that it is synthetic."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("target", type=Path, help="CSV or CSV.gz file to write")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    given = parser.parse_args()
    write_book(
        given.target,
        synthetic_book(given.seed, given.accounts),
        layout=AAVE_V3_ETHEREUM.layout,
        comments=(
            "SYNTHETIC: no account of this book exists. Drawn by jaxrisk from "
            "published facts about",
            "Aave v3 Ethereum, early November 2023; "
            f"seed {given.seed}, {given.accounts} accounts.",
        ),
    )


if __name__ == "__main__":
    main()
