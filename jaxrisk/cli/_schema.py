"""`jaxrisk schema`."""

import json

from ._exits import exits
from ._voice import PlainVoice


def schema() -> None:
    """Print the JSON Schema of a config, for editors."""
    with exits(PlainVoice()):
        from ..config import schema as described

        print(json.dumps(described(), indent=2, ensure_ascii=False))
