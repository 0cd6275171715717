"""五项管理, disposals of institutions, late arrivals: counted again from the raw rows."""

import datetime as dt
import random
from typing import Any

import pytest

from backend.bulletins.services import compiling
from backend.core.actor import Actor, system
from backend.inspections.models import Visit
from backend.inspections.services.templates import publish_catalogue
from backend.journal.writing import write
from backend.registry.models import InstitutionClass, TargetKind
from tests.bulletins.records import MARCH, Records, at

RULES: dict[str, tuple[str, Any]] = {
    "ZY-02": ("homework", lambda value: value == "yes"),
    "ZY-16": ("homework", lambda value: value <= 1),
    "ZY-07#4": ("homework", lambda value: value <= 60),
    "WX-01": ("sleep", lambda value: value >= "08:20"),
    "WX-11": ("phone", lambda value: value <= 0),
    "WX-14": ("reading", lambda value: value == "no"),
    "WX-22": ("fitness", lambda value: value == "no"),
}
"""Answer, the management it is about, and when it passes: read from the checklists, not from the product."""

VALUES: dict[str, list[Any]] = {
    "ZY-02": ["yes", "no"], "ZY-16": [0, 1, 5], "ZY-07#4": [40, 60, 75], "WX-01": ["08:10", "08:20", "08:30"],
    "WX-11": [0, 2], "WX-14": ["yes", "no"], "WX-22": ["yes", "no"],
}  # fmt: skip


def figures_of(maker: Actor, start: dt.date = MARCH) -> dict[str, Any]:
    return dict(compiling.compile(actor=maker, period_start=start).facts["figures"])


@pytest.fixture
def checked(records: Records) -> list[tuple[Visit, dict[str, Any]]]:
    publish_catalogue(actor=system(records.county.pk))
    chance, team = random.Random(5), records.team()
    out = []
    for number in range(12):
        given = {key: chance.choice(values) for key, values in VALUES.items() if chance.random() < 0.7}
        out.append((records.visit(records.target(team), at(2 + number), answers=given), given))
    return out


def test_the_five_managements_equal_a_recount(
    records: Records, maker: Actor, checked: list[tuple[Visit, dict[str, Any]]]
) -> None:
    records.finding(checked[0][0], template="WX")  # WX-02: sleep
    figures = figures_of(maker)
    for name in ("homework", "sleep", "phone", "reading", "fitness"):
        own = [(visit, [RULES[key][1](value) for key, value in given.items() if RULES[key][0] == name])
               for visit, given in checked]  # fmt: skip
        looked = sorted(str(visit.pk) for visit, verdicts in own if verdicts)
        met = sorted(str(visit.pk) for visit, verdicts in own if verdicts and all(verdicts))
        assert len(met) < len(looked)
        assert figures[f"five.{name}.checked"]["records"] == looked
        assert figures[f"five.{name}.met"]["records"] == met
        assert figures[f"five.{name}.met.rate"]["value"] == round(100 * len(met) / len(looked), 1)
    assert figures["five.sleep.findings"]["value"] == 1
    assert figures["five.phone.findings"]["value"] == 0


def test_institutions_are_counted_by_class_and_disposal(records: Records, maker: Actor) -> None:
    team = records.team()
    made = {
        status: records.target(
            team, TargetKind.INSTITUTION, institution_class=InstitutionClass.SUBJECT, status=status, is_active=active
        )
        for status, active in (("已压减", False), ("已营改非", True))
    }
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    figures = bulletin.facts["figures"]
    for status, target in made.items():
        assert figures[f"institutions.disposal.subject.{status}"]["records"] == [str(target.pk)]
    assert "登记在册机构处置情况：学科类已压减1家、已营改非1家。" in bulletin.texts["institutions"]


def test_late_arrivals_are_named_as_a_supplement(records: Records, maker: Actor) -> None:
    target = records.target(records.team())
    late, in_time = records.visit(target, at(3)), records.visit(target, at(4))
    earlier = records.visit(target, at(20, month=2))
    with write(actor=system(records.county.pk)):
        late.check_in = {"device_at": "2026-02-27T09:00:00Z"}
        late.save()
        in_time.check_in = {"device_at": "2026-03-04T09:00:00"}  # a clock without a zone says nothing
        in_time.save()
    found = [records.finding(late), records.finding(earlier, recorded_at=at(5))]
    records.finding(in_time)
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    figures = bulletin.facts["figures"]
    assert figures["supplement.visits"]["records"] == [str(late.pk)]
    assert figures["supplement.findings"]["records"] == sorted(str(one.pk) for one in found)
    assert "补报：以往时段实施、本期收到的督查记录1次，涉及问题2个，已计入本期。" in bulletin.texts["inspection"]


def test_what_the_product_keeps_no_rows_of_is_said(maker: Actor) -> None:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    figures = bulletin.facts["figures"]
    assert {figures[key]["value"] for key in ("tips.received", "tips.closed", "satisfaction")} == {None}
    assert bulletin.texts["tips"] == ["举报受理：本期无数据。"]
    assert bulletin.texts["managements"] == ["五项管理：本期无数据。"]
