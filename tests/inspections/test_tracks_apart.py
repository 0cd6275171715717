"""Until notices are issued the two tracks of a month see nothing of each other: not by address, phone, hint or count."""

import uuid

import pytest

from backend.accounts.roles import Role
from backend.core.ids import uuid7
from backend.inspections.models import Visit
from backend.inspections.rules.class_draw import SchoolClass
from backend.inspections.services import onsite, refiling, vetoes
from backend.registry.models import Track
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

API = "/api/v1"
BODIES: dict[str, object] = {
    "entry": {},
    "draws": {"classes": [{"grade": 1, "number": 1, "size": 30}]},
    "sample": {"classes": []},
    "details": {"remarks": "雨天"},
    "alarm": {"text": "线路老化"},
    "refile": {"reason": "误选", "target": "01a20000-0000-7000-8000-000000000001"},
}


class TwoTracks:
    """One school, visited in one month by a crew of each track; what the first found waits for its notice."""

    def __init__(self, fieldwork: Fieldwork) -> None:
        self.fieldwork = fieldwork
        self.first = fieldwork.filled()
        leader = fieldwork.leader(self.first.assignment)
        classes = [SchoolClass(4, number, 40) for number in (1, 2, 3)]
        onsite.draw_classes(actor=leader, visit_id=self.first.pk, classes=classes)
        self.finding = fieldwork.finding(self.first, leader, "TY-08", text="拒绝提供台账。")
        self.fieldwork.submitted(self.first)
        station = fieldwork.places.team(track=Track.STATION)
        self.second = fieldwork.begun(fieldwork.released(self.first.target, station))
        self.people = fieldwork.crew(self.second.assignment)

    def clients(self) -> list[Client]:
        return [self.fieldwork.cast.client(user) for user in self.people]


@pytest.fixture
def tracks(fieldwork: Fieldwork) -> TwoTracks:
    return TwoTracks(fieldwork)


def test_every_address_of_the_other_tracks_visit_and_finding_answers_as_if_there_were_none(tracks: TwoTracks) -> None:
    nowhere = uuid.uuid4()
    for client in tracks.clients():
        for path in ("", "/log", "/score"):
            there, none = (client.get(f"{API}/visits/{pk}{path}") for pk in (tracks.first.pk, nowhere))
            assert (there.status_code, there.json()) == (404, none.json())
        for name, body in BODIES.items():
            there, none = (client.post_json(f"{API}/visits/{pk}/{name}", body) for pk in (tracks.first.pk, nowhere))
            assert (there.status_code, there.json()) == (404, none.json()), name
        for name, body in (
            ("hearing", {"way": "waived", "statement": "无"}),
            ("veto", {"view": "lift", "reason": "轻"}),
        ):
            paths = [f"{API}/findings/{pk}/{name}" for pk in (tracks.finding.pk, nowhere)]
            there, none = (client.post_json(path, body) for path in paths)
            assert (there.status_code, there.json()) == (none.status_code, none.json()), name


def test_judging_and_lifting_a_veto_reaches_no_phone_of_the_other_track(tracks: TwoTracks) -> None:
    phone = Phone(tracks.clients()[0])
    phone.pull()
    before = dict(phone.sums)
    office, chief = (tracks.fieldwork.cast.actor(tracks.fieldwork.cast.person(role)) for role in JUDGES)
    vetoes.hear(actor=office, finding_id=tracks.finding.pk, way="meeting", statement="校方认可。")
    vetoes.judge(actor=chief, finding_id=tracks.finding.pk, view="lift", reason="情节较轻")
    phone.pull()
    assert phone.sums == before
    assert str(tracks.finding.pk) not in phone.documents("finding")


JUDGES = (Role.OFFICE, Role.LEADERSHIP)


def test_a_visit_filed_anew_at_a_target_of_both_tracks_shows_neither_to_the_other(tracks: TwoTracks) -> None:
    """The station's second visit turns out to be of the school that the department visited this month."""
    fieldwork, team = tracks.fieldwork, tracks.second.assignment.team
    wrong = fieldwork.begun(fieldwork.released(team=team))
    leader = fieldwork.leader(wrong.assignment)
    finding = fieldwork.finding(wrong, leader, "TY-08")
    moved = refiling.refile(actor=leader, visit_id=wrong.pk, target_id=tracks.first.target_id, reason="误选")
    finding.refresh_from_db()
    assert (moved.target_id, finding.repeated) == (tracks.first.target_id, False)
    theirs = Phone(fieldwork.cast.client(tracks.first.assignment.leader))
    theirs.pull()
    assert str(moved.pk) not in theirs.documents("visit")
    assert str(finding.pk) not in theirs.documents("finding")
    ours = Phone(fieldwork.cast.client(wrong.assignment.leader))
    ours.pull()
    assert str(tracks.first.pk) not in ours.documents("visit")
    assert str(tracks.finding.pk) not in ours.documents("finding")


def test_an_id_of_the_other_track_is_refused_by_a_phone_like_one_of_nothing(tracks: TwoTracks) -> None:
    phone = Phone(tracks.clients()[0])
    for verb, data in (
        ("visit.draw_classes", BODIES["draws"]),
        ("visit.enter", {}),
        ("visit.refile", {"reason": "误选", "target": str(tracks.second.target_id)}),
    ):
        told = [phone.send(verb, pk, data) for pk in (tracks.first.pk, uuid7())]
        assert [one["status"] for one in told] == ["held", "held"], verb
    assert Visit.objects.get(pk=tracks.first.pk).refiled == []
