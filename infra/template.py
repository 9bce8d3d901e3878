"""Reading the CloudFormation templates of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BASE = Path(__file__).with_name("base.yaml")
EDGE = Path(__file__).with_name("edge.yaml")


def load(path: Path = BASE) -> dict[str, Any]:
    """The template as data. Intrinsic functions become what their long form says: `!Ref X` → {"Ref": "X"}."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Knows CloudFormation's short forms."""

    def intrinsic(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", intrinsic)
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    return found
