"""Work beside a submitted round: kept, seen, rectified, and no part of what was signed (protocol, I10)."""

from typing import Any

import pytest

from backend.core import codec
from backend.core.errors import Conflict
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Evidence, Finding, Visit, VisitAddendum
from backend.inspections.models.addendum import with_addenda
from backend.inspections.models.template import MAX_DOCUMENT_BYTES
from backend.inspections.selectors.content import content_hash
from backend.inspections.services import reviews
from backend.journal import upkeep
from backend.sync.services import reviewing
from tests.fixtures.phones import Phone
from tests.fixtures.work_under_review import Desk, given, photo
from tests.foreign.content import evidence_content, finding_content, hash_of


def test_late_work_stands_beside_the_round_and_its_author_learns_of_it(desk: Desk) -> None:
    before = content_hash(desk.visit)
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    review = reviewing.accept(actor=desk.leader, op=desk.op(op), reason="手机没电，次日补传。")
    row = VisitAddendum.objects.get()
    assert (row.operation, row.round, row.author_id) == (desk.op(op), 1, desk.member.client.user.pk)
    assert row.content() == op["data"]
    assert (review.outcome, review.detail["status"], review.detail["addendum"]) == ("accepted", "addendum", str(row.pk))
    visit = Visit.objects.get(pk=desk.visit.pk)
    assert (visit.state, visit.content_hash, content_hash(visit)) == ("submitted", before, before)
    assert Answer.objects.get(visit=visit, key="TY-01").value == "yes"
    told = desk.document(desk.member, op)
    assert (told["status"], told["code"]) == ("quarantined", "late_lock")
    assert (told["fate"]["outcome"], told["fate"]["by"], told["fate"]["reason"]) == (
        "accepted",
        desk.leader.user_id,
        "手机没电，次日补传。",
    )
    shown = desk.member.documents("visit")[str(visit.pk)]
    assert [each["data"] for each in shown["addenda"]] == [op["data"]]
    assert upkeep.verify(repair=False).wrong_documents == []


def test_late_evidence_and_findings_can_be_seen_and_rectified_and_change_no_hash(desk: Desk) -> None:
    evidence_id, finding_id = uuid7(), uuid7()
    shot = desk.late("evidence.add", evidence_id, photo(desk.visit.pk, evidence_id))
    said = desk.late("finding.record", finding_id, {"visit": str(desk.visit.pk), "item": "TY-02", "text": "补记。"})
    close = desk.late("evidence.add", other := uuid7(), photo(desk.visit.pk, other, finding=str(finding_id)))
    with pytest.raises(Conflict) as refused:
        reviewing.accept(actor=desk.leader, op=desk.op(close))
    assert refused.value.code == "finding_first"
    for op in (shot, said, close):
        reviewing.accept(actor=desk.leader, op=desk.op(op))
    visit = Visit.objects.get(pk=desk.visit.pk)
    assert content_hash(visit) == visit.content_hash == desk.visit.content_hash
    assert visit.rounds.get().content_hash == desk.visit.content_hash
    assert Finding.objects.get(pk=finding_id).addendum == Evidence.objects.get(pk=evidence_id).addendum == 1
    assert str(Evidence.objects.get(pk=other).finding_id) == str(finding_id)
    desk.member.pull()
    assert desk.member.documents("finding")[str(finding_id)]["addendum"] == 1
    assert desk.member.documents("evidence")[str(evidence_id)]["state"] == "awaited"
    reviews.approve(actor=desk.office, visit_id=visit.pk)
    assert Finding.objects.get(pk=finding_id).state == "confirmed"


def test_beside_an_approved_visit_the_one_who_accepts_a_finding_confirms_it(desk: Desk) -> None:
    reviews.approve(actor=desk.office, visit_id=desk.visit.pk)
    finding_id = uuid7()
    op = desk.late("finding.record", finding_id, {"visit": str(desk.visit.pk), "item": "TY-02", "text": "补记。"})
    reviewing.accept(actor=desk.office, op=desk.op(op))
    assert Finding.objects.get(pk=finding_id).state == "confirmed"


def phone_hash(phone: Phone, visit_id: object) -> str:
    """The content hash as a phone computes it that knows nothing of addenda, from its documents alone."""
    mine = {
        kind: [(key, row) for key, row in phone.documents(kind).items() if row["visit"] == str(visit_id)]
        for kind in ("finding", "evidence")
    }
    shown = phone.documents("visit")[str(visit_id)]
    return hash_of(
        {
            "visit": str(visit_id),
            "round": shown["round"],
            "templates": sorted(shown["templates"]),
            "answers": {key: {"value": one["value"], "note": one["note"]} for key, one in shown["answers"].items()},
            "findings": [finding_content(*one) for one in sorted(mine["finding"]) if one[1]["state"] != "withdrawn"],
            "evidence": [evidence_content(*one) for one in sorted(mine["evidence"])],
        }
    )


