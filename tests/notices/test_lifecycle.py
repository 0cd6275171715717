"""The table of states is the law: nothing moves but by it, and every state can be reached."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from backend.core.errors import Conflict
from backend.documents import rectification_notice
from backend.documents.notice_data import RectificationNotice as RectificationNoticePaper
from backend.documents.rendered import Rendered
from backend.journal.models import AuditLine
from backend.notices.models import NoticeTransition, RectificationNotice
from backend.notices.rules.lifecycle import LABELS, TRANSITIONS, WITH_THE_UNIT, State, state_after
from backend.notices.services import drafts, evidence, issuing, replies, reports, reviewing
from backend.notices.services.reviewing import Verdict
from tests.fixtures.rectification import World, fresh

Maker = Callable[[World], RectificationNotice]
Attempt = Callable[[World, RectificationNotice], object]


def half_reviewed(world: World) -> RectificationNotice:
    notice = world.reported(["minor", "minor"])
    first = notice.findings.get(number=1)
    return reviewing.decide(actor=world.office, notice_id=notice.pk, verdicts=[Verdict(first.pk, "closed")])


def defended(world: World) -> RectificationNotice:
    return replies.object_to(actor=world.unit, notice_id=world.acknowledged().pk, text="有异议。")


def at_work(world: World) -> RectificationNotice:
    notice = world.acknowledged()
    world.photo(notice.findings.get())
    return fresh(notice)


def withdrawn(world: World) -> RectificationNotice:
    return drafts.withdraw(actor=world.office, notice_id=world.issued().pk, reason="误发")


MAKERS: dict[str, Maker] = {
    "draft": World.draft,
    "reviewed": World.reviewed,
    "issued": lambda world: world.issued(target=world.places.school(county=world.county)),
    "delivered": World.issued,
    "acknowledged": World.acknowledged,
    "rectifying": at_work,
    "report_submitted": World.reported,
    "under_review": half_reviewed,
    "closed": World.closed,
    "returned": lambda world: world.decide(world.reported(), "returned"),
    "defence_pending": defended,
    "withdrawn": withdrawn,
}


def declare(world: World, notice: RectificationNotice) -> object:
    return evidence.declare(
        actor=world.unit,
        notice_id=notice.pk,
        item_id=notice.findings.get(number=1).pk,
        kind="after",
        sha256="a" * 64,
        size=1,
        filetype="image/jpeg",
    )


def report(world: World, notice: RectificationNotice) -> object:
    parts = [world.part(notice.findings.get(number=1))]
    return reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=parts)


def relapse(world: World, notice: RectificationNotice) -> object:
    item = notice.findings.get(number=1)
    return reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[item.pk], reason="反弹")


ATTEMPTS: dict[str, tuple[Attempt, str]] = {
    "amend": (lambda w, n: drafts.amend(actor=w.office, notice_id=n.pk, responsible="校长"), "draft"),
    "review": (lambda w, n: drafts.review(actor=w.office, notice_id=n.pk), "draft"),
    "revise": (lambda w, n: drafts.revise(actor=w.office, notice_id=n.pk, reason="重写"), "reviewed"),
    "issue": (lambda w, n: issuing.issue(actor=w.leader, notice_id=n.pk), "reviewed"),
    "deliver": (lambda w, n: issuing.deliver(actor=w.office, notice_id=n.pk, way="邮寄", received_by="门卫"), "issued"),
    "acknowledge": (lambda w, n: replies.acknowledge(actor=w.unit, notice_id=n.pk), "issued delivered"),
    "object": (
        lambda w, n: replies.object_to(actor=w.unit, notice_id=n.pk, text="有异议。"),
        "delivered acknowledged rectifying",
    ),
    "extend": (
        lambda w, n: replies.request_extension(actor=w.unit, notice_id=n.pk, days=1, reason="施工"),
        "delivered acknowledged rectifying",
    ),
    "declare_evidence": (declare, "acknowledged rectifying returned"),
    "report": (report, "acknowledged rectifying returned"),
    "decide": (
        lambda w, n: reviewing.decide(actor=w.office, notice_id=n.pk, verdicts=[]),
        "report_submitted under_review",
    ),
    "close": (lambda w, n: reviewing.close(actor=w.office, notice_id=n.pk), "under_review"),
    "reopen": (relapse, "closed"),
    "answer_defence": (
        lambda w, n: reviewing.answer_defence(actor=w.office, notice_id=n.pk, accept=False, answer="维持"),
        "defence_pending",
    ),
    "withdraw": (
        lambda w, n: drafts.withdraw(actor=w.office, notice_id=n.pk, reason="误发"),
        "draft reviewed issued delivered acknowledged rectifying defence_pending",
    ),
}
INVISIBLE_TO_UNITS = {"draft", "reviewed"}
OF_UNITS = {"acknowledge", "object", "extend", "declare_evidence", "report"}


def test_every_state_has_a_name_and_can_be_reached_from_the_draft() -> None:
    reached, edge = {State.DRAFT}, {State.DRAFT}
    while edge:
        edge = {State(t.target) for t in TRANSITIONS.values() if t.sources & edge} - reached
        reached |= edge
    assert reached == set(State) == set(LABELS)


def test_only_what_is_withdrawn_has_no_way_on() -> None:
    assert {state for state in State if not any(state in t.sources for t in TRANSITIONS.values())} == {State.WITHDRAWN}


def test_deadlines_run_only_where_the_unit_can_act() -> None:
    units_own = {state for t in TRANSITIONS.values() if t.party == "unit" for state in t.sources}
    assert WITH_THE_UNIT - {State.ISSUED} == units_own


@pytest.mark.parametrize("state", list(MAKERS))
def test_services_walk_to_every_state_by_the_table_alone(state: str, world: World) -> None:
    notice = MAKERS[state](world)
    at = "draft"
    for row in NoticeTransition.objects.filter(notice=notice).order_by("pk"):
        assert (row.before, row.after) == (at, state_after(row.action, at))
        at = row.after
    assert (at, fresh(notice).state) == (state, state)


@pytest.mark.parametrize("state", list(MAKERS))
def test_what_a_state_does_not_allow_is_refused_in_chinese_and_stays_on_record(state: str, world: World) -> None:
    notice = MAKERS[state](world)
    before = fresh(notice).__dict__ | {"_state": None}
    refused = [name for name, (_, allowed) in ATTEMPTS.items() if state not in allowed.split()]
    if state in INVISIBLE_TO_UNITS:
        refused = [name for name in refused if name not in OF_UNITS]
    if state == "issued":
        refused = [name for name in refused if name not in OF_UNITS]
    for name in refused:
        with pytest.raises(Conflict) as caught:
            ATTEMPTS[name][0](world, notice)
        assert (name, caught.value.code, caught.value.status) == (name, "bad_state", 409)
        assert caught.value.detail.startswith(f"通知书当前为“{LABELS[state]}”，不能")
    assert fresh(notice).__dict__ | {"_state": None} == before
    lines = AuditLine.objects.filter(verb="notice.refused").order_by("pk")
    assert [(line.detail["action"], line.detail["state"]) for line in lines] == [(name, state) for name in refused]


@pytest.mark.parametrize("state", list(MAKERS))
def test_what_a_state_allows_is_not_refused_as_a_bad_state(state: str, world: World) -> None:
    notice = MAKERS[state](world)
    allowed = [name for name, (_, sources) in ATTEMPTS.items() if state in sources.split()]
    if state == "issued":
        allowed = [name for name in allowed if name not in OF_UNITS]
    for name in allowed:
        assert possible(partial(ATTEMPTS[name][0], world, notice)), (state, name)


def possible(attempt: Callable[[], object]) -> bool:
    """Whether the attempt passes the table; what it did is taken back."""
    from django.db import transaction

    try:
        with transaction.atomic():
            attempt()
            raise RolledBack
    except RolledBack:
        return True
    except Conflict as fault:
        return fault.code != "bad_state"


class RolledBack(Exception):
    """Undoes an attempt that went well."""


def test_the_database_itself_keeps_one_notice_per_visit(world: World) -> None:
    names = connection.introspection.get_constraints(connection.cursor(), RectificationNotice._meta.db_table)
    assert names["notice_one_per_visit"]["unique"]
    assert names["notice_number"]["unique"]


def test_words_that_change_while_the_paper_is_printed_are_not_issued_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = world.reviewed()
    render = rectification_notice.render

    def while_printing(paper: RectificationNoticePaper) -> Rendered:
        drafts.revise(actor=world.office, notice_id=notice.pk, reason="漏写要求")
        drafts.amend(actor=world.office, notice_id=notice.pk, requirements=["立即整改。"])
        drafts.review(actor=world.office, notice_id=notice.pk)
        return render(paper)

    with monkeypatch.context() as patched:
        patched.setattr(rectification_notice, "render", while_printing)
        with pytest.raises(Conflict, match="signed_elsewhere"):
            issuing.issue(actor=world.leader, notice_id=notice.pk)
    assert (fresh(notice).state, fresh(notice).issued_at) == (State.REVIEWED, None)
    assert issuing.issue(actor=world.leader, notice_id=notice.pk).requirements == ["立即整改。"]
