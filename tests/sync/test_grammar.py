"""JSON by its grammar alone: the same texts are JSON as for a parser that reads values, at any depth and size."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sync import grammar

BASE = json.dumps({"ops": [{"a": [1, {"b": 'x\u00e9"\n'}, [], {}], "c": None, "d": -1.5e3}, {}, []], "k": True})

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)

edits = st.lists(
    st.tuples(st.integers(0, len(BASE) - 1), st.sampled_from([*'{}[],:"\\ 01e-.tnu', ""]), st.booleans()), max_size=3
)


def is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=float.fromhex)  # NaN and Infinity are words of Python, not of JSON
    except ValueError:
        return False
    return not any(word in text for word in ("NaN", "Infinity"))


def is_grammar(text: str) -> bool:
    try:
        list(grammar.members(text.encode()))
    except grammar.Malformed:
        return False
    return True


@given(edits)
def test_a_text_is_json_for_both_or_for_neither(changes: list[tuple[int, str, bool]]) -> None:
    text = BASE
    for place, sign, instead in changes:
        text = text[:place] + sign + text[place + instead :]
    assert is_grammar(text) == is_json(text)


@given(st.dictionaries(st.text(max_size=6), values, max_size=6), st.sampled_from([None, 1, 3]))
def test_members_are_given_as_they_are_written(value: dict[str, Any], indent: int | None) -> None:
    found = list(grammar.members(json.dumps(value, indent=indent).encode()))
    assert {json.loads(key): json.loads(member) for key, member in found} == value
    assert len(found) == len(value)


@given(st.lists(values, max_size=6), st.sampled_from([None, 2]))
def test_elements_are_given_as_they_are_written(value: list[Any], indent: int | None) -> None:
    assert [json.loads(each) for each in grammar.values(json.dumps(value, indent=indent).encode())] == value


def test_depth_and_size_are_no_matter() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert grammar.values(b"[1e400, " + deep + b', "\\ud800"]') == [b"1e400", deep, b'"\\ud800"']


@pytest.mark.parametrize(
    "text", [b"", b" ", b"{", b"]", b"[}", b"{1:2}", b'{"a"}', b"[1 2]", b"\xff", b"[\x0c1]", b"1 2"]
)
def test_what_is_no_json_is_told(text: bytes) -> None:
    with pytest.raises(grammar.Malformed):
        list(grammar.members(text))


@pytest.mark.parametrize("text", [b"1", b"{}", b'"x"', b"null"])
def test_only_an_array_has_elements(text: bytes) -> None:
    with pytest.raises(grammar.Malformed):
        grammar.values(text)
