"""Unannounced means unannounced (architecture: Secrecy; workflow.md section 12)."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, ChecklistTemplate, InspectionPlan, Visit
from backend.inspections.selectors.evidence import may_read_blob
from backend.inspections.services import announcements, assignments, evidence, plans, publication, recusals, visits
from backend.inspections.tasks import reveal
from backend.inspections.urls import urlpatterns
from backend.journal.models import FeedRow, Outbox
from backend.registry.models import Track
from tests.fixtures.people import Cast, Client
from tests.fixtures.phones import Phone
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork

LISTS = ("templates", "assignments", "visits", "findings", "evidence")


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    """A visit under way with an answer, a finding and evidence."""
    visit = fieldwork.filled()
    fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    return visit


def paths(ids: dict[str, object]) -> Iterator[str]:
    """Every path of the room, with `ids` for its parameters."""
    for pattern in urlpatterns:
        yield "/api/v1/" + re.sub(r"<uuid:(\w+)>", lambda found: str(ids[found.group(1)]), str(pattern.pattern))


def ids_of(visit: Visit) -> dict[str, object]:
    return {
        "template_id": ChecklistTemplate.objects.filter(county_id=visit.county_id)[0].pk,
        "assignment_id": visit.assignment_id,
        "visit_id": visit.pk,
        "finding_id": visit.findings.get().pk,
        "evidence_id": visit.evidence.order_by("pk")[0].pk,
        "announcement_id": announcements.announce(actor=system(visit.county_id), title="通知", body="正文").pk,
        "plan_id": plan_of(visit).pk,
        "target_id": visit.target_id,
        "standard_id": uuid.uuid4(),  # county knowledge: everybody in the field may read it
        "team_id": visit.assignment.team_id,
        "draw_id": uuid.uuid4(),  # the walls ask about draws that exist
    }


def plan_of(visit: Visit) -> InspectionPlan:
    """The plan of the visit's month, drafted."""
    found = InspectionPlan.objects.filter(county_id=visit.county_id).first()
    return found or plans.create(actor=system(visit.county_id), month=visit.plan_month)


def nothing() -> dict[str, object]:
    names = ("template_id", "assignment_id", "visit_id", "finding_id", "evidence_id", "announcement_id", "plan_id")
    return {name: uuid.uuid4() for name in (*names, "target_id", "team_id", "draw_id", "standard_id")}


def answers(client: Client, ids: dict[str, object]) -> list[tuple[str, int, Any, list[str]]]:
    found = []
    for path in paths(ids):
        for call in (client.get, client.post_json):
            answer = call(path)
            found.append((call.__name__, answer.status_code, answer.json(), sorted(answer.headers)))
    return found


@pytest.mark.parametrize(
    "role", [Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT, Role.MEMBER_DEPARTMENT, Role.TIP_CLERK]
)
def test_accounts_outside_the_field_are_answered_alike_for_what_exists_and_what_does_not(
    visit: Visit, cast: Cast, places: Places, role: Role
) -> None:
    user = cast.person(role)
    if role == Role.SCHOOL_LIAISON:
        places.liaison(visit.target, user)
    client = cast.client(user)
    known = answers(client, ids_of(visit))
    assert known == answers(client, nothing())
    assert {status for _, status, _, _ in known} == {403}


def test_what_a_school_can_reach_is_the_same_before_and_after_a_visit_begins(
    fieldwork: Fieldwork, cast: Cast, places: Places
) -> None:
    fieldwork.county()
    school = places.school()
    client = cast.client(places.liaison(school))

    def look() -> list[tuple[int, bytes, object]]:
        paths = ("targets", f"targets/{school.pk}", "auth/me", "notices", "inbox", f"blobs/{'a' * 64}")
        found = [client.get(f"/api/v1/{path}") for path in paths]
        return [(answer.status_code, answer.content, answer.headers.get("ETag")) for answer in found]

    before = look()
    fieldwork.filled(target=school)
    assert look() == before


def test_a_school_is_told_nothing_of_a_visit(visit: Visit, places: Places) -> None:
    liaison = places.liaison(visit.target)
    assert not Outbox.objects.filter(recipient_id=liaison.pk).exists()


