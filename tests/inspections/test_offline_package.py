"""What a phone needs for a day without network arrives by pull at its time, and nothing of other teams with it."""

import datetime as dt
from dataclasses import dataclass

import pytest

from backend.core import clock
from backend.core.actor import system
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, ChecklistTemplate, Finding, Visit
from backend.inspections.services import assignments, findings, publication, standard_findings
from backend.inspections.services.findings import NewFinding, OnSpot
from backend.inspections.services.standard_findings import Wording
from backend.inspections.tasks import publish_waiting
from backend.registry.models import Target, Team, Track
from tests.fixtures.phones import Phone
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork

OCTOBER = dt.datetime(2026, 10, 20, 1, tzinfo=dt.UTC)
NOVEMBER = dt.datetime(2026, 11, 20, 0, tzinfo=dt.UTC)


@dataclass
class Past:
    """A school that another team visited last month, and what stayed open there; `team` is in charge now."""

    fieldwork: Fieldwork
    school: Target
    team: Team
    visit: Visit
    open: Finding
    fixed: Finding
    unissued: Finding

    def phones(self, assignment: Assignment) -> tuple[Phone, Phone]:
        leader, member = self.fieldwork.crew(assignment)[:2]
        return Phone(self.fieldwork.cast.client(leader)), Phone(self.fieldwork.cast.client(member))

    def sent(self, team: Team | None = None, **more: object) -> Assignment:
        """Released today, to be revealed in eight minutes."""
        reveal = clock.now() + dt.timedelta(minutes=8)
        return self.fieldwork.released(self.school, team or self.team, reveal_at=reveal, **more)


@pytest.fixture
def past(fieldwork: Fieldwork, places: Places) -> Past:
    """Of three findings one stands in an issued notice, one was put right at once, one is in no notice yet."""
    with clock.fixed(OCTOBER) as hand:
        fieldwork.county()
        team = places.team()
        school = places.school(team=team)
        visit = fieldwork.begun(target=school, team=places.team())
        leader, office = fieldwork.leader(visit.assignment), fieldwork.office_of(visit.assignment)
        open_, unissued = fieldwork.finding(visit, leader, "TY-02"), fieldwork.finding(visit, leader, "TY-04")
        fixed = _fixed(fieldwork, visit)
        visit = fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
        publication.publish_to_target(actor=office, finding_ids=[open_.pk])
        findings.advance(actor=office, finding_id=open_.pk, to="in_notice")
        findings.advance(actor=office, finding_id=open_.pk, to="rectifying")
        hand.move(days=13)
        publish_waiting()
    return Past(fieldwork, school, team, visit, open_, fixed, unissued)


def _fixed(fieldwork: Fieldwork, visit: Visit) -> Finding:
    leader, member = fieldwork.leader(visit.assignment), fieldwork.crew(visit.assignment)[1]
    before, after = (str(fieldwork.evidence(visit, leader).pk) for _ in range(2))
    new = NewFinding("TY-03", on_spot=OnSpot([before], [after], member.pk))
    return findings.record(actor=leader, finding_id=uuid7(), visit_id=visit.pk, new=new)


def test_nothing_of_a_task_before_the_reveal_and_all_of_it_after(past: Past) -> None:
    with clock.fixed(NOVEMBER) as hand:
        task = past.sent(templates=("TY", "ZY"))
        leader, member = past.phones(task)
        for phone in (leader, member):
            phone.pull()
            assert str(task.pk) not in str(phone.rows)
            assert (phone.documents("assignment"), phone.documents("finding")) == ({}, {})
        hand.move(minutes=8)
        for phone in (leader, member):
            phone.pull()
        assert (member.documents("assignment"), member.documents("finding")) == ({}, {})
        _has_everything(past, leader, task)
        assignments.depart(actor=past.fieldwork.leader(task), assignment_id=task.pk)
        member.pull()
        _has_everything(past, member, task)


def _has_everything(past: Past, phone: Phone, task: Assignment) -> None:
    """Task, card, open items of the visit before, checklists, wordings: each resolves within the phone."""
    document = phone.documents("assignment")[str(task.pk)]
    card = phone.documents("target")[document["target"]]
    assert (card["name"], card["classes"], card["students"], card["grades"]) == (
        past.school.name,
        14,
        600,
        [1, 2, 3, 4, 5, 6],
    )
    at_hand = {(one["code"], one["version"]): key for key, one in phone.documents("template").items()}
    pinned = [tuple(version) for version in document["templates"]]
    assert [code for code, _ in pinned] == ["TY", "ZY"]
    libraries = phone.documents("finding_library")
    for version in pinned:
        template = ChecklistTemplate.objects.get(pk=at_hand[version])
        assert phone.documents("template")[at_hand[version]]["content_hash"] == template.content_hash
        wordings = {one["item"] for one in libraries[at_hand[version]]["items"]}
        assert wordings == {item.code for item in template.parsed.items if item.severity}
        assert all(one["basis"] or one["item"] for one in libraries[at_hand[version]]["items"])
    history = {key: (scope, one) for (kind, key), (scope, one) in phone.rows.items() if kind == "finding"}
    assert set(history) == {str(past.open.pk), str(past.fixed.pk)}
    assert {scope for scope, _ in history.values()} == {f"target:{past.school.pk}"}
    states = {one["item"]: (one["state"], one["text"] != "", one["on_spot"] is not None) for _, one in history.values()}
    assert states == {"TY-02": ("rectifying", True, False), "TY-03": ("closed", True, True)}


