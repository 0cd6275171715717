"""Sizes and knots of the code: a mirror for its authors, with four hard limits.

Prints the lines of files and functions (median, 90th percentile, longest), the share of typed functions, the amount
of tests, and import cycles. Fails on a cycle between modules or rooms, a function over 60 lines and a file over 400.

Lines of a function are those of its body and signature without the docstring. Migrations are not counted; a file that
is mostly literals and a function that is one `return` are tables of data and have no limit. Imports under TYPE_CHECKING
bind nothing at run time and do not count; imports inside functions do.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("backend", "bench", "tools")
TESTS = ("tests",)
FUNCTION_LIMIT = 60
FILE_LIMIT = 400
TABLE_SHARE = 0.7
"""A file is a table of data when at least this share of its lines belongs to literals assigned to module names."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Measured(NamedTuple):
    """The measures of one function; `is_table` when it only returns one value, a table of data if it is long."""

    lines: int
    place: str
    is_typed: bool
    is_table: bool = False


@dataclass
class Module:
    """The measures of one file."""

    path: Path
    lines: int
    is_table: bool
    functions: list[Measured] = field(default_factory=list)


def main() -> None:
    source, tests = list(measure(SOURCE)), list(measure(TESTS))
    report("source", source)
    report("tests", tests)
    total, of_tests = sum(module.lines for module in source), sum(module.lines for module in tests)
    print(f"tests ÷ source    {of_tests / max(total, 1):.2f}")
    faults = [*too_long(source + tests), *knots()]
    print(f"knots             {sum(fault.startswith('cycle') for fault in faults)}")
    if faults:
        sys.exit("\n".join(faults))


def measure(folders: tuple[str, ...]) -> Iterator[Module]:
    """Read every Python file below these folders of the project, migrations aside."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield measure_file(path)


def measure_file(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = len(text.splitlines())
    module = Module(path.relative_to(ROOT), lines, lines > 0 and literal_lines(tree) / lines >= TABLE_SHARE)
    for node in ast.walk(tree):
        if isinstance(node, Function):
            place = f"{module.path}:{node.lineno} {node.name}"
            module.functions.append(Measured(function_lines(node), place, is_typed(node), is_one_value(node)))
    return module


def literal_lines(tree: ast.Module) -> int:
    """Lines of module-level assignments that hold no function and no lambda."""
    tables = (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in tables
        if not any(isinstance(part, ast.Lambda) for part in ast.walk(node))
    )


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def function_lines(node: Function) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring(first) else 0)


def is_one_value(node: Function) -> bool:
    """A function that is one `return` is a table of data when it is long."""
    body = node.body[1:] if is_docstring(node.body[0]) else node.body
    return len(body) == 1 and isinstance(body[0], ast.Return)


def is_typed(node: Function) -> bool:
    """Every parameter but self and cls, and the result, has an annotation."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return node.returns is not None and all(a.annotation or a.arg in {"self", "cls"} for a in named)


def report(title: str, modules: list[Module]) -> None:
    files = [module.lines for module in modules if module.lines and not module.is_table]
    functions = [function for module in modules for function in module.functions]
    lengths = [function.lines for function in functions]
    typed = sum(function.is_typed for function in functions) / max(len(functions), 1)
    print(f"{title}: {sum(files)} lines in {len(files)} files, {len(functions)} functions, {typed:.0%} typed")
    print(f"  file lines      median {at(files, 0.5):>3}   p90 {at(files, 0.9):>3}   max {at(files, 1):>3}")
    print(f"  function lines  median {at(lengths, 0.5):>3}   p90 {at(lengths, 0.9):>3}   max {at(lengths, 1):>3}")


def at(values: list[int], share: float) -> int:
    """The value below or at which this share of the values lies (nearest rank); 0 of nothing."""
    ranked = sorted(values)
    return ranked[max(0, round(share * len(ranked)) - 1)] if ranked else 0


def too_long(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.lines > FILE_LIMIT and not module.is_table:
            yield f"long file: {module.path} has {module.lines} lines (limit {FILE_LIMIT})"
        for function in module.functions:
            if function.lines > FUNCTION_LIMIT and not function.is_table:
                yield f"long function: {function.place} has {function.lines} lines (limit {FUNCTION_LIMIT})"


def knots() -> Iterator[str]:
    """Import cycles between the modules of backend, and between its rooms."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph("backend", exclude_type_checking_imports=True)
    modules = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    for cycle in cycles(modules):
        yield f"cycle of modules: {' <-> '.join(cycle)}"
    rooms: dict[str, set[str]] = {}
    for name, imported in modules.items():
        rooms.setdefault(room(name), set()).update({room(other) for other in imported} - {room(name)})
    for cycle in cycles(rooms):
        yield f"cycle of rooms: {' <-> '.join(cycle)}"


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of two or more nodes that reach each other, each sorted by name."""
    reach = {start: reachable(graph, start) for start in graph}
    groups = {tuple(sorted(other for other in reach[node] if node in reach.get(other, set()))) for node in graph}
    return [list(group) for group in sorted(groups) if len(group) > 1]


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for following in graph.get(waiting.pop(), set()) - seen:
            seen.add(following)
            waiting.append(following)
    return seen


if __name__ == "__main__":
    main()