def test_a_returned_visit_with_addenda_is_signed_anew_by_phone_and_server_alike(desk: Desk) -> None:
    evidence_id, finding_id = uuid7(), uuid7()
    first_round = desk.visit.content_hash
    for op in (
        desk.late("evidence.add", evidence_id, photo(desk.visit.pk, evidence_id)),
        desk.late("finding.record", finding_id, {"visit": str(desk.visit.pk), "item": "TY-02", "text": "补记。"}),
        desk.late("answer.set", desk.visit.pk, given(TY_01="no")),
    ):
        reviewing.accept(actor=desk.leader, op=desk.op(op))
    reviews.return_visit(actor=desk.office, visit_id=desk.visit.pk, reason="请补充说明。")
    desk.member.pull()
    result = desk.member.send("visit.submit", desk.visit.pk, {"hash": phone_hash(desk.member, desk.visit.pk)})
    assert (result["status"], result.get("code")) == ("applied", None)
    visit = Visit.objects.get(pk=desk.visit.pk)
    rounds = {row.round: row for row in visit.rounds.all()}
    assert rounds[1].content_hash == first_round
    assert rounds[2].content_hash == visit.content_hash == content_hash(visit)
    assert [len(rounds[number].content["findings"]) for number in (1, 2)] == [0, 1]
    assert str(evidence_id) in str(rounds[2].content["evidence"])


def test_late_work_on_a_visit_that_was_returned_meanwhile_is_simply_work_on_its_open_round(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_06="补充说明"))
    bad = desk.late("answer.set", desk.visit.pk, given(TY_01="nonsense"))
    reviews.return_visit(actor=desk.office, visit_id=desk.visit.pk, reason="请补充说明。")
    assert reviewing.accept(actor=desk.leader, op=desk.op(bad)).detail["status"] == "addendum"
    assert reviewing.accept(actor=desk.leader, op=desk.op(op)).detail["status"] == "applied"
    assert Answer.objects.get(visit=desk.visit, key="TY-01").value == "yes"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("answer.set", {"answers": "unlesbar"}),
        ("answer.set", {"answers": {"TY-01": {"value": "maybe"}}}),
        ("visit.dance", {"steps": [1e308, {"a": "b\x00c"}]}),
        ("nonsense.thing", {"any": 1}),
    ],
)
def test_what_no_handler_can_read_is_kept_word_for_word_beside_its_visit(desk: Desk, name: str, data: Any) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(desk.cast.client(desk.fieldwork.crew(visit.assignment)[1]))
    op = phone.op(name, visit.pk, data)
    assert phone.push(op)["results"][0]["code"] in ("invalid", "unknown_kind")
    reviewing.accept(actor=desk.cast.actor(visit.assignment.leader), op=desk.op(op))
    assert VisitAddendum.objects.get().content() == data
    phone.pull()
    assert phone.documents("visit")[str(visit.pk)]["addenda"][0]["data"] == data
    assert phone.send("visit.amend", visit.pk, {"remarks": "补充"})["status"] == "applied"
    assert upkeep.verify(repair=False).wrong_documents == []


def test_a_visit_with_many_addenda_still_fits_into_one_document(desk: Desk) -> None:
    for _ in range(4):
        long = desk.late("answer.set", desk.visit.pk, {"answers": {"TY-01": {"value": "no", "note": "长" * 9000}}})
        reviewing.accept(actor=desk.leader, op=desk.op(long))
    desk.member.pull()
    shown = desk.member.documents("visit")[str(desk.visit.pk)]["addenda"]
    assert len(shown) == 4
    assert [each["data"] is None for each in shown] == [False, False, True, True]
    assert VisitAddendum.objects.count() == 4
    assert upkeep.verify(repair=False).wrong_documents == []


def test_addenda_for_which_a_full_document_has_no_room_are_left_out_of_it() -> None:
    rows = [
        VisitAddendum(operation=uuid7(), round=1, kind="answer", verb="set", data="{}", author_id=7, accepted_by=8)
        for _ in range(300)
    ]
    document = with_addenda({"text": "x" * 32_000}, rows)
    assert 50 < len(document["addenda"]) < 300
    assert MAX_DOCUMENT_BYTES - 2048 < len(codec.dumps({"rev": 1, **document})) < MAX_DOCUMENT_BYTES
