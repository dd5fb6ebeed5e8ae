"""The records of a YAML file: values in the source's characters, aliases limited, repeated keys kept apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dalil.collect.decode import decode
from dalil.collect.json_rows import rows_of
from dalil.collect.rows import Rows
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError

_MOST_VALUES = 5_000_000
_ABSENT = ("", "~", "null", "Null", "NULL")


def read_yaml(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The records of a YAML file; several documents in it are a list. Raises SourceError where it is damaged."""
    import yaml

    text = decode(Path(file.absolute).read_bytes(), file.encoding)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise SourceError(f"not valid YAML ({place}{error.problem or 'damaged'})") from error
    except yaml.YAMLError as error:
        raise SourceError(f"not valid YAML ({str(error).splitlines()[0][:120]})") from error
    plain = _Plain()
    data = [plain.value(node) for node in nodes]
    return [rows_of(data[0] if len(data) == 1 else data, file)]


class _Plain:
    """Makes plain data of YAML's nodes. An alias is written out each time: their number is what a bomb multiplies."""

    def __init__(self) -> None:
        self.made = 0
        self.open: set[int] = set()

    def value(self, node: Any) -> Any:
        """Text, None, list or dictionary of a node. Raises SourceError for bombs and for loops."""
        import yaml

        self.made += 1
        if self.made > _MOST_VALUES:
            raise SourceError(f"a YAML bomb? its aliases stand for more than {_MOST_VALUES} values")
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _ABSENT else node.value
        if id(node) in self.open:
            raise SourceError("an alias of the YAML stands for what it lies in: a loop")
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(part) for part in node.value]
            return self._object(node)
        finally:
            self.open.discard(id(node))

    def _object(self, node: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, part in node.value:
            base = key.value if isinstance(key.value, str) else "field"
            name, count = base, 1
            while name in found:
                count += 1
                name = f"{base} ({count})"
            found[name] = self.value(part)
        return found