def test_a_school_account_may_neither_push_nor_pull_nor_read_the_bytes(
    visit: Visit, cast: Cast, places: Places
) -> None:
    liaison = places.liaison(visit.target)
    proof = visit.evidence.all()[0]
    sha256 = proof.sha256
    evidence.received(evidence_id=str(proof.pk), sha256=sha256, intact=True, facts={})
    assert not may_read_blob(cast.actor(liaison), sha256)
    assert may_read_blob(cast.actor(visit.assignment.leader), sha256)
    phone = Phone(cast.client(liaison))
    assert phone.pull_page().status_code == 403


def test_another_county_sees_empty_lists_and_nothing_by_id(visit: Visit, cast: Cast, fieldwork: Fieldwork) -> None:
    other = fieldwork.county(cast.county("linshui", "邻水区"))
    clients = [cast.client(cast.person(role, county=other)) for role in (Role.OFFICE, Role.LEADERSHIP, Role.INSPECTOR)]
    for client in clients:
        for name in LISTS[1:]:
            assert client.get(f"/api/v1/{name}").json() == {"items": [], "next": None}
        for path in paths(ids_of(visit)):
            if str(visit.pk) in path or str(visit.assignment_id) in path:
                for answer in (client.get(path), client.post_json(path, {"reason": "试探"})):
                    assert answer.status_code in {400, 403, 404, 405}, path
                    assert visit.target.name not in answer.content.decode()
        assert client.get(f"/api/v1/visits/{visit.pk}").json() == client.get(f"/api/v1/visits/{uuid.uuid4()}").json()


def test_templates_of_another_county_are_not_found(visit: Visit, cast: Cast) -> None:
    other = cast.person(Role.OFFICE, county=cast.county("linshui", "邻水区"))
    client = cast.client(other)
    mine = ChecklistTemplate.objects.filter(county_id=visit.county_id)[0]
    assert client.get("/api/v1/templates").json() == {"items": [], "next": None}
    assert client.get(f"/api/v1/templates/{mine.pk}").status_code == 404
    assert client.put(f"/api/v1/templates/{mine.pk}/content", {"content": {}}, format="json").status_code == 404


def sees(client: Client, assignment: Assignment) -> bool:
    """By list and by id alike."""
    listed = [row["id"] for row in client.get("/api/v1/assignments").json()["items"]]
    found = client.get(f"/api/v1/assignments/{assignment.pk}").status_code
    assert (str(assignment.pk) in listed) == (found == 200)
    return found == 200


def test_the_leader_learns_the_target_at_the_reveal_and_the_crew_at_departure(fieldwork: Fieldwork, cast: Cast) -> None:
    with clock.fixed(dt.datetime(2026, 11, 20, 0, 0, tzinfo=dt.UTC)) as hand:
        planned = fieldwork.planned(reveal_at=clock.now() + dt.timedelta(minutes=8))
        leader, member = (cast.client(user) for user in fieldwork.crew(planned))
        leader_phone, member_phone = Phone(leader), Phone(member)
        assert [sees(client, planned) for client in (leader, member)] == [False, False]
        assignments.release(actor=fieldwork.office_of(planned), assignment_id=planned.pk)
        assert [sees(client, planned) for client in (leader, member)] == [False, False]
        leader_phone.pull()
        assert leader_phone.documents("assignment") == {}
        assert not Outbox.objects.filter(kind="assignment.revealed").exists()
        hand.move(minutes=8)
        assert [sees(client, planned) for client in (leader, member)] == [True, False]
        leader_phone.pull()
        assert set(leader_phone.documents("assignment")) == {str(planned.pk)}
        member_phone.pull()
        assert member_phone.documents("assignment") == {}
        assignments.depart(actor=fieldwork.leader(planned), assignment_id=planned.pk)
        assert [sees(client, planned) for client in (leader, member)] == [True, True]
        member_phone.pull()
        assert set(member_phone.documents("assignment")) == {str(planned.pk)}


