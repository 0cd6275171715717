"""The audit trail at a desk: found by who, what and when, object by object, and proven whole."""

import ast
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.roles import Role
from backend.desk.rules import audit_words
from backend.journal import sealing
from backend.journal.models import AuditLine, SealedLine
from backend.journal.writing import write
from tests.desk.clicking import Seat
from tests.fixtures.rectification import World

LITERAL = re.compile(r'\.log\(\s*"([a-z_]+)\.([a-z_]+)"')


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def office(world: World) -> Seat:
    return Seat(world.person(Role.OFFICE))


def count(text: str) -> int:
    return text.count('data-label="经办人"')


def test_lines_are_found_by_actor_verb_object_and_span(world: World, office: Seat, hand: Any) -> None:
    notice = world.draft()
    name = world.office.name
    assert "整改通知书：起草" in office.opens("desk_audit", actor=name, kind="notice")
    assert count(office.opens("desk_audit", verb="起草", kind="notice")) == 1
    assert count(office.opens("desk_audit", verb="drafted", object_id=str(notice.pk))) == 1
    assert count(office.opens("desk_audit", verb="没有这种事")) == 0
    assert count(office.opens("desk_audit", actor="没有这个人")) == 0
    assert count(office.opens("desk_audit", since="2026-11-17")) == 0
    assert count(office.opens("desk_audit", kind="notice", since="2026-11-16", until="2026-11-16")) == 1
    for odd in ("0001-01-01", "9999-12-31", "unsinn", "2026-02-30"):
        assert count(office.opens("desk_audit", kind="notice", since=odd)) == 1


def test_one_object_has_a_page_of_its_lines_and_what_does_not_exist_has_none(
    world: World, office: Seat, cast: Any, other_county: Any
) -> None:
    notice = world.reviewed()
    page = office.opens("desk_audit_object", "notice", notice.pk)
    assert (count(page), "整改通知书：审核" in page) == (2, True)
    assert office.status("desk_audit_object", "notice", uuid.uuid4()) == 404
    foreign = Seat(cast.person(Role.OFFICE, county=other_county))
    assert foreign.status("desk_audit_object", "notice", notice.pk) == 404
    assert world.office.name not in foreign.opens("desk_audit")


def test_pages_follow_one_another_by_key(world: World, office: Seat) -> None:
    world.reviewed()
    text = office.opens("desk_audit", limit="1", kind="notice")
    after = text.split("&amp;after=")[1].split('"')[0]
    assert "：审核" in text
    assert "：起草" in office.opens("desk_audit", limit="1", kind="notice", after=after)


def test_a_whole_chain_is_told_with_its_root_and_a_changed_line_is_told_with_its_place(
    world: World, office: Seat
) -> None:
    world.draft()
    sealing.seal_all()
    root = sealing.verify(world.county.pk).root
    page = office.done("verify", "desk_audit")
    assert (root in page, "完整无改动" in page, root in office.opens("desk_audit", day="2026-11-16")) == (
        True,
        True,
        True,
    )
    assert "还没有封存" in office.opens("desk_audit", day="2026-11-15")
    line = SealedLine.objects.get(county_id=world.county.pk, place=2).line_id
    with write(actor=world.office):
        AuditLine.objects.filter(pk=line).update(actor_name="别人")
    assert "警告：第 2 条起与封存时不一致" in office.done("verify", "desk_audit")


def test_hostile_detail_is_shown_as_words_and_cut(world: World, office: Seat) -> None:
    notice = world.draft()
    with write(actor=world.office) as change:
        change.log("notice.amended", notice, reason="<script>1</script>" + "长" * 5000)
    page = office.opens("desk_audit", kind="notice")
    assert ("<script>1" in page, "&lt;script&gt;1" in page, "长" * 400 in page) == (False, True, False)


@pytest.mark.parametrize("role", [Role.TEAM_LEADER, Role.INSPECTOR, Role.SCHOOL_LIAISON, Role.TIP_CLERK])
def test_others_have_no_page_of_it(world: World, role: str) -> None:
    assert Seat(world.person(role)).status("desk_audit") == 403


def test_the_page_costs_a_bounded_number_of_queries(world: World, office: Seat) -> None:
    world.reviewed()
    with CaptureQueriesContext(connection) as queries:
        text = office.opens("desk_audit")
    assert (len(queries) <= 15, len(text.encode()) <= 120 * 1024) == (True, True)


@pytest.mark.once
def test_every_verb_that_the_code_writes_has_chinese_words() -> None:
    found = {
        pair
        for path in Path(settings.BASE_DIR, "backend").rglob("*.py")
        for pair in LITERAL.findall(path.read_text(encoding="utf-8"))
    }
    unknown = {f"{a}.{b}" for a, b in found if a not in audit_words.SUBJECTS or b not in audit_words.HAPPENED}
    assert (len(found) > 100, unknown) == (True, set())


@pytest.mark.once
def test_every_detail_that_the_code_writes_has_a_chinese_name() -> None:
    found = {
        word.arg
        for path in Path(settings.BASE_DIR, "backend").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "log"
        for word in call.keywords
        if word.arg is not None
    }
    assert (len(found) > 50, found - audit_words.DETAILS.keys()) == (True, set())


def test_details_are_read_by_name(world: World, office: Seat) -> None:
    notice = world.draft()
    with write(actor=world.office) as change:
        change.log("visit.checked_in", notice, inside=True, metres=12)
    assert "在围栏内：是；相距米数：12" in office.opens("desk_audit", kind="notice")
