"""Provenance: what is needed to get the same numbers again."""

from ._blocks import Note, Section, Table
from ._facts import Facts


# Title, and the attributes of a result that hold it; the first one found is printed.
ENTRIES = (
    ("Config", ("config_name", "name")),
    ("Config hash (SHA-256)", ("config_hash",)),
    ("Book hash (SHA-256)", ("book_hash",)),
    ("Seed", ("seed",)),
    ("Paths", ("paths",)),
    ("Failed paths", ("failed_paths",)),
    ("Device", ("device",)),
    ("Simulation time [s]", ("wall_seconds",)),
    ("Time of the checks [s]", ("check_seconds",)),
    ("Compile time [s]", ("compile_seconds",)),
    ("jaxrisk commit", ("git_commit", "commit")),
)
COUNTS = ("Paths", "Failed paths")
SECONDS = ("Simulation time [s]", "Time of the checks [s]", "Compile time [s]")


def provenance(facts: Facts) -> Section:
    """Hashes, seed, versions and device of the run.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    rows = []
    for title, names in ENTRIES:
        value = facts.attribute(*names)
        rows.append((title, _shown(title, value) if value else "not recorded"))
    rows[0] = (rows[0][0], facts.name)
    source = "synthetic" if facts.synthetic else "as given; see the book file"
    rows.insert(3, ("Book", source))
    rows += list(_versions(facts).items())
    table = Table(
        caption="How these numbers came to be.",
        head=("Item", "Value"),
        rows=tuple(rows),
        numeric=(False, False),
        small=True,
    )
    text = (
        "The same config, book, seed and versions on the same device give the same "
        "numbers, bit for bit."
    )
    return Section("Provenance", [table, Note(text)])


def _shown(title: str, value: str) -> str:
    if title in COUNTS:
        return f"{int(float(value)):,}"
    return f"{float(value):,.1f}" if title in SECONDS else value


def _versions(facts: Facts) -> dict[str, str]:
    """Versions of the libraries, by name."""
    stored = facts.mapping("versions")
    return {f"Version of {name}": str(version) for name, version in stored.items()}
