"""The mirror shows what is there."""

import ast
from pathlib import Path

import pytest

from tools import sizes

SOURCE = '''
def documented(a: int, *rest: str) -> int:
    """Two lines
    of docstring."""
    return a


async def untyped(a, b: int) -> None:
    pass
'''


def functions() -> list[sizes.Function]:
    return [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, sizes.Function)]


def test_a_docstring_does_not_lengthen_a_function() -> None:
    assert [(node.name, sizes.function_lines(node)) for node in functions()] == [("documented", 2), ("untyped", 2)]


def test_a_function_that_is_one_return_counts_as_data() -> None:
    assert [(node.name, sizes.is_one_value(node)) for node in functions()] == [("documented", True), ("untyped", False)]


def test_one_parameter_without_a_type_makes_a_function_untyped() -> None:
    assert [(node.name, sizes.is_typed(node)) for node in functions()] == [("documented", True), ("untyped", False)]


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.9, 9), (1, 10)])
def test_ranks_are_values_that_occur(share: float, value: int) -> None:
    assert sizes.at(list(range(10, 0, -1)), share) == value


def test_a_cycle_is_found_through_several_steps_and_a_diamond_is_none() -> None:
    diamond = {"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}
    knot = {**diamond, "d": {"e"}, "e": {"b"}}
    assert (sizes.cycles(diamond), sizes.cycles(knot)) == ([], [["b", "d", "e"]])


def test_a_long_function_and_a_long_file_are_faults_and_a_table_is_none() -> None:
    lengths = [("f", 61, False), ("g", 60, False), ("data", 80, True)]
    functions = [sizes.Measured(lines, f"a.py:1 {name}", True, table) for name, lines, table in lengths]
    long = sizes.Module(Path("a.py"), 401, is_table=False, functions=functions)
    table = sizes.Module(Path("b.py"), 2000, is_table=True)
    assert list(sizes.too_long([long, table])) == [
        "long file: a.py has 401 lines (limit 400)",
        "long function: a.py:1 f has 61 lines (limit 60)",
    ]
