"""Evidence: an immutable fact, and the fate of its bytes."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from backend.core import codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Evidence, Visit
from backend.inspections.services import evidence
from backend.inspections.services.evidence import NewEvidence
from backend.journal.models import FeedRow
from backend.media import registry
from backend.media.models import Expectation
from tests.fixtures.visits import AT_SCHOOL, Fieldwork

FACT = NewEvidence(sha256="ab" * 32, size=1024, filetype="image/jpeg", answer_key="TY-05", place=AT_SCHOOL)


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


@pytest.fixture
def author(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


def shown(row: Evidence) -> dict[str, Any]:
    feed = FeedRow.objects.exclude(document=None).get(kind="evidence", object_id=str(row.pk))
    found: dict[str, Any] = codec.loads(feed.document or "")
    return found


def test_a_fact_is_added_once_and_never_becomes_another(visit: Visit, author: Actor) -> None:
    evidence_id = uuid7()
    row = evidence.add(actor=author, evidence_id=evidence_id, visit_id=visit.pk, new=FACT)
    assert evidence.add(actor=author, evidence_id=evidence_id, visit_id=visit.pk, new=FACT).pk == row.pk
    other = dataclasses.replace(FACT, sha256="cd" * 32)
    with pytest.raises(Conflict, match="bad_state"):
        evidence.add(actor=author, evidence_id=evidence_id, visit_id=visit.pk, new=other)
    assert (shown(row)["state"], shown(row)["location"]["accuracy"]) == ("awaited", 20.0)


@pytest.mark.parametrize(
    ("field", "value"), [("sha256", "AB" * 32), ("sha256", "x"), ("size", 0), ("size", 2**40), ("kind", "film")]
)
def test_impossible_facts_are_refused(visit: Visit, author: Actor, field: str, value: Any) -> None:
    new = dataclasses.replace(FACT, **{field: value})
    with pytest.raises(Invalid) as refused:
        evidence.add(actor=author, evidence_id=uuid7(), visit_id=visit.pk, new=new)
    assert refused.value.extra["path"] == field


def test_the_bytes_turn_the_fact_verified_for_every_phone_and_it_stays_so(visit: Visit, author: Actor) -> None:
    row = evidence.add(actor=author, evidence_id=uuid7(), visit_id=visit.pk, new=FACT)
    tell = registry.tell_received
    tell(evidence_id=str(row.pk), sha256="cd" * 32, intact=True, facts={})
    assert shown(row)["state"] == "awaited"
    tell(evidence_id=str(row.pk), sha256=FACT.sha256, intact=True, facts={"owner_id": author.user_id})
    assert shown(row)["state"] == "verified"
    tell(evidence_id=str(row.pk), sha256=FACT.sha256, intact=False, facts={"owner_id": author.user_id})
    assert shown(row)["state"] == "verified"


def test_damaged_bytes_of_the_author_make_it_corrupt_and_of_a_stranger_nothing(visit: Visit, author: Actor) -> None:
    row = evidence.add(actor=author, evidence_id=uuid7(), visit_id=visit.pk, new=FACT)
    tell = registry.tell_received
    tell(evidence_id=str(row.pk), sha256=FACT.sha256, intact=False, facts={"owner_id": 10**6})
    assert shown(row)["state"] == "awaited"
    tell(evidence_id=str(row.pk), sha256=FACT.sha256, intact=False, facts={"owner_id": author.user_id})
    assert shown(row)["state"] == "corrupt"
    tell(evidence_id=str(row.pk), sha256=FACT.sha256, intact=True, facts={"owner_id": author.user_id})
    assert shown(row)["state"] == "verified"


def test_bytes_that_were_faster_than_the_judgement_count(visit: Visit, author: Actor) -> None:
    evidence_id = uuid7()
    Expectation.objects.create(
        county_id=visit.county_id,
        owner_id=author.user_id or 0,
        evidence_id=str(evidence_id),
        sha256=FACT.sha256,
        size=FACT.size,
        filetype="image/jpeg",
        state="verified",
    )
    row = evidence.add(actor=author, evidence_id=evidence_id, visit_id=visit.pk, new=FACT)
    assert row.state == "verified"


def test_news_about_uploads_that_are_no_evidence_is_passed_over(visit: Visit) -> None:
    for other in (str(uuid7()), "not-an-id"):
        registry.tell_received(evidence_id=other, sha256=FACT.sha256, intact=True, facts={})
    assert not Evidence.objects.exists()


def test_evidence_may_name_a_finding_of_the_same_visit_only(fieldwork: Fieldwork, visit: Visit, author: Actor) -> None:
    finding = fieldwork.finding(visit, author)
    assert fieldwork.evidence(visit, author, finding=finding.pk).finding == finding
    other = fieldwork.begun()
    with pytest.raises(NotFound) as held:
        fieldwork.evidence(other, fieldwork.leader(other.assignment), finding=finding.pk)
    assert held.value.kind == "finding"


def test_a_time_of_any_zone_stands_in_the_document_as_it_is_read_from_the_table(visit: Visit, author: Actor) -> None:
    taken_at = dt.datetime(2026, 11, 20, 17, 12, 33, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    new = dataclasses.replace(FACT, taken_at=taken_at)
    row = evidence.add(actor=author, evidence_id=uuid7(), visit_id=visit.pk, new=new)
    assert shown(row)["taken_at"] == "2026-11-20T09:12:33Z"
    assert Evidence.objects.get(pk=row.pk).journal_document()["taken_at"] == taken_at
