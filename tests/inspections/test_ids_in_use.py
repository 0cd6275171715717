"""Phones make ids. Whoever uses one that somebody else has learns nothing of what has it, nor where, and takes nothing."""

import uuid
from typing import Any

import pytest

from backend.accounts.models import County
from backend.core.ids import uuid7
from backend.inspections.models import Evidence, Finding, Visit
from backend.journal.models import FeedRow
from backend.registry.models import Target
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

NOBODY = {"sha256": "b" * 64, "size": 9, "filetype": "image/jpeg"}


@pytest.fixture(params=["our county", "another county"])
def others(request: pytest.FixtureRequest, cast: Cast) -> County:
    """Where the other crew is."""
    return cast.county() if request.param == "our county" else cast.county("linshui", "邻水区")


@pytest.fixture
def theirs(fieldwork: Fieldwork, others: County) -> Visit:
    """A visit of another crew, with findings, evidence and a second phone's own start of it."""
    visit = fieldwork.filled(county=others)
    leader = fieldwork.leader(visit.assignment)
    fieldwork.finding(visit, leader)
    member = Phone(fieldwork.cast.client(fieldwork.crew(visit.assignment)[1]))
    result = member.send("visit.start", uuid7(), {"assignment": str(visit.assignment_id)})
    assert result["status"] == "merged"
    return visit


@pytest.fixture
def phone(fieldwork: Fieldwork, theirs: Visit) -> Phone:
    """Of a crew with a visit of its own."""
    visit = fieldwork.begun()
    return Phone(fieldwork.cast.client(visit.assignment.leader))


def own(phone: Phone) -> Visit:
    return Visit.objects.get(assignment__leader=phone.client.user)


def told(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "op"}


def everything(county_id: int) -> list[tuple[str, str, int, int]]:
    rows = FeedRow.objects.filter(scope__county_id=county_id).exclude(scope__name__startswith="user:")
    return sorted(rows.values_list("kind", "object_id", "rev", "seq"))


def test_a_finding_or_photo_under_an_id_in_use_is_refused_alike_whatever_and_wherever_has_it(
    phone: Phone, theirs: Visit
) -> None:
    visit = own(phone)
    before = everything(theirs.county_id)
    finding = Finding.objects.get(visit=theirs)
    photo = Evidence.objects.filter(visit=theirs, kind="photo").first()
    assert photo is not None
    recorded = phone.send("finding.record", finding.pk, {"visit": str(visit.pk), "item": "TY-02"})
    assert told(recorded) == {
        "status": "quarantined",
        "code": "bad_state",
        "detail": "该编号已被使用。",
    }
    added = phone.send("evidence.add", photo.pk, {"visit": str(visit.pk), **NOBODY})
    assert told(added) == {
        "status": "quarantined",
        "code": "bad_state",
        "detail": "佐证一经登记不能更改，请以新编号登记。",
    }
    if visit.county_id != theirs.county_id:
        assert everything(theirs.county_id) == before
    for kind, wrong in (("finding.record", photo.pk), ("evidence.add", finding.pk)):
        data = {"visit": str(visit.pk), **({"item": "TY-02"} if kind == "finding.record" else NOBODY)}
        assert phone.send(kind, wrong, data)["status"] == "applied"  # another kind has the id: no matter


def test_a_visit_under_an_id_in_use_is_refused_like_an_assignment_that_nobody_has(
    phone: Phone, theirs: Visit, fieldwork: Fieldwork
) -> None:
    alias = theirs.aliases.get()
    nobodys = phone.send("visit.start", uuid7(), {"assignment": str(uuid.uuid4())})
    fresh = fieldwork.released(own(phone).target, own(phone).assignment.team)
    assert fresh.leader_id == phone.client.user.pk
    for assignment in (fresh.pk, own(phone).assignment_id, theirs.assignment_id):
        for taken in (theirs.pk, alias.pk):
            result = phone.send("visit.start", taken, {"assignment": str(assignment)})
            assert told(result) == told(nobodys)
    member = Phone(fieldwork.cast.client(fieldwork.crew(theirs.assignment)[1]))
    assert (
        member.send("answer.set", alias.pk, {"answers": {"TY-01": {"value": "yes", "base": 1}}})["status"] == "merged"
    )
    assert Visit.objects.filter(pk=alias.pk).count() == 0


def test_what_is_said_of_findings_photos_and_tasks_of_others_waits_like_what_is_said_of_nothing(
    phone: Phone, theirs: Visit
) -> None:
    finding, visit = Finding.objects.get(visit=theirs), own(phone)
    for name, theirs_id, data in (
        ("finding.amend", finding.pk, {"item": "TY-02"}),
        ("finding.withdraw", finding.pk, {"reason": "误"}),
        ("assignment.accept", theirs.assignment_id, {}),
        ("recusal.declare", theirs.assignment_id, {}),
        ("answer.set", theirs.pk, {"answers": {"TY-01": {"value": "yes"}}}),
        ("answer.set", theirs.aliases.get().pk, {"answers": {"TY-01": {"value": "yes"}}}),
        ("visit.feedback", theirs.pk, {"text": "已反馈"}),
    ):
        nothing = uuid7()
        real, none = phone.send(name, theirs_id, data), phone.send(name, nothing, data)
        assert told(real) | {"waits": {**real["waits"], "id": "x"}} == told(none) | {
            "waits": {**none["waits"], "id": "x"}
        }
        assert (real["status"], real["waits"]["id"], none["waits"]["id"]) == ("held", str(theirs_id), str(nothing))
    of_theirs, of_none = (
        phone.send("evidence.add", uuid7(), {"visit": str(visit.pk), "finding": str(each), **NOBODY})
        for each in (finding.pk, uuid7())
    )
    assert (of_theirs["status"], of_theirs["waits"]["kind"]) == (of_none["status"], of_none["waits"]["kind"])


def test_a_site_under_an_id_in_use_is_refused_alike_and_one_with_the_same_end_is_taken(
    phone: Phone, theirs: Visit, fieldwork: Fieldwork
) -> None:
    site = uuid7()
    reporter = Phone(fieldwork.cast.client(theirs.assignment.leader))
    assert reporter.send("target.report", site, {"name": "某处"})["status"] == "applied"
    results = [phone.send("target.report", taken, {"name": "某处"}) for taken in (site, theirs.target_id)]
    assert [told(result) for result in results] == [
        {"status": "quarantined", "code": "bad_state", "detail": "该编号已被使用。"}
    ] * 2
    near = uuid.UUID(f"{uuid7().hex[:20]}{site.hex[-12:]}")
    assert phone.send("target.report", near, {"name": "别处"})["status"] == "applied"
    assert Target.objects.filter(pk__in=[site, near]).count() == 2
