"""The canonical form: by whichever way it is made, it is that of RFC 8785."""

import datetime as dt
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from backend.core import codec

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["，", "\ue000", "😀", 'a":1.5', "\\", '"'])
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
@example({"\ue000": 1, "\U0001f600": 2})
@example({"a": 1e21, "b": [1.0, -0.0, 10**15, 1.5e-9]})
@example({"说明": "查看，课表。", 'quote"\\': "\x00\x1f\x7f\u2028"})
def test_plain_data_has_its_one_canonical_form(value: Any) -> None:
    assert codec.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [2**53, float("nan"), float("inf"), "\ud800", {"a": dt.date(2026, 3, 1)}, {"a": {1, 2}}, [b"bytes"]]
)
def test_what_json_cannot_hold_exactly_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the library has a name for each
        codec.canonical(value)
