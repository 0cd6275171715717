"""What is refused for another reason than the state or the party: too late, twice, with somebody else's evidence."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from backend.accounts.models import User
from backend.core import clock
from backend.core.errors import Problem
from backend.inspections.models import Finding
from backend.journal.models import AuditLine
from backend.notices.models import NoticeEvidence, NoticeFinding, RectificationNotice
from backend.notices.services import drafts, evidence, replies, reports, reviewing
from tests.fixtures.rectification import World, fresh


def elsewhere(world: World) -> NoticeEvidence:
    """Verified evidence of another unit, about its own notice."""
    target = world.places.school(county=world.county)
    other = world.cast.actor(world.places.liaison(target))
    notice = replies.acknowledge(actor=other, notice_id=world.issued(target=target).pk)
    item, sha256 = notice.findings.get(), "d" * 64
    row = evidence.declare(
        actor=other, notice_id=notice.pk, item_id=item.pk, kind="after", sha256=sha256, size=9, filetype="image/jpeg"
    )
    evidence.received(evidence_id=str(row.pk), sha256=sha256, intact=True, facts={})
    return row


def proved_by(world: World, notice: RectificationNotice, proof: uuid.UUID) -> object:
    part = replace(world.part(notice.findings.get()), evidence=[proof])
    return reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=[part])


def declared(world: World, notice: RectificationNotice, item: uuid.UUID, key: uuid.UUID | None = None) -> object:
    return evidence.declare(
        actor=world.unit,
        notice_id=notice.pk,
        item_id=item,
        kind="after",
        sha256="a" * 64,
        size=9,
        filetype="image/jpeg",
        evidence_id=key,
    )


def objected(world: World, notice: RectificationNotice) -> object:
    return replies.object_to(actor=world.unit, notice_id=notice.pk, text="有异议。")


def asked(world: World, notice: RectificationNotice) -> object:
    return replies.request_extension(actor=world.unit, notice_id=notice.pk, days=1, reason="施工")


def objected_once(world: World) -> RectificationNotice:
    notice = world.acknowledged()
    objected(world, notice)
    return reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=False, answer="维持")


def asked_once(world: World) -> RectificationNotice:
    notice = world.acknowledged()
    asked(world, notice)
    return fresh(notice)


@dataclass(frozen=True)
class Case:
    begin: Callable[[World], RectificationNotice]
    attempt: Callable[[World, RectificationNotice], object]
    action: str
    code: str
    words: str
    days: int = 0
    """How much later it is tried."""


CASES = {
    "a defence after five days": Case(
        World.acknowledged, objected, "object", "defence_too_late", "申辩期限为送达后5日，现已超过。", 9
    ),
    "more time after the deadline": Case(
        World.acknowledged, asked, "extend", "deadline_passed", "整改期限已过，不能再申请延期。", 40
    ),
    "acknowledged twice": Case(
        World.acknowledged,
        lambda w, n: replies.acknowledge(actor=w.unit, notice_id=n.pk),
        "acknowledge",
        "bad_state",
        "通知书当前为“已签收”，不能签收。",
    ),
    "objected twice": Case(objected_once, objected, "object", "defence_given", "本通知书已提出过申辩。"),
    "asked for time twice": Case(asked_once, asked, "extend", "extension_asked", "延期以一次为限，本通知书已申请过。"),
    "reported twice": Case(
        World.reported,
        lambda w, n: w.report(n),
        "declare_evidence",
        "bad_state",
        "通知书当前为“已报整改”，不能上传佐证。",
    ),
    "drafted twice": Case(
        World.draft,
        lambda w, n: drafts.draft_from_visit(actor=w.office, visit_id=n.visit_id),
        "draft",
        "notice_exists",
        "该次检查已有整改通知书。",
    ),
    "a report with evidence of another unit": Case(
        World.acknowledged,
        lambda w, n: proved_by(w, n, elsewhere(w).pk),
        "report",
        "not_found",
        "问题1所附佐证中有不属于本问题的文件，请重新选择或上传。",
    ),
    "a report about a finding of another unit": Case(
        World.acknowledged,
        lambda w, n: reports.submit_report(actor=w.unit, notice_id=n.pk, parts=[w.part(elsewhere(w).item)]),
        "report",
        "not_found",
        "报告中有不属于本通知书的问题，请刷新页面后重新填写。",
    ),
    "evidence for a finding of another unit": Case(
        World.acknowledged,
        lambda w, n: declared(w, n, elsewhere(w).item_id),
        "declare_evidence",
        "not_found",
        "所选问题不属于本通知书，请刷新页面后重新选择。",
    ),
    "evidence under the number of another unit's": Case(
        World.acknowledged,
        lambda w, n: declared(w, n, n.findings.get().pk, elsewhere(w).pk),
        "declare_evidence",
        "id_reused",
        "该佐证编号已用于其他内容。",
    ),
}


def standing(notice: RectificationNotice) -> list[object]:
    items = NoticeFinding.objects.filter(notice=notice)
    findings = Finding.objects.filter(noticed__in=items).order_by("pk").values_list("pk", "state")
    return [
        fresh(notice).__dict__ | {"_state": None},
        list(findings),
        notice.evidence.count(),
        notice.transitions.count(),
    ]


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_words_changes_nothing_and_stays_on_record(name: str, world: World, hand: clock.Hand) -> None:
    case = CASES[name]
    notice = case.begin(world)
    hand.move(days=case.days)
    before = standing(notice)
    with pytest.raises(Problem) as caught:
        case.attempt(world, notice)
    assert (caught.value.code, caught.value.detail) == (case.code, case.words)
    assert standing(notice) == before
    line = AuditLine.objects.get(verb="notice.refused")
    assert (line.actor_id, line.detail["action"], line.detail["code"]) == (who(world, case).pk, case.action, case.code)


def who(world: World, case: Case) -> User:
    return world.person("office") if case.action == "draft" else world.liaison
