"""Writing sections of a config as YAML."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq


def yaml_text(section: Mapping[str, Any]) -> str:
    """Plain data as YAML; mappings and lists of plain values are on one line."""
    writer = YAML()
    writer.width = 100
    buffer = io.StringIO()
    writer.dump(_styled(section), buffer)
    return buffer.getvalue()


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
