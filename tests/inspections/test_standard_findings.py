"""The library of standard findings, and findings written from it."""

import uuid
from typing import Any

import pytest

from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid
from backend.core.ids import uuid7
from backend.inspections.models import ChecklistTemplate, Finding, StandardFinding, TemplateStatus, Visit
from backend.inspections.services import standard_findings
from backend.inspections.services.standard_findings import Wording
from backend.journal.models import FeedRow
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

API = "/api/v1"
LATE = "公示时间晚于规定，当日作业未公示。"


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun(templates=("TY", "ZY"))


def test_a_standard_finding_takes_from_its_item_what_the_office_does_not_say(visit: Visit, office_actor: Actor) -> None:
    row = standard_findings.add(actor=office_actor, item="ZY-04", wording=Wording(text=LATE))
    assert (row.severity, row.due_days, len(row.legal_basis)) == ("serious", 3, 2)
    lighter = Wording(text="个别班级晚公示。", severity="minor", basis=[row.legal_basis[0]["document"]])
    minor = standard_findings.add(actor=office_actor, item="ZY-04", wording=lighter)
    assert (minor.severity, minor.due_days, minor.legal_basis) == ("minor", 15, row.legal_basis[:1])


@pytest.mark.parametrize(
    ("item", "wording", "code"),
    [
        ("XX-01", Wording(text="无此条目"), "unknown_item"),
        ("TY-01", Wording(text="只记录的条目"), "unknown_item"),
        ("TY-02", Wording(text="从重", severity="serious"), "severity_raised"),
        ("TY-02", Wording(text="无此依据", basis=["NONE"]), "unknown_basis"),
        ("TY-02", Wording(text=" "), "text_missing"),
    ],
)
def test_what_its_checklist_does_not_bear_is_refused_with_the_field(
    visit: Visit, office_actor: Actor, item: str, wording: Wording, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        standard_findings.add(actor=office_actor, item=item, wording=wording)
    assert refused.value.extra["errors"][0]["code"] == code


def test_one_wording_stands_once_and_again_after_it_was_retired(visit: Visit, office_actor: Actor) -> None:
    first = standard_findings.add(actor=office_actor, item="TY-02", wording=Wording(text=LATE))
    with pytest.raises(Conflict) as refused:
        standard_findings.add(actor=office_actor, item="TY-02", wording=Wording(text=LATE))
    assert refused.value.code == "wording_taken"
    standard_findings.retire(actor=office_actor, standard_id=first.pk)
    again = standard_findings.add(actor=office_actor, item="TY-02", wording=Wording(text=LATE))
    assert again.pk != first.pk
    with pytest.raises(Conflict, match="bad_state"):
        standard_findings.amend(actor=office_actor, standard_id=first.pk, wording=Wording(text="改"))
    inspector = Actor(1, office_actor.county_id, "督查员", frozenset({"inspector"}))
    with pytest.raises(Forbidden):
        standard_findings.add(actor=inspector, item="TY-02", wording=Wording(text="x"))


def test_phones_pull_the_library_and_write_findings_from_it_also_from_what_was_retired_meanwhile(
    fieldwork: Fieldwork, visit: Visit, office_actor: Actor
) -> None:
    wording = Wording(text=LATE, severity="moderate", due_days=5, measure="每日放学前公示。")
    standard = standard_findings.add(actor=office_actor, item="ZY-04", wording=wording)
    phone = Phone(fieldwork.cast.client(visit.assignment.leader))
    phone.pull()
    shown = phone.documents("standard_finding")[str(standard.pk)]
    assert (shown["item"], shown["text"], shown["days"], shown["measure"]) == ("ZY-04", LATE, 5, "每日放学前公示。")
    standard_findings.retire(actor=office_actor, standard_id=standard.pk)
    data = {"visit": str(visit.pk), "item": "ZY-04", "standard": str(standard.pk)}
    told = phone.send("finding.record", uuid7(), data)
    assert (told["status"], told["severity"]) == ("applied", "moderate")
    finding = Finding.objects.get()
    assert (finding.text, finding.base_severity, finding.due_days, finding.standard_id) == (
        LATE,
        "moderate",
        5,
        standard.pk,
    )
    phone.pull()
    assert phone.documents("standard_finding") == {}
    assert phone.documents("finding")[str(finding.pk)]["standard"] == str(standard.pk)


@pytest.mark.parametrize("item", ["TY-02", "ZY-04"])
def test_a_finding_citing_another_items_wording_or_none_waits_whole(
    fieldwork: Fieldwork, visit: Visit, office_actor: Actor, item: str
) -> None:
    other = standard_findings.add(actor=office_actor, item="TY-03", wording=Wording(text=LATE))
    leader = fieldwork.leader(visit.assignment)
    for standard in (other.pk, uuid.uuid4()):
        with pytest.raises(Invalid) as refused:
            fieldwork.finding(visit, leader, item, standard=standard)
        assert refused.value.extra["errors"][0]["code"] == "unknown_standard"


def test_the_office_keeps_it_over_rest_and_inspectors_read_it(
    fieldwork: Fieldwork, visit: Visit, office_client: Any
) -> None:
    made = office_client.post_json(f"{API}/standard-findings", {"item": "TY-02", "text": LATE})
    assert (made.status_code, made.json()["active"]) == (201, True)
    path = f"{API}/standard-findings/{made.json()['id']}"
    assert office_client.put(path, {"text": "到场不足两人。"}, format="json").json()["text"] == "到场不足两人。"
    reader = fieldwork.cast.client(visit.assignment.leader)
    assert [one["text"] for one in reader.get(f"{API}/standard-findings?item=TY-02").json()["items"]] == [
        "到场不足两人。"
    ]
    assert reader.post_json(f"{API}/standard-findings", {"item": "TY-02", "text": "x"}).status_code == 403
    assert office_client.post_json(f"{path}/retire").json()["active"] is False
    assert reader.get(f"{API}/standard-findings?active=true").json()["items"] == []


def test_the_shipped_library_words_every_graded_item_of_what_is_published_and_nothing_twice(
    visit: Visit, office_actor: Actor
) -> None:
    own = standard_findings.add(actor=office_actor, item="ZY-04", wording=Wording(text=LATE))
    graded = [
        item
        for row in ChecklistTemplate.objects.filter(status=TemplateStatus.PUBLISHED)
        for item in row.parsed.items
        if item.severity is not None and row.parsed.result != "aggregate"
    ]
    assert standard_findings.publish_shipped(actor=office_actor) == len(graded) - 1
    assert standard_findings.publish_shipped(actor=office_actor) == 0
    rows = {row.item_code: row for row in StandardFinding.objects.all()}
    assert rows.keys() == {item.code for item in graded}
    assert rows["ZY-04"].pk == own.pk
    assert {(code, row.severity) for code, row in rows.items()} == {(item.code, item.severity) for item in graded}
    assert all(row.text.endswith("。") and row.measure.endswith("。") for row in rows.values() if row.pk != own.pk)
    assert FeedRow.objects.filter(kind="standard_finding").count() == len(graded)