def test_the_draw_of_the_day_reaches_the_other_phone_of_the_crew(past: Past) -> None:
    with clock.fixed(NOVEMBER):
        task = past.fieldwork.released(past.school, past.team)
        leader, member = past.phones(task)
        leader.pull()
        visit_id = uuid7()
        assert leader.send("visit.start", visit_id, {"assignment": str(task.pk), "rev": 1})["status"] == "applied"
        today = [{"grade": grade, "number": 1, "size": 40} for grade in range(1, 7)]
        told = leader.send("visit.draw_classes", visit_id, {"classes": today, "count": 2, "number": 1})
        assert told["status"] == "applied"
        member.pull()
        document = member.documents("visit")[str(visit_id)]
        assert document["sample"] == document["draws"][0]["classes"]
        assert [len(one["pupils"]) for one in document["sample"]] == [10, 10]


def test_a_pull_brings_nothing_of_other_teams_plans(past: Past, places: Places) -> None:
    """Plans, tasks, visits, findings, evidence of another team and of the other track; at the same school too."""
    with clock.fixed(NOVEMBER) as hand:
        task = past.sent()
        others = [places.team(), places.team(track=Track.STATION)]
        foreign = [past.sent(team) for team in others]
        foreign.append(past.fieldwork.planned(None, others[0]))
        begun = past.fieldwork.begun(team=others[1])
        finding = past.fieldwork.finding(begun, past.fieldwork.leader(begun.assignment))
        hand.move(minutes=9)
        assignments.depart(actor=past.fieldwork.leader(task), assignment_id=task.pk)
        secrets = {
            str(one.pk) for one in (*foreign, begun, begun.assignment, finding, past.unissued, past.visit.assignment)
        }
        secrets |= {f"crew:{one.pk}" for one in foreign}
        for phone in past.phones(task):
            phone.pull()
            assert [one for one in secrets if one in str(phone.rows)] == []
            assert phone.scopes() <= {
                f"county:{past.school.county_id}",
                f"target:{past.school.pk}",
                f"crew:{task.pk}",
                f"user:{phone.client.user.pk}",
            }
            assert set(phone.documents("assignment")) == {str(task.pk)}


def test_what_was_put_right_at_once_waits_for_the_end_of_its_month(past: Past, places: Places) -> None:
    """The other track of the same month does not learn of it; whoever comes in the next month looks again."""
    with clock.fixed(NOVEMBER) as hand:
        fieldwork = past.fieldwork
        visit = fieldwork.begun(target=past.school, team=past.team)
        fixed = _fixed(fieldwork, visit)
        fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
        station = fieldwork.released(past.school, places.team(track=Track.STATION))
        phone = past.phones(station)[0]
        publish_waiting()
        phone.pull()
        assert set(phone.documents("finding")) == {str(past.open.pk), str(past.fixed.pk)}
        hand.move(days=12)
        publish_waiting()
        phone = past.phones(station)[0]  # a sign-in lasts ten minutes
        phone.pull()
        assert set(phone.documents("finding")) == {str(past.open.pk), str(past.fixed.pk), str(fixed.pk)}


def test_a_new_version_reaches_phones_and_the_one_before_stays_readable(past: Past) -> None:
    from backend.inspections.services import templates

    county = system(past.school.county_id)
    with clock.fixed(NOVEMBER):
        task = past.fieldwork.released(past.school, past.team)
        phone = past.phones(task)[0]
        phone.pull()
        draft = templates.draft(actor=county, code="TY")
        phone.pull()
        assert str(draft.pk) not in str(phone.rows)
        templates.publish(actor=county, template_id=draft.pk)
        phone.pull()
    versions = {one["version"]: one["status"] for one in phone.documents("template").values() if one["code"] == "TY"}
    assert versions == {1: "retired", 2: "published"}
    assert len(phone.documents("finding_library")) == 14


def test_standard_findings_are_on_every_phone_of_the_county_and_on_no_other(past: Past) -> None:
    """The office's own wordings, with basis and days, belong to the county and come from no visit."""
    county = system(past.school.county_id)
    with clock.fixed(NOVEMBER):
        elsewhere = past.fieldwork.planned(county=past.fieldwork.cast.county("linshui", "邻水区"))
        kept = standard_findings.add(actor=county, item="TY-02", wording=Wording("到场督查员不足两人。", due_days=5))
        gone = standard_findings.add(actor=county, item="TY-02", wording=Wording("一人单独检查。"))
        task = past.fieldwork.released(past.school, past.team)
        for phone in past.phones(task):
            phone.pull()
            (one,) = [row for key, row in phone.documents("standard_finding").items() if key == str(kept.pk)]
            assert (one["item"], one["text"], one["severity"], one["days"]) == (
                "TY-02",
                "到场督查员不足两人。",
                "minor",
                5,
            )
            assert one["basis"][0]["article"] == "第四十二条"
        standard_findings.retire(actor=county, standard_id=gone.pk)
        phone.pull()
        assert str(gone.pk) not in phone.documents("standard_finding")
        stranger = past.phones(elsewhere)[0]
        stranger.pull()
        assert str(kept.pk) not in str(stranger.rows)
