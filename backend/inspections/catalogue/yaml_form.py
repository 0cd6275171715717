"""Templates as YAML files: the fields of the JSON form, read by the core schema of YAML 1.2.

``yes``, ``no`` and ``08:20`` are texts here, as everybody who writes a checklist expects; YAML 1.1 would make a truth
value and 500 of them. Anchors, tags and repeated keys are refused, with their line.
"""

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from backend.inspections.catalogue.documents import to_document
from backend.inspections.catalogue.reading import MAX_FILE, Reading
from backend.inspections.rules.checklist import Template

DEEPEST = 20
"""Levels of nesting; a template has eight."""

MOST_NODES = 30_000
"""Values and names in a file; 300 items have some 18,000. Reading them takes about two seconds."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Loader(yaml.SafeLoader):
    """Refuses what a template has no use for, before it is built."""

    nodes = depth = 0

    def compose_node(self, parent: Any, index: Any) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.events.AliasEvent) or getattr(event, "tag", None) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="alias, anchor or tag", problem_mark=event.start_mark)
        self.nodes, self.depth = self.nodes + 1, self.depth + 1
        if self.nodes > MOST_NODES or self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="too much", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Dumper(yaml.SafeDumper):
    """Never writes anchors; quotes what YAML 1.1 would misread, so that other programs read it alike."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if _plain(text) is text else "'")


_Dumper.add_representer(str, _text)


def _plain(text: str) -> Any:
    """What an unquoted word means; the text itself where it is nothing else."""
    if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def write_yaml(template: Template) -> bytes:
    """The template as YAML; ``read_yaml`` gives the equal document back."""
    text: str = yaml.dump(to_document(template), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
    return text.encode()


def read_yaml(data: bytes) -> Reading:
    """The document with the lines of its parts; what is no YAML, or more than a template needs, becomes a fault."""
    reading = Reading()
    if len(data) > MAX_FILE:
        reading.refuse("file_too_large", "文件不能超过1 MB。")
        return reading
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reading.refuse("bad_yaml", "文件不是有效的YAML，或过大、过深，或含有锚点、标签等不允许的写法。", _line(mark))
        return reading
    if not isinstance(root, MappingNode):
        reading.refuse("bad_yaml", "文件应为一组字段。")
        return reading
    builder = _Builder(reading)
    document = builder.value(root)
    builder.locate(root)
    reading.document = document if isinstance(document, dict) and not reading.faults else None
    return reading


def _line(mark: Any) -> str:
    return f"第{mark.line + 1}行" if mark is not None else ""


class _Builder:
    """Plain values out of nodes."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def value(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self.value(one) for one in node.value]
        return self._scalar(node)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if not name:
                self._refuse(key, "bad_yaml", "字段名应为文字。")
            elif name in found:
                self._refuse(key, "field_repeats", f"字段“{name[:20]}”重复。")
            else:
                found[name] = self.value(value)
        return found

    def _scalar(self, node: Node) -> Any:
        if getattr(node, "style", None) is not None:
            return str(node.value)
        return None if node.start_mark.index == node.end_mark.index else _plain(str(node.value))

    def _refuse(self, node: Node, code: str, message: str) -> None:
        self._reading.refuse(code, message, _line(node.start_mark))

    def locate(self, root: MappingNode) -> None:
        """Write down the lines of the head's fields, of the items, and of the items' fields."""
        self._locate_fields(root, None)
        for key, value in root.value:
            if getattr(key, "value", "") == "items" and isinstance(value, SequenceNode):
                for row, item in enumerate(value.value):
                    self._reading.places[row, ""] = _line(item.start_mark)
                    if isinstance(item, MappingNode):
                        self._locate_fields(item, row)

    def _locate_fields(self, node: MappingNode, row: int | None) -> None:
        for key, _ in node.value:
            self._reading.places.setdefault((row, str(key.value)), _line(key.start_mark))
