"""The review desk as pages: what waits, what it is, and the one decision about it."""

import uuid

import pytest
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core.ids import uuid7
from backend.journal.models import AuditLine
from backend.registry.models import Department
from backend.registry.services import headships, organisation, teams
from backend.sync.models import DeviceReport
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.people import Cast
from tests.fixtures.work_under_review import Desk, given, photo


@pytest.fixture
def office(desk: Desk) -> Seat:
    assert desk.office.user_id is not None
    return Seat(User.objects.get(pk=desk.office.user_id))


def test_late_work_is_put_beside_the_round(desk: Desk, office: Seat) -> None:
    op = desk.op(desk.late("evidence.add", uuid7(), photo(desk.visit.pk, uuid7())))
    before = desk.visit.content_hash
    assert "到访提交之后才到" in office.opens("desk_held")
    assert office.offers("desk_held_one", op) == {"addendum", "refile", "dismiss"}
    text = office.done("addendum", "desk_held_one", op, reason="现场照片，补录")
    desk.visit.refresh_from_db()
    assert ("已采用" in text, desk.visit.addenda_kept, desk.visit.content_hash) == (True, 1, before)
    assert office.offers("desk_held_one", op) == set()
    assert ("没有待处理" in office.opens("desk_held"), "现场照片，补录" in office.opens("desk_held_one", op)) == (
        True,
        True,
    )
    assert "已采用" in office.opens("desk_held", decided="on")


def test_dismissed_only_with_a_reason(desk: Desk, office: Seat) -> None:
    op = desk.op(desk.late("answer.set", desk.visit.pk, given(TY_01="no")))
    assert refusal(office.does("dismiss", "desk_held_one", op, reason=""))[0] == 400
    assert "已驳回" in office.done("dismiss", "desk_held_one", op, reason="与提交内容重复")


def test_what_was_sent_is_shown_word_for_word_and_runs_nowhere(desk: Desk, office: Seat) -> None:
    hostile = {"answers": {"TY-01": {"value": "no", "note": "<script>alert(1)</script>"}}}
    op = desk.op(desk.late("answer.set", desk.visit.pk, hostile))
    text = office.opens("desk_held_one", op)
    assert ("&lt;script&gt;alert(1)&lt;/script&gt;" in text, "<script>alert" in text) == (True, False)


def test_a_refusal_of_the_engine_comes_back_with_what_was_typed(desk: Desk, office: Seat) -> None:
    op = desk.op(desk.late("answer.set", desk.visit.pk, given(TY_01="no")))
    answer = office.does("refile", "desk_held_one", op, to=str(uuid.uuid4()), reason="应挂另一到访")
    assert (refusal(answer)[0], "应挂另一到访" in answer.content.decode()) == (400, True)


def test_leaders_see_what_is_theirs_and_others_nothing(desk: Desk, cast: Cast) -> None:
    op = desk.op(desk.late("answer.set", desk.visit.pk, given(TY_01="no")))
    leader = Seat(desk.visit.assignment.leader)
    stranger = Seat(cast.person(Role.TEAM_LEADER))
    assert (leader.status("desk_held_one", op), stranger.status("desk_held_one", op)) == (200, 404)
    assert (desk.visit.target.name in leader.opens("desk_held"), "没有待处理" in stranger.opens("desk_held")) == (
        True,
        True,
    )
    assert Seat(cast.person(Role.LEADERSHIP)).status("desk_held") == 403


def test_several_are_decided_at_once_and_each_has_a_line_of_its_own(desk: Desk, office: Seat) -> None:
    """One of them was decided meanwhile: it is told so, and the others are decided."""
    ops = [desk.op(desk.late("answer.set", desk.visit.pk, given(TY_01="no"))) for _ in range(3)]
    other = Seat(desk.cast.person(Role.OFFICE))
    sent = hidden(office.opens("desk_held"), "decide") | {"ops": [str(op) for op in ops], "outcome": "dismissed"}
    address = reverse("desk_held_do", args=["decide"])
    refused = office.client.post(address, sent)
    assert (refusal(refused)[1], [f'value="{op}"' in refused.content.decode() for op in ops]) == (
        "请写明理由。",
        [True] * 3,
    )
    assert refused.content.decode().count("checked") >= 3
    other.done("dismiss", "desk_held_one", ops[1], reason="重复")
    sent |= hidden(refused.content.decode(), "decide") | {"reason": "与提交内容重复"}
    text = str(office.client.get(office.client.post(address, sent)["Location"]).content.decode())
    assert ("已处理 2 项，1 项未能处理" in text, "该操作已有处理结果。" in text) == (True, True)
    assert "刚才处理的内容" not in office.opens("desk_held")
    lines = AuditLine.objects.filter(verb="operation.dismissed").values_list("object_id", flat=True)
    assert sorted(lines) == sorted(str(op) for op in ops)


def test_nothing_ticked_is_told_and_a_forged_tick_touches_nothing(desk: Desk, office: Seat) -> None:
    desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    assert "请先在表中勾选" in refusal(office.does("decide", "desk_held", outcome="accepted"))[1]
    forged = office.does("decide", "desk_held", outcome="accepted", ops=["x"])
    assert (refusal(forged)[0], "勾选的内容无效" in refusal(forged)[1]) == (400, True)
    assert "1 项未能处理" in office.done("decide", "desk_held", outcome="accepted", ops=[str(uuid.uuid4())])


def test_who_has_the_team_in_their_care_merges_late_work(desk: Desk, cast: Cast) -> None:
    """Not only the leader of the crew: the leader of the team, and the head of its department."""
    assert desk.visit.assignment.team is not None
    office = desk.office
    head = cast.person(Role.DEPARTMENT_HEAD)
    department = organisation.create(Department, actor=office, code="K03", name="基础教育科")
    teams.update_team(actor=office, team_id=desk.visit.assignment.team.pk, department_id=department.pk)
    op = desk.op(desk.late("answer.set", desk.visit.pk, given(TY_01="no")))
    assert Seat(head).status("desk_held_one", op) == 404
    headships.name_head(actor=office, department_id=department.pk, user_id=head.pk)
    assert Seat(head).offers("desk_held_one", op) == {"addendum", "refile", "dismiss"}
    assert "已采用" in Seat(head).done("addendum", "desk_held_one", op, reason="现场补录")


def test_marks_of_pages_that_are_none_are_refused(office: Seat) -> None:
    assert [office.status("desk_held", after="x"), office.status("desk_phones", after="x")] == [400, 400]


def test_phones_with_unsent_work_are_found(desk: Desk, office: Seat) -> None:
    device = desk.member.client.device
    DeviceReport.objects.update_or_create(
        device_id=device.pk,
        defaults={
            "county_id": desk.visit.county_id,
            "user_id": desk.member.client.user.pk,
            "ops": 7,
            "uploads": 3,
            "unsent_since": device.created_at,
            "told_at": device.created_at,
        },
    )
    text = office.opens("desk_phones", unsent="on")
    assert (desk.member.client.user.name in text, "请联网打开应用" in text) == (True, True)
