"""What must be the same in all rows of a file, or in all rows of one reserve."""

from .._errors import Fault
from ._batch import Batch


class Agreement:
    """Remembers what rows said before."""

    def __init__(self) -> None:
        """Start with no rows."""
        self._said: dict[tuple[str, str], str] = {}

    def check(
        self,
        batch: Batch,
        field: str,
        remedy: str,
        faults: list[Fault],
        *,
        of: str = "",
    ) -> None:
        """Compare a field with the rows before.

        Args:
            batch: The rows.
            field: What must be the same; not compared where the file does not have it.
            remedy: What to do about it.
            faults: Grows by values that differ from the first one.
            of: Field whose every value may have its own.
        """
        if field not in batch.cells:
            return
        texts = batch.texts(field)
        owners = batch.texts(of) if of else [""] * len(batch)
        for owner, text in dict.fromkeys(zip(owners, texts, strict=True)):
            first = self._said.setdefault((field, owner.strip()), text)
            if first.casefold() != text.casefold():
                whose = f" of {owner}" if owner else ""
                problem = f"'{text}' is another {field}{whose} than '{first}' before."
                index = list(zip(owners, texts, strict=True)).index((owner, text))
                faults.append(batch.fault(index, field, problem, remedy))

    def check_tokens(self, batch: Batch, faults: list[Fault]) -> None:
        """A symbol must be one token, with one number of decimals."""
        remedy = "Two tokens have this symbol; rename one of them in the file."
        self.check(batch, "token", remedy, faults, of="reserve")
        self.check(batch, "decimals", remedy, faults, of="reserve")