def test_the_duty_tells_the_leader_at_the_reveal_once(fieldwork: Fieldwork) -> None:
    with clock.fixed(clock.now()) as hand:
        planned = fieldwork.planned(reveal_at=clock.now() + dt.timedelta(hours=1))
        assignments.release(actor=fieldwork.office_of(planned), assignment_id=planned.pk)
        reveal()
        assert not Outbox.objects.filter(kind="assignment.revealed").exists()
        hand.move(hours=1)
        reveal()
        reveal()
        told = Outbox.objects.filter(kind="assignment.revealed").values_list("recipient_id", "detail")
        assert list(told) == [(planned.leader_id, {})]


def test_people_of_other_teams_see_nothing_of_a_visit(visit: Visit, cast: Cast, places: Places) -> None:
    for stranger in places.people(places.team()):
        client = cast.client(stranger)
        for name in LISTS[1:]:
            assert client.get(f"/api/v1/{name}").json()["items"] == []
        assert client.get(f"/api/v1/visits/{visit.pk}").status_code == 404
        refused = client.post_json(f"/api/v1/visits/{visit.pk}/answers", {"answers": {"TY-01": {"value": "yes"}}})
        assert refused.status_code == 404
        phone = Phone(client)
        phone.pull()
        assert phone.scopes() <= {f"county:{visit.county_id}", f"user:{stranger.pk}"}


def test_the_road_is_no_way_into_another_crews_visit(visit: Visit, fieldwork: Fieldwork, places: Places) -> None:
    """Beginning an unknown assignment and one of another crew are answered alike."""
    stranger = fieldwork.cast.actor(places.people(places.team())[1])
    told = []
    for target in (visit.assignment_id, uuid.uuid4()):
        with pytest.raises(Exception, match="late_assignment") as refused:
            visits.start(actor=stranger, visit_id=uuid7(), assignment_id=target)
        told.append(str(refused.value))
    with pytest.raises(Exception, match="late_assignment") as refused:
        visits.start(actor=stranger, visit_id=visit.pk, assignment_id=visit.assignment_id)
    assert {*told, str(refused.value)} == {told[0]}


def test_an_operation_on_what_one_may_not_see_is_held_like_one_on_nothing(
    visit: Visit, cast: Cast, places: Places
) -> None:
    phone = Phone(cast.client(places.people(places.team())[1]))
    results = []
    for visit_id in (visit.pk, uuid.uuid4()):
        results.append(phone.send("answer.set", visit_id, {"answers": {"TY-01": {"value": "yes"}}}))
        results.append(phone.send("visit.check_in", visit_id, {"reason": "x"}))
    assert {result["status"] for result in results} == {"held"}
    assert len({frozenset(result) for result in results}) == 1


def test_recusal_ends_the_declarers_sight_at_once(visit: Visit, fieldwork: Fieldwork, cast: Cast) -> None:
    member = fieldwork.crew(visit.assignment)[1]
    client = cast.client(member)
    phone = Phone(client)
    phone.pull()
    assert str(visit.pk) in phone.documents("visit")
    recusals.declare(actor=cast.actor(member), assignment_id=visit.assignment_id, kind="own_employer")
    phone.pull()
    assert phone.documents("visit") == {}
    assert client.get(f"/api/v1/visits/{visit.pk}").status_code == 404
    assert client.get("/api/v1/visits").json()["items"] == []


def test_no_document_outside_a_crews_scope_names_a_visit_before_its_notice(visit: Visit) -> None:
    outside = FeedRow.objects.exclude(scope__name=f"crew:{visit.assignment_id}").exclude(document=None)
    for row in outside:
        for secret in (str(visit.pk), str(visit.assignment_id), str(visit.findings.get().pk)):
            assert secret not in (row.document or "")


def test_who_comes_by_on_their_own_does_not_read_what_the_other_track_found_this_month(
    fieldwork: Fieldwork, places: Places
) -> None:
    visit = fieldwork.filled()
    finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    fieldwork.approved(fieldwork.submitted(visit))
    office = fieldwork.office_of(visit.assignment)
    publication.publish_to_target(actor=office, finding_ids=[finding.pk])
    leader = places.people(places.team(track=Track.STATION))[0]
    phone = Phone(fieldwork.cast.client(leader))
    begun = phone.send("visit.start", uuid7(), {"target": str(visit.target_id)})
    phone.pull()
    assert (begun["status"], phone.documents("finding")) == ("applied", {})
