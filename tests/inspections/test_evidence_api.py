"""What reviewers see of evidence: lists, all facts of one, its custody, and what looks like it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.ids import uuid7
from backend.inspections.models import Evidence, Visit
from backend.inspections.services.evidence import Camera, Told
from backend.media.services import accesses
from backend.registry.models import Target, Track
from tests.fixtures.people import Client
from tests.fixtures.visits import Fieldwork
from tests.fixtures.witnesses import Photos
from tests.media import scenes

API = "/api/v1"


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer["items"]]


@dataclass
class Tracks:
    """Two visits of one month at one school, one of each track, with the same photo in both."""

    visits: tuple[Visit, Visit]
    photos: tuple[Evidence, Evidence]
    leaders: tuple[Client, Client]


@pytest.fixture(autouse=True)
def own_notes(settings: Any, tmp_path: Path) -> None:
    """Who was sent what in other tests is no news here."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def tracks(photos: Photos, fieldwork: Fieldwork) -> Tracks:
    school, image = fieldwork.places.school(), scenes.scene(21)
    first, second = (_of_track(fieldwork, school, track) for track in (Track.DEPARTMENT, Track.STATION))
    rows = photos.assessed(first, scenes.jpeg(image)), photos.assessed(second, scenes.jpeg(image))
    clients = [fieldwork.cast.client(visit.assignment.leader) for visit in (first, second)]
    return Tracks((first, second), rows, (clients[0], clients[1]))


def _of_track(fieldwork: Fieldwork, school: Target, track: str) -> Visit:
    team = fieldwork.places.team(track=track)
    assert team.track == track
    return fieldwork.begun(target=school, team=team)


class TestList:
    def test_filters(self, photos: Photos, fieldwork: Fieldwork, office_client: Client) -> None:
        visit, other = fieldwork.begun(), fieldwork.begun()
        photo = photos.assessed(visit, scenes.jpeg(scenes.scene(1)), mock=True)
        signature = fieldwork.evidence(other, fieldwork.leader(other.assignment), "signature")
        day, next_day = clock.today(), clock.today() + dt.timedelta(days=1)
        wanted = {
            f"visit={visit.pk}": [photo],
            f"target={other.target_id}": [signature],
            "state=verified": [photo],
            "state=corrupt": [],
            "kind=signature": [signature],
            "flag=mock_location": [photo],
            "flag=edited": [],
            f"since={day}&until={day}": [signature, photo],
            f"since={next_day}": [],
            f"until={day - dt.timedelta(days=1)}": [],
            f"visit={visit.pk}&flag=mock_location&kind=photo&state=verified": [photo],
        }
        for query, rows in wanted.items():
            assert ids(get(office_client, f"evidence?{query}")) == [str(row.pk) for row in rows], query

    @pytest.mark.parametrize("query", ["flag=odd", "kind=film", "since=x", "visit=1", "state=lost"])
    def test_filters_that_cannot_be_are_refused(self, office_client: Client, query: str) -> None:
        assert get(office_client, f"evidence?{query}", 400)["code"] == "invalid"

    def test_flags_are_for_reviewers(self, photos: Photos, fieldwork: Fieldwork) -> None:
        visit = fieldwork.begun()
        row = photos.assessed(visit, scenes.jpeg(scenes.scene(2)), mock=True)
        people = fieldwork.crew(visit.assignment)
        leader, member = (fieldwork.cast.client(person) for person in people[:2])
        shown = get(leader, "evidence")["items"][0]
        assert [(flag["kind"], flag["text"]) for flag in shown["flags"]] == [("mock_location", "模拟定位")]
        assert [one["flags"] for one in get(member, "evidence")["items"]] == [None]
        assert ids(get(member, "evidence?flag=mock_location")) == []
        assert ids(get(leader, "evidence?flag=mock_location")) == [str(row.pk)]

    @pytest.mark.parametrize("path", ["evidence?limit={count}", "evidence?limit={count}&flag=mock_location"])
    def test_one_costs_as_much_as_three(
        self,
        photos: Photos,
        fieldwork: Fieldwork,
        office_client: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
        path: str,
    ) -> None:
        visit = fieldwork.begun()
        for seed in range(3):
            photos.assessed(visit, scenes.jpeg(scenes.scene(seed)), mock=True)
        leader = fieldwork.cast.client(visit.assignment.leader)
        for client, most in ((office_client, 7), (leader, 8)):  # a leader's teams are read first
            for count in (1, 3):
                with django_assert_max_num_queries(most):
                    assert len(get(client, path.format(count=count))["items"]) == count


