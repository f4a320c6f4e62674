"""Where real data lie that are not part of the package."""

import os
from pathlib import Path


def shared_folder() -> Path:
    """The folder named by JAXRISK_DATA, or the one beside a checkout."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get("JAXRISK_DATA", beside))
