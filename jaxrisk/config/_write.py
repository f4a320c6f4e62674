"""Writing sections of a config as YAML."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq


def yaml_text(section: Mapping[str, Any]) -> str:
    """Plain data as YAML that reads back as the same numbers and texts.

    Mappings and lists of plain values are on one line, if 100 letters hold them. There
    are no anchors: what stands twice is written twice.
    """
    writer = YAML()
    writer.width = 98  # a comma and a bracket may follow
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda _: True
    buffer = io.StringIO()
    writer.dump(_styled(section), buffer)
    # A broken list leaves the space after its comma.
    return "\n".join(line.rstrip(" ") for line in buffer.getvalue().split("\n"))


def _styled(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        styled = CommentedMap({key: _styled(each) for key, each in value.items()})
        inside = list(value.values())
    elif isinstance(value, list):
        styled = CommentedSeq([_styled(each) for each in value])
        inside = value
    else:
        return value
    if inside and not any(isinstance(each, Mapping | list) for each in inside):
        styled.fa.set_flow_style()
    return styled