class TestPage:
    def test_all_facts_of_one(self, photos: Photos, fieldwork: Fieldwork, office_client: Client) -> None:
        visit = fieldwork.begun()
        finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
        camera = Camera(model="M2102J2SC", os="Android 14", app="1.4.0")
        data = scenes.jpeg(scenes.scene(3), exif=scenes.exif(model="M2102J2SC"))
        row = photos.assessed(visit, data, finding=finding.pk, camera=camera, mock=False)
        found = get(office_client, f"evidence/{row.pk}")
        assert (found["item"], found["target"]["name"], found["state"]) == ("TY-02", visit.target.name, "verified")
        assert found["author"]["name"] == visit.assignment.leader.name
        assert found["declared"]["camera"] == {"model": "M2102J2SC", "os": "Android 14", "app": "1.4.0"}
        assert (found["declared"]["mock"], found["declared"]["offset_ms"]) == (False, 0)
        assert (found["found"]["model"], found["found"]["width"]) == ("M2102J2SC", 640)
        assert found["found"]["metres_to_target"] < 50
        assert found["location"]["accuracy"] == 20.0
        assert [flag["kind"] for flag in found["flags"]] == ["time_gap"]

    def test_who_does_not_review_sees_the_fact_only(self, photos: Photos, fieldwork: Fieldwork) -> None:
        visit = fieldwork.begun()
        member = fieldwork.cast.client(fieldwork.crew(visit.assignment)[1])
        row = photos.assessed(visit, scenes.jpeg(scenes.scene(4)), mock=True)
        shown = get(member, f"evidence/{row.pk}")
        assert [shown[name] for name in ("flags", "declared", "found", "assessed_at")] == [None] * 4
        for part in ("custody", "lookalikes"):
            assert get(member, f"evidence/{row.pk}/{part}", 403)["code"] == "not_reviewer"

    def test_another_teams_evidence_is_like_none(self, photos: Photos, fieldwork: Fieldwork) -> None:
        row = photos.assessed(fieldwork.begun(), scenes.jpeg(scenes.scene(5)))
        stranger = fieldwork.cast.client(fieldwork.begun().assignment.leader)
        for part in ("", "/custody", "/lookalikes"):
            real, none = (stranger.get(f"{API}/evidence/{each}{part}") for each in (row.pk, uuid7()))
            assert (
                (real.status_code, real.json()["code"]) == (none.status_code, none.json()["code"]) == (404, "not_found")
            )

    def test_ten_queries_at_most(
        self,
        photos: Photos,
        fieldwork: Fieldwork,
        office_client: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        visit, other = fieldwork.begun(), fieldwork.begun()
        row = photos.assessed(visit, scenes.jpeg(scenes.scene(6)))
        for quality in (80, 70, 60):
            photos.assessed(other, scenes.jpeg(scenes.scene(6), quality))
            for client in (office_client, fieldwork.cast.client(visit.assignment.leader)):
                for part, most in (("", 8), ("/custody", 10), ("/lookalikes", 14)):
                    with django_assert_max_num_queries(most):
                        get(client, f"evidence/{row.pk}{part}")


class TestCustody:
    def test_every_link_by_our_clock_and_the_devices(
        self, photos: Photos, fieldwork: Fieldwork, office_client: Client
    ) -> None:
        visit = fieldwork.begun()
        device = uuid7()
        actor = fieldwork.leader(visit.assignment, device)
        now = clock.now()
        ahead = dt.timedelta(minutes=10)
        told = Told(at=now + ahead, offset_ms=600_000, received_at=now)
        taken_at = now + ahead - dt.timedelta(minutes=1)
        row = photos.assessed(visit, scenes.jpeg(scenes.scene(7)), actor=actor, told=told, taken_at=taken_at)
        blob = office_client.get(f"{API}/blobs/{row.sha256}")
        assert blob.status_code == 200
        office_client.get(f"{API}/blobs/{row.sha256}?download=true")
        links = get(office_client, f"evidence/{row.pk}/custody")["links"]
        whats = [link["what"] for link in links]
        assert whats == ["taken", "declared", "verified", "flagged", "viewed", "exported"]
        taken, declared, *_, viewed, exported = links
        assert dt.datetime.fromisoformat(taken["at"]) == now - dt.timedelta(minutes=1)
        assert dt.datetime.fromisoformat(taken["device_at"]) == taken_at
        assert {link["device"] for link in (taken, declared)} == {str(device)}
        assert {link["skew_ms"] for link in (taken, declared)} == {600_000}
        assert declared["by"]["name"] == visit.assignment.leader.name
        assert {link["by"]["name"] for link in (viewed, exported)} == {office_client.user.name}
        assert {link["device"] for link in (viewed, exported)} == {str(office_client.device.pk)}

    def test_views_are_booked_once_a_day_with_an_audit_line_and_stay_in_the_chain(
        self, photos: Photos, fieldwork: Fieldwork, office_client: Client
    ) -> None:
        row = photos.assessed(fieldwork.begun(), scenes.jpeg(scenes.scene(8)))
        for _ in range(3):
            office_client.get(f"{API}/blobs/{row.sha256}")
        accesses.book()
        office_client.get(f"{API}/blobs/{row.sha256}")
        links = get(office_client, f"evidence/{row.pk}/custody")["links"]
        assert [link["what"] for link in links].count("viewed") == 1

    def test_only_sending_the_original_counts(
        self, photos: Photos, fieldwork: Fieldwork, office_client: Client
    ) -> None:
        row = photos.assessed(fieldwork.begun(), scenes.jpeg(scenes.scene(10)))
        office_client.head(f"{API}/blobs/{row.sha256}")
        office_client.get(f"{API}/blobs/{row.sha256}?size=list")
        stranger = fieldwork.cast.client(fieldwork.begun().assignment.leader)
        assert stranger.get(f"{API}/blobs/{row.sha256}").status_code == 404
        assert accesses.of(row.county_id, row.sha256) == []
        office_client.get(f"{API}/blobs/{row.sha256}", HTTP_IF_NONE_MATCH=f'"{row.sha256}"')
        assert [one.purpose for one in accesses.of(row.county_id, row.sha256)] == ["viewed"]

    def test_who_saw_the_other_tracks_copy_is_not_told(self, tracks: Tracks, office_client: Client) -> None:
        mine, theirs = tracks.leaders
        row = tracks.photos[0]
        for client in (mine, theirs):
            assert client.get(f"{API}/blobs/{row.sha256}").status_code == 200
        seen = {link["by"]["name"] for link in get(mine, f"evidence/{row.pk}/custody")["links"] if link["by"]}
        assert theirs.user.name not in seen
        viewers = [
            link["by"]["name"]
            for link in get(office_client, f"evidence/{row.pk}/custody")["links"]
            if link["what"] == "viewed"
        ]
        assert sorted(viewers) == sorted([mine.user.name, theirs.user.name])


class TestLookalikes:
    def test_the_office_sees_both_originals(self, tracks: Tracks, office_client: Client) -> None:
        row, other = tracks.photos
        found = get(office_client, f"evidence/{row.pk}/lookalikes")
        assert [(one["evidence"]["id"], one["same_bytes"], one["same_visit"]) for one in found["items"]] == [
            (str(other.pk), True, False)
        ]
        assert found["for_office"] is False
        for sha256 in (row.sha256, found["items"][0]["evidence"]["sha256"]):
            assert office_client.get(f"{API}/blobs/{sha256}").status_code == 200
        assert ids(get(office_client, "evidence?flag=reused")) == sorted([str(row.pk), str(other.pk)], reverse=True)

    def test_a_reviewer_of_one_track_learns_only_that_the_office_has_to_look(self, tracks: Tracks) -> None:
        mine, other = tracks.photos
        client = tracks.leaders[0]
        found = get(client, f"evidence/{mine.pk}/lookalikes")
        assert (found["items"], found["for_office"]) == ([], True)
        flags = get(client, f"evidence/{mine.pk}")["flags"]
        assert flags == [
            {"kind": "for_office", "text": "须由督导办核看", "detail": {}, "raised_at": None, "other": None}
        ]
        assert ids(get(client, "evidence?flag=reused")) == []
        assert ids(get(client, "evidence?flag=for_office")) == [str(mine.pk)]
        for path in (
            f"evidence/{mine.pk}",
            f"evidence/{mine.pk}/lookalikes",
            "evidence",
            f"evidence/{mine.pk}/custody",
        ):
            told = client.get(f"{API}/{path}").content.decode()
            assert not [each for each in (other.pk, other.visit_id, tracks.leaders[1].user.name) if str(each) in told]

    def test_who_leads_both_visits_sees_both(self, photos: Photos, fieldwork: Fieldwork) -> None:
        team = fieldwork.places.team()
        visits = [fieldwork.begun(team=team) for _ in range(2)]
        rows = [photos.assessed(visit, scenes.jpeg(scenes.scene(9), 60 + 10 * n)) for n, visit in enumerate(visits)]
        found = get(fieldwork.cast.client(visits[0].assignment.leader), f"evidence/{rows[0].pk}/lookalikes")
        assert [(one["evidence"]["id"], one["same_bytes"]) for one in found["items"]] == [(str(rows[1].pk), False)]
        assert found["items"][0]["distance"] <= 10
        assert found["for_office"] is False

    def test_schools_reach_none_of_it(self, tracks: Tracks, school_client: Client) -> None:
        for path in ("evidence", f"evidence/{tracks.photos[0].pk}", f"evidence/{tracks.photos[0].pk}/lookalikes"):
            assert get(school_client, path, 403)["code"] == "forbidden"

    def test_leadership_sees_what_the_office_sees(self, tracks: Tracks, fieldwork: Fieldwork) -> None:
        client = fieldwork.cast.client(fieldwork.cast.person(Role.LEADERSHIP))
        assert len(get(client, f"evidence/{tracks.photos[0].pk}/lookalikes")["items"]) == 1


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_refused(office_client: Client, query: str) -> None:
    answer = office_client.get(f"/api/v1/evidence?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
