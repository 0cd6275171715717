"""Candidates for good practice come from the figures."""

import datetime as dt

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling, editing, signing
from backend.core.actor import Actor
from backend.inspections.models import Evidence, FindingState, VisitState
from backend.inspections.services import copies
from backend.journal.writing import write
from backend.media.services import blobs
from backend.registry.models import TargetKind
from tests.bulletins.records import MARCH, Records, at
from tests.bulletins.test_photos import pictures
from tests.fixtures.people import Client
from tests.fixtures.photographs import Photographs

DAYS = ((20, 1), (20, 2), (5, 3))
"""Day and month: two earlier visits and one of the period."""


def compiled(maker: Actor) -> Bulletin:
    return compiling.compile(actor=maker, period_start=MARCH)


def test_a_unit_without_finding_over_three_visits_is_a_candidate(records: Records, maker: Actor) -> None:
    team = records.team()
    good, faulty, seldom, unread = (records.target(team) for _ in range(4))
    own = [records.visit(good, at(day, month=month)) for day, month in DAYS]
    visits = [records.visit(faulty, at(day, month=month)) for day, month in DAYS]
    records.finding(visits[0], "minor", recorded_at=at(20, month=1))
    [records.visit(seldom, at(day, month=month)) for day, month in DAYS[1:]]
    [records.visit(unread, at(day, month=month), state=VisitState.SUBMITTED) for day, month in DAYS]
    [found] = compiled(maker).facts["practices"]
    assert (found["target"], found["place"], found["kind"]) == (str(good.pk), good.name, "visit")
    assert found["records"] == sorted(str(visit.pk) for visit in own)
    assert found["text"] == "12月16日以来接受督查3次，均未发现问题。"


def test_a_candidate_is_adopted_over_rest_and_nothing_else(
    records: Records, maker: Actor, office_client: Client
) -> None:
    target = records.target(records.team())
    for day, month in DAYS:
        records.visit(target, at(day, month=month))
    bulletin = compiled(maker)
    path = f"/api/v1/bulletins/{bulletin.pk}/adopt"
    [candidate] = bulletin.facts["practices"]
    unknown = office_client.post_json(path, {"target": str(bulletin.pk)})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_case")
    adopted = office_client.post_json(path, {"target": candidate["target"], "based_on": 1}).json()
    assert adopted["texts"]["good_practices"] == [{name: candidate[name] for name in ("place", "text", "photos")}]


def test_a_withdrawn_finding_is_none(records: Records, maker: Actor) -> None:
    target = records.target(records.team())
    visits = [records.visit(target, at(day, month=month)) for day, month in DAYS]
    records.finding(visits[-1], "minor", state=FindingState.WITHDRAWN)
    assert [one["target"] for one in compiled(maker).facts["practices"]] == [str(target.pk)]


def test_an_unlicensed_site_is_no_example(records: Records, maker: Actor) -> None:
    target = records.target(records.team(), TargetKind.INSTITUTION, institution_class="unlicensed")
    for day, month in DAYS:
        records.visit(target, at(day, month=month))
    assert compiled(maker).facts["practices"] == []


def test_a_unit_that_closed_everything_in_time_is_a_candidate(records: Records, maker: Actor) -> None:
    team = records.team()
    prompt, tardy = records.target(team), records.target(team)
    for target, due_on in ((prompt, dt.date(2026, 3, 10)), (tardy, dt.date(2026, 3, 4))):
        visit = records.visit(target, at(20, month=2))
        findings = [records.finding(visit, recorded_at=at(20, month=2)) for _ in range(3)]
        records.notice(visit, at(25, month=2), due_on, *findings)
        for finding in findings:
            records.move(finding, FindingState.CLOSED, at(8))
    [found] = compiled(maker).facts["practices"]
    assert (found["target"], found["kind"], len(found["records"])) == (str(prompt.pk), "finding", 3)


def test_a_picked_candidate_is_printed_with_its_approved_photo(
    records: Records, maker: Actor, signer: Actor, photographs: Photographs
) -> None:
    target = records.target(records.team())
    visits = [records.visit(target, at(day, month=month)) for day, month in DAYS]
    finding = records.finding(visits[-1], "minor", state=FindingState.WITHDRAWN)
    row = photographs.of_finding(finding, maker)
    with write(actor=maker):
        Evidence.objects.filter(pk=row.pk).update(finding=None)
    copy = copies.approve(actor=maker, evidence_id=row.pk)
    bulletin = compiled(maker)
    [found] = bulletin.facts["practices"]
    assert found["photos"] == [copy.sha256]
    picked = {name: found[name] for name in ("place", "text", "photos")}
    editing.edit(actor=maker, bulletin_id=bulletin.pk, texts={"good_practices": [picked]})
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    paper = blobs.read(signing.sign(actor=signer, bulletin_id=bulletin.pk).pdf_sha256)
    assert len(pictures(paper)) == 1
