"""The table of states is the law: nothing moves but by it, and every state can be reached."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import connection

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Problem
from backend.documents import rectification_notice
from backend.documents.notice_data import RectificationNotice as RectificationNoticePaper
from backend.documents.rendered import Rendered
from backend.journal.models import AuditLine, Outbox
from backend.notices.models import NoticeEvidence, NoticeTransition, RectificationNotice, RectificationReport
from backend.notices.rules.lifecycle import LABELS, TRANSITIONS, WITH_THE_UNIT, State, state_after
from backend.notices.services import drafts, evidence, issuing, replies, reports, reviewing
from backend.notices.services.reports import Part
from backend.notices.services.reviewing import Verdict
from tests.fixtures.rectification import World, fresh

Maker = Callable[[World], RectificationNotice]
Attempt = Callable[[Actor, RectificationNotice], object]


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


def declare(actor: Actor, notice: RectificationNotice) -> object:
    return evidence.declare(
        actor=actor,
        notice_id=notice.pk,
        item_id=notice.findings.get(number=1).pk,
        kind="after",
        sha256="a" * 64,
        size=1,
        filetype="image/jpeg",
    )


def report(actor: Actor, notice: RectificationNotice) -> object:
    part = Part(notice.findings.get(number=1).pk, "因", "措施", "教务主任", clock.today(), "已改")
    return reports.submit_report(actor=actor, notice_id=notice.pk, parts=[part])


def relapse(actor: Actor, notice: RectificationNotice) -> object:
    item = notice.findings.get(number=1)
    return reviewing.reopen(actor=actor, notice_id=notice.pk, item_ids=[item.pk], reason="反弹")


@dataclass(frozen=True)
class Deed:
    """What may be tried on a notice: by whom and in which states it is in place."""

    attempt: Attempt
    party: str
    states: frozenset[str]


def deed(party: str, states: str, attempt: Attempt) -> Deed:
    return Deed(attempt, party, frozenset(states.split()))


DEEDS: dict[str, Deed] = {
    "amend": deed("office", "draft", lambda a, n: drafts.amend(actor=a, notice_id=n.pk, responsible="校长")),
    "review": deed("office", "draft", lambda a, n: drafts.review(actor=a, notice_id=n.pk)),
    "revise": deed("office", "reviewed", lambda a, n: drafts.revise(actor=a, notice_id=n.pk, reason="重写")),
    "issue": deed("leader", "reviewed", lambda a, n: issuing.issue(actor=a, notice_id=n.pk)),
    "deliver": deed(
        "office", "issued", lambda a, n: issuing.deliver(actor=a, notice_id=n.pk, way="邮寄", received_by="门卫")
    ),
    "acknowledge": deed("unit", "issued delivered", lambda a, n: replies.acknowledge(actor=a, notice_id=n.pk)),
    "object": deed(
        "unit",
        "delivered acknowledged rectifying",
        lambda a, n: replies.object_to(actor=a, notice_id=n.pk, text="有异议。"),
    ),
    "extend": deed(
        "unit",
        "delivered acknowledged rectifying",
        lambda a, n: replies.request_extension(actor=a, notice_id=n.pk, days=1, reason="施工"),
    ),
    "declare_evidence": deed("unit", "acknowledged rectifying returned", declare),
    "report": deed("unit", "acknowledged rectifying returned", report),
    "decide": deed(
        "office",
        "report_submitted under_review",
        lambda a, n: reviewing.decide(actor=a, notice_id=n.pk, verdicts=[]),
    ),
    "close": deed("office", "under_review", lambda a, n: reviewing.close(actor=a, notice_id=n.pk)),
    "reopen": deed("office", "closed", relapse),
    "answer_defence": deed(
        "office",
        "defence_pending",
        lambda a, n: reviewing.answer_defence(actor=a, notice_id=n.pk, accept=False, answer="维持"),
    ),
    "withdraw": deed(
        "office",
        "draft reviewed issued delivered acknowledged rectifying defence_pending",
        lambda a, n: drafts.withdraw(actor=a, notice_id=n.pk, reason="误发"),
    ),
}
UNKNOWN_TO_THE_UNIT = {"draft", "reviewed", "issued"}
"""The one that was issued and not served yet is about a school that has no account."""


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


def parties(world: World) -> dict[str, Actor]:
    return {"office": world.office, "leader": world.leader, "unit": world.unit}


def everything(notice: RectificationNotice) -> list[object]:
    """All that a refused attempt must leave as it was."""
    return [
        fresh(notice).__dict__ | {"_state": None},
        list(notice.findings.order_by("number").values_list("due_on", "close_number", "finding__state")),
        list(NoticeTransition.objects.filter(notice=notice).order_by("pk").values_list("pk", flat=True)),
        RectificationReport.objects.count(),
        NoticeEvidence.objects.count(),
        Outbox.objects.count(),
    ]


def came_by_the_table(notice: RectificationNotice) -> str:
    """The state to which its recorded steps lead; each of them is one of the table."""
    at = "draft"
    for row in NoticeTransition.objects.filter(notice=notice).order_by("pk"):
        assert (row.before, row.after) == (at, state_after(row.action, at))
        at = row.after
    return at


def in_chinese(detail: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in detail)


def refused(actor: Actor, notice: RectificationNotice, name: str) -> Problem:
    with pytest.raises(Problem) as caught:
        DEEDS[name].attempt(actor, notice)
    return caught.value


@pytest.mark.parametrize("state", list(MAKERS))
def test_in_every_state_what_is_out_of_place_is_refused_to_every_party_and_stays_on_record(
    state: str, world: World
) -> None:
    notice = MAKERS[state](world)
    assert came_by_the_table(notice) == fresh(notice).state == state
    before, expected = everything(notice), []
    for party, actor in parties(world).items():
        for name, each in DEEDS.items():
            if party == "unit" and state in UNKNOWN_TO_THE_UNIT:
                code, words = "not_found", ""
            elif party != each.party:
                code, words = ("may_not_sign" if each.party == "leader" else "forbidden"), ""
            elif state not in each.states:
                code, words = "bad_state", f"通知书当前为“{LABELS[state]}”，不能"
            else:
                continue
            fault = refused(actor, notice, name)
            assert (party, name, fault.code) == (party, name, code)
            assert in_chinese(fault.detail)
            assert fault.detail.startswith(words)
            expected.append((actor.user_id, str(notice.pk), {"action": name, "code": code, "state": state}))
    assert everything(notice) == before
    lines = AuditLine.objects.filter(verb="notice.refused").order_by("pk")
    assert list(lines.values_list("actor_id", "object_id", "detail")) == expected


def test_who_may_not_know_of_a_notice_is_refused_every_deed_and_the_attempt_stays_on_record(world: World) -> None:
    notice, other = world.acknowledged(), world.places.school(county=world.county)
    strangers = [
        world.cast.actor(world.places.liaison(other)),
        world.cast.actor(world.person(Role.INSPECTOR)),
        world.cast.actor(world.cast.person(Role.OFFICE, county=world.cast.county("linshui", "邻水区"))),
    ]
    before = everything(notice)
    for stranger in strangers:
        assert [refused(stranger, notice, name).code for name in DEEDS] == ["not_found"] * len(DEEDS)
        lines = AuditLine.objects.filter(verb="notice.refused", actor_id=stranger.user_id).order_by("pk")
        assert [(line.object_id, line.detail["action"]) for line in lines] == [(str(notice.pk), name) for name in DEEDS]
    assert everything(notice) == before


@pytest.mark.parametrize("state", list(MAKERS))
def test_what_a_state_allows_is_not_refused_as_a_bad_state(state: str, world: World) -> None:
    notice, actors = MAKERS[state](world), parties(world)
    allowed = {name: each for name, each in DEEDS.items() if state in each.states}
    for name, each in allowed.items():
        if each.party != "unit" or state not in UNKNOWN_TO_THE_UNIT:
            assert possible(partial(each.attempt, actors[each.party], notice)), (state, name)


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
