"""What does not fit together about a photo: each rule on both sides of its threshold."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.inspections.models import FlagKind
from backend.inspections.rules import integrity
from backend.inspections.rules.integrity import Claim, Found, Metres, flags

NINE = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
HONEST = Claim(
    "photo", "image/jpeg", taken_at=NINE, at=NINE, received_at=NINE, offset_ms=0, placed=True, model="M2102J2SC"
)
FITTING = Found("image/jpeg", taken_at=NINE, changed_at=NINE, make="Xiaomi", model="M2102J2SC", software="MIUI 14.0.3")
NEAR = Metres(to_file=12.0, to_target=80.0, at_target=True, sure=20.0)


def raised(claim: Claim = HONEST, found: Found | None = FITTING, metres: Metres = NEAR) -> dict[str, dict[str, Any]]:
    return {flag.kind: flag.detail for flag in flags(claim, found, metres)}


def later(seconds: float) -> dt.datetime:
    return NINE + dt.timedelta(seconds=seconds)


def test_an_honest_photo_raises_nothing() -> None:
    assert raised() == {}


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"taken_at": later(-120), "at": NINE}, {}),
        ({"taken_at": later(-121)}, {"time_gap": {"file": 121}}),
        ({"taken_at": later(121)}, {"time_gap": {"file": -121, "declared": -121, "received": 121}}),
        ({"at": later(1800), "received_at": later(1800)}, {}),
        ({"at": later(1801), "received_at": later(1801)}, {"time_gap": {"declared": 1801}}),
        ({"received_at": later(5 * 86400)}, {}),
        ({"received_at": later(-121)}, {"time_gap": {"received": 121}}),
        ({"at": None, "received_at": None}, {}),
        ({"taken_at": None, "at": later(-121)}, {"time_gap": {"declared": -121}}),
    ],
)
def test_times(claim: dict[str, Any], expected: dict[str, Any]) -> None:
    assert raised(replace(HONEST, **claim)) == expected


def test_a_wrong_clock_is_told_once_and_taken_off_before_times_are_compared_with_ours() -> None:
    hour = 3_600_000
    fast = replace(HONEST, offset_ms=hour, received_at=later(-3600))
    assert raised(fast) == {"clock_skew": {"seconds": 3600}}
    assert raised(replace(fast, offset_ms=-hour))["time_gap"] == {"received": 7200}
    assert raised(replace(HONEST, offset_ms=120_000, received_at=later(0))) == {}


@given(st.integers(-(2**62), 2**62))
def test_no_error_of_a_clock_is_too_large(offset_ms: int) -> None:
    assert set(raised(replace(HONEST, offset_ms=offset_ms))) <= {"clock_skew", "time_gap"}


@pytest.mark.parametrize(
    ("claim", "metres", "expected"),
    [
        ({"mock": True}, {}, {"mock_location": {}}),
        ({"mock": False}, {}, {}),
        ({"placed": False}, {"to_file": None}, {"no_place": {}}),
        ({"kind": "signature", "placed": False, "filetype": "image/jpeg"}, {"to_file": None}, {}),
        ({}, {"to_file": 1020.0}, {}),
        ({}, {"to_file": 1021.0}, {"place_gap": {"metres": 1021}}),
        ({}, {"to_file": 2900.0, "sure": 40_000_000.0}, {}),
        ({}, {"to_file": 3001.0, "sure": 40_000_000.0}, {"place_gap": {"metres": 3001}}),
        ({}, {"to_target": 900.4, "at_target": False}, {"far_from_target": {"metres": 900}}),
    ],
)
def test_places(claim: dict[str, Any], metres: dict[str, Any], expected: dict[str, Any]) -> None:
    assert raised(replace(HONEST, **claim), metres=replace(NEAR, **metres)) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"filetype": "image/png"}, {"wrong_type": {"declared": "image/jpeg", "found": "image/png"}}),
        ({"filetype": None}, {"wrong_type": {"declared": "image/jpeg", "found": None}}),
        ({"readable": False}, {"unreadable": {}}),
        (
            {"model": "NOH-AN00", "make": "HUAWEI"},
            {"device_gap": {"declared": "M2102J2SC", "found": "HUAWEI NOH-AN00"}},
        ),
        ({"model": "Xiaomi M2102J2SC"}, {}),
        ({"model": "", "make": ""}, {}),
        ({"software": "Adobe Photoshop 25.0 (Windows)"}, {"edited": {"software": "Adobe Photoshop 25.0 (Windows)"}}),
        ({"software": "美图秀秀"}, {"edited": {"software": "美图秀秀"}}),
        ({"changed_at": later(120)}, {}),
        ({"changed_at": later(121)}, {"edited": {"seconds": 121}}),
    ],
)
def test_files(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert raised(found=replace(FITTING, **found)) == expected


def test_a_photo_that_is_a_document_has_the_wrong_type_and_a_document_that_is_a_picture_has_not() -> None:
    pdf = replace(FITTING, filetype="application/pdf")
    assert set(raised(replace(HONEST, filetype="application/pdf"), pdf)) == {"wrong_type"}
    assert raised(replace(HONEST, kind="document")) == {}


def test_of_a_file_that_tells_nothing_only_the_declaration_is_judged() -> None:
    assert raised(replace(HONEST, mock=True), None, Metres()) == {"mock_location": {}}


def test_every_kind_that_the_rules_raise_is_a_flag() -> None:
    worst = Claim(
        "photo", "image/png", NINE, later(99_999), later(-99_999), 600_000, placed=False, mock=True, model="A"
    )
    found = Found("image/jpeg", False, later(999), later(9999), "B", "B", "GIMP 2.10")
    metres = Metres(9e6, 9e6, at_target=False)
    kinds = set(raised(worst, found, metres))
    assert kinds == set(FlagKind.values) - {"reused", "lookalike"}
    assert integrity.Flag("x").detail == {}
