"""Values of one JSON object, in the units of a config; what is wrong is a fault."""

from collections.abc import Mapping

from .._errors import Fault


BASIS_POINTS = 10**4
RAY = 10**27
PRICE_DECIMALS = 8
WHOLE = "Save the answer as it came; whole numbers may be texts."


class Record:
    """An object of a document, whose faults name their place.

    Whole numbers may be numbers, texts, hexadecimal texts, or ethers' `{"hex": ...}`;
    they are divided exactly, and rounded once.
    """

    def __init__(
        self, values: Mapping[str, object], at: str, faults: list[Fault]
    ) -> None:
        """Take an object and its path; `faults` grows by what is wrong."""
        self.at = at
        self._values = values
        self._faults = faults

    def has(self, key: str) -> bool:
        """Whether there is something under `key`."""
        return self._values.get(key) is not None

    def text(self, key: str) -> str:
        """A text; empty after a fault."""
        value = self._values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._refuse(key, value, "a text", "Save the answer with names of fields.")
        return ""

    def flag(self, key: str, *, otherwise: bool) -> bool:
        """True or false; `otherwise` if there is nothing."""
        value = self._values.get(key)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            self._refuse(key, value, "true or false", WHOLE)
        return value is True

    def integer(self, key: str, otherwise: int | None = None) -> int:
        """A whole number of at least zero; `otherwise` if there is nothing."""
        value = self._values.get(key)
        if value is None and otherwise is not None:
            return otherwise
        number = _integer(value)
        if number is None or number < 0:
            self._refuse(key, value, "a whole number of at least 0", WHOLE)
            return 0
        return number

    def share(self, key: str) -> float:
        """Basis points as a ratio, 8050 as 0.805."""
        points = self.integer(key)
        if points > BASIS_POINTS:
            problem = f"{points} is more than 10000 basis points."
            self.refuse(key, problem, "Is it in another unit?")
        return points / BASIS_POINTS

    def bonus(self, key: str) -> float:
        """A bonus of basis points on the whole, 10500 as 0.05; 0 for no collateral."""
        points = self.integer(key)
        if points == 0:
            return 0.0
        if not BASIS_POINTS <= points < 2 * BASIS_POINTS:
            problem = f"{points} is not from 10000 to 20000: 10500 is 5 % on top."
            self.refuse(key, problem, "Is it in another unit?")
        return (points - BASIS_POINTS) / BASIS_POINTS

    def ray(self, key: str) -> float:
        """A ratio of 27 decimals."""
        return self.integer(key) / RAY

    def refuse(self, key: str, problem: str, remedy: str) -> None:
        """Add a fault of a value."""
        self._faults.append(Fault(0, f"{self.at}.{key}", problem, remedy))

    def _refuse(self, key: str, value: object, kind: str, remedy: str) -> None:
        if value is None:
            self.refuse(key, "is missing.", remedy)
        else:
            self.refuse(key, f"'{str(value)[:40]}' is not {kind}.", remedy)


def _integer(value: object) -> int | None:
    if isinstance(value, Mapping):
        value = value.get("hex", value.get("_hex"))
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        return int(text, 16) if text.startswith("0x") else _decimal(text)
    except ValueError:
        return None


def _decimal(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
