"""Write the operation tables of docs/sync-protocol.md from what the rooms registered, or check that they agree.

python tools/protocol.py --write
python tools/protocol.py            exits 1 when the document says something else
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import msgspec
from msgspec import inspect

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "sync-protocol.md"
BEGIN, END = "<!-- operations: written by tools/protocol.py -->", "<!-- end of operations -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args().write
    present = DOCUMENT.read_text(encoding="utf-8")
    fresh = renewed(present)
    if wanted:
        DOCUMENT.write_text(fresh, encoding="utf-8")
        return 0
    if fresh != present:
        sys.stdout.write(
            "docs/sync-protocol.md does not table the registered operations; `make schema` writes it anew.\n"
        )
        return 1
    return 0


def renewed(text: str) -> str:
    """`text` with its operation tables as the registry has them."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{tables()}{END}{tail}"


def tables() -> str:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    from backend.sync.registry import registry

    lines = ["| operation | `data` |", "|---|---|"]
    shared: dict[str, type[msgspec.Struct]] = {}
    for name, operation in sorted(registry.operations.items()):
        lines.append(f"| `{name}` | {_fields(operation.payload, shared)} |")
    lines += ["", "Where a field is itself an object:", "", "| object | fields |", "|---|---|"]
    done: set[str] = set()
    while left := sorted(set(shared) - done):
        done.add(left[0])
        lines.append(f"| {left[0]} | {_fields(shared[left[0]], shared)} |")
    return "\n".join(lines) + "\n"


def _fields(payload: type[msgspec.Struct], shared: dict[str, type[msgspec.Struct]]) -> str:
    info = inspect.type_info(payload)
    assert isinstance(info, inspect.StructType)
    words = [_field(field, shared) for field in info.fields]
    return "; ".join(words) or "nothing"


def _field(field: inspect.Field, shared: dict[str, type[msgspec.Struct]]) -> str:
    mark = "" if field.required else "?"
    return f"`{field.encode_name}`{mark} {_type(field.type, shared)}"


def _type(kind: inspect.Type, shared: dict[str, type[msgspec.Struct]]) -> str:
    match kind:
        case inspect.StructType(cls=cls):
            shared[cls.__name__] = cls
            return cls.__name__
        case inspect.UnionType(types=types):
            return " or ".join(_type(each, shared) for each in types)
        case inspect.ListType(item_type=item):
            return f"list of {_type(item, shared)}{_bounds(kind)}"
        case inspect.DictType(value_type=value):
            return f"object of {_type(value, shared)}"
        case inspect.LiteralType(values=values):
            return " \\| ".join(f"`{value}`" for value in sorted(map(str, values)))
    return _NAMES.get(type(kind).__name__, type(kind).__name__) + _bounds(kind)


_NAMES = {
    "StrType": "text",
    "IntType": "whole number",
    "FloatType": "number",
    "BoolType": "true/false",
    "NoneType": "null",
    "UUIDType": "UUID",
    "DateTimeType": "time (RFC 3339)",
    "AnyType": "value",
}


def _bounds(kind: Any) -> str:
    words = list(_limits(kind))
    return f" ({', '.join(words)})" if words else ""


def _limits(kind: Any) -> Iterator[str]:
    for name, sign in (("ge", "≥"), ("le", "≤"), ("min_length", "length ≥"), ("max_length", "length ≤")):
        limit = getattr(kind, name, None)
        if limit is not None and abs(limit) < 2**31 - 1:
            yield f"{sign} {limit}"
    if pattern := getattr(kind, "pattern", None):
        yield f"pattern `{pattern}`"


if __name__ == "__main__":
    sys.exit(main())
