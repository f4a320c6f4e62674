"""Fits made one by one, of which some may be refused."""

from collections.abc import Callable

from ._estimate import CalibrationError, Fit


class Ledger:
    """Makes fits one by one, and keeps what came of each."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` hears what is being fitted."""
        self.fits: list[Fit] = []
        self.refused: list[str] = []
        self._tell = tell

    def fit(self, what: str, make: Callable[[], Fit]) -> Fit | None:
        """A fit; None if it is refused, with the reason kept."""
        self._tell(what)
        try:
            made = make()
        except CalibrationError as error:
            self.refused.append(str(error))
            return None
        self.fits.append(made)
        return made
