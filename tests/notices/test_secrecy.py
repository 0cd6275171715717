"""Until a notice is issued nothing a unit can reach tells of it; afterwards only its own unit knows (workflow §12)."""

import json
import uuid
from typing import Any

import pypdfium2
import pytest

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.core.actor import Actor, system
from backend.inspections.models import Finding, FindingState, VisitKind
from backend.journal.models import FeedRow, Outbox
from backend.journal.writing import write
from backend.media.registry import may_read
from backend.media.services import blobs
from backend.notices.models import InboxEntry, RectificationNotice
from backend.notices.selectors import ledger, notices
from backend.notices.services import drafts, inbox
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.fixtures.rectification import World, fresh

UNIT = "/api/v1/unit/notices"
ACTIONS: dict[str, Any] = {
    "acknowledge": {},
    "defence": {"text": "有异议。"},
    "extension": {"days": 1, "reason": "施工"},
    "report": {
        "parts": [
            {
                "item": str(uuid.uuid4()),
                "cause": "一",
                "measure": "二",
                "responsible_role": "校长",
                "finished_on": "2026-11-01",
                "result": "三",
            }
        ]
    },
    "evidence": {
        "item": str(uuid.uuid4()),
        "kind": "after",
        "sha256": "a" * 64,
        "size": 10,
        "filetype": "image/jpeg",
    },
}


def heard(client: Client, path: str, body: Any = None) -> tuple[int, bytes, dict[str, str]]:
    answer = client.get(path) if body is None else client.post_json(path, body)
    return answer.status_code, answer.content, dict(answer.headers)


def hidden(world: World) -> dict[str, RectificationNotice]:
    """Notices that the world's own unit must not know of."""
    drafted, reviewed, dropped = world.draft(), world.reviewed(), world.draft()
    drafts.withdraw(actor=world.office, notice_id=dropped.pk, reason="不发了")
    other = world.places.school(county=world.county)
    world.places.liaison(other)
    return {"draft": drafted, "reviewed": reviewed, "dropped": dropped, "others": world.issued(target=other)}


def test_what_is_not_issued_or_not_theirs_is_answered_like_what_does_not_exist(world: World) -> None:
    client = world.cast.client(world.liaison)
    unknown = uuid.uuid4()
    for name, notice in hidden(world).items():
        assert heard(client, f"{UNIT}/{notice.pk}") == heard(client, f"{UNIT}/{unknown}"), name
        for action, body in ACTIONS.items():
            there = heard(client, f"{UNIT}/{notice.pk}/{action}", body)
            assert there == heard(client, f"{UNIT}/{unknown}/{action}", body), (name, action)
            assert there[0] == 404


def test_the_list_of_a_unit_is_that_of_a_unit_without_any_notice(world: World) -> None:
    client = world.cast.client(world.liaison)
    empty = heard(client, UNIT)
    hidden(world)
    assert heard(client, UNIT) == empty == (200, b'{"items":[],"next":null}', empty[2])


def test_before_issue_nobody_of_the_unit_is_told_anything(world: World) -> None:
    world.reviewed()
    inbox.deliver_waiting()
    assert Outbox.objects.filter(recipient_id=world.liaison.pk).count() == 0
    assert InboxEntry.objects.filter(user_id=world.liaison.pk).count() == 0
    assert FeedRow.objects.filter(scope__name=f"user:{world.liaison.pk}").count() == 0


def test_withdrawing_what_was_never_issued_is_not_told_to_the_unit(world: World) -> None:
    drafts.withdraw(actor=world.office, notice_id=world.reviewed().pk, reason="不发了")
    assert Outbox.objects.filter(recipient_id=world.liaison.pk).count() == 0


def test_a_contact_whose_term_ended_knows_nothing_any_more(world: World) -> None:
    from backend.core import clock

    notice, client = world.issued(), world.cast.client(world.liaison)
    assert client.get(f"{UNIT}/{notice.pk}").status_code == 200
    with write(actor=system(world.county.pk)):
        world.target.contacts.update(ends_at=clock.now())
    assert client.get(f"{UNIT}/{notice.pk}").status_code == 404
    assert client.get(UNIT).json()["items"] == []


def test_the_unit_sees_nothing_of_the_visit_its_people_or_the_findings_records(world: World) -> None:
    notice = world.issued(kind=VisitKind.TIP_CHECK)
    client = world.cast.client(world.liaison)
    text = client.get(f"{UNIT}/{notice.pk}").content.decode()
    items = notice.findings.values_list("finding_id", flat=True)
    people = [user.name for user in world.places.people(world.target.team)] if world.target.team else []
    secrets = [str(notice.visit_id), *map(str, items), *people, world.office.name, world.leader.name, "举报", "review"]
    assert [secret for secret in secrets if secret in text] == []


def test_the_paper_tells_neither_the_tip_nor_an_inspector(world: World) -> None:
    notice = world.issued(kind=VisitKind.TIP_CHECK)
    with pypdfium2.PdfDocument(blobs.read(notice.pdf_sha256)) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    people = [user.name for user in world.places.people(world.target.team)] if world.target.team else []
    assert "举报" not in text
    assert [name for name in people if name in text] == []
    assert notice.target.name in text.replace("\r\n", "")


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.TEAM_LEADER, Role.TIP_CLERK, Role.MEMBER_DEPARTMENT])
def test_other_roles_have_no_way_to_notices(role: str, world: World) -> None:
    notice = world.issued()
    client = world.cast.client(world.person(role))
    paths = (UNIT, f"{UNIT}/{notice.pk}", "/api/v1/notices", f"/api/v1/notices/{notice.pk}", "/api/v1/notices/ledger")
    assert [client.get(path).status_code for path in paths] == [403] * 5
    assert notices.scoped(world.cast.actor(world.person(role))).count() == 0


def test_a_unit_has_no_way_to_the_offices_side(world: World) -> None:
    notice = world.issued()
    client = world.cast.client(world.liaison)
    for path in ("/api/v1/notices", f"/api/v1/notices/{notice.pk}", "/api/v1/notices/ledger"):
        assert client.get(path).status_code == 403
    for action in ("review", "revise", "issue", "deliver", "decide", "close", "reopen", "withdraw", "defence"):
        assert client.post_json(f"/api/v1/notices/{notice.pk}/{action}").status_code == 403


def elsewhere(cast: Cast, places: Places, other_county: County) -> World:
    return World(cast, places, other_county)


def test_another_county_sees_nothing_on_any_list_detail_ledger_or_blob(
    world: World, cast: Cast, places: Places, other_county: County
) -> None:
    notice = world.reported()
    proof = notice.findings.get().evidence.get()
    there = elsewhere(cast, places, other_county)
    for actor in (there.office, there.leader, there.unit):
        assert notices.scoped(actor).count() == 0
        assert ledger.lines(actor).count() == 0
        assert not may_read(actor, notice.pdf_sha256)
        assert not may_read(actor, proof.sha256)
    client = cast.client(there.person(Role.OFFICE))
    assert client.get("/api/v1/notices").json()["items"] == []
    assert client.get("/api/v1/notices/ledger").json()["items"] == []
    unknown = heard(client, f"/api/v1/notices/{uuid.uuid4()}")
    assert heard(client, f"/api/v1/notices/{notice.pk}") == unknown
    for action, body in {"review": {}, "close": {}, "withdraw": {"reason": "一"}, "issue": {}}.items():
        assert client.post_json(f"/api/v1/notices/{notice.pk}/{action}", body).status_code == 404
    assert fresh(notice).state == "report_submitted"


def test_a_visit_of_another_county_cannot_be_drafted(
    world: World, cast: Cast, places: Places, other_county: County
) -> None:
    visit = world.visit()
    client = cast.client(elsewhere(cast, places, other_county).person(Role.OFFICE))
    assert client.post_json("/api/v1/notices", {"visit": str(visit.pk)}).status_code == 404


def readers(world: World, sha256: str) -> dict[str, bool]:
    other = world.places.liaison(world.places.school(county=world.county))
    actors: dict[str, Actor] = {
        "office": world.office,
        "leadership": world.leader,
        "unit": world.unit,
        "other unit": world.cast.actor(other),
        "inspector": world.cast.actor(world.person(Role.INSPECTOR)),
    }
    return {name: may_read(actor, sha256) for name, actor in actors.items()}


ITS_OWN = {"office": True, "leadership": True, "unit": True, "other unit": False, "inspector": False}


def test_the_paper_is_read_by_its_unit_the_office_and_leadership_alone(world: World) -> None:
    notice = world.issued()
    assert readers(world, notice.pdf_sha256) == ITS_OWN
    client = world.cast.client(world.liaison)
    assert client.get(f"/api/v1/blobs/{notice.pdf_sha256}").status_code == 200


def test_evidence_of_the_unit_is_read_by_the_unit_the_office_and_leadership_alone(world: World) -> None:
    notice = world.reported()
    assert readers(world, notice.findings.get().evidence.get().sha256) == ITS_OWN


def test_a_paper_printed_but_not_issued_is_not_readable_for_the_unit(world: World) -> None:
    from backend.core.actor import system
    from backend.journal.writing import write

    notice = world.reviewed()
    with write(actor=system(world.county.pk)):
        RectificationNotice.objects.filter(pk=notice.pk).update(pdf_sha256="b" * 64)
    assert readers(world, "b" * 64) == ITS_OWN | {"unit": False}


def test_a_hash_that_a_unit_merely_declares_opens_nothing(world: World) -> None:
    notice = world.acknowledged()
    foreign = blobs.keep(county_id=world.county.pk, data=b"a photo of inspectors", filetype="image/jpeg")
    body = {"item": str(notice.findings.get().pk), "kind": "after", "sha256": foreign, "size": 21}
    client = world.cast.client(world.liaison)
    path = f"{UNIT}/{notice.pk}/evidence"
    assert client.post_json(path, body | {"filetype": "image/jpeg"}).status_code == 201
    assert client.get(f"/api/v1/blobs/{foreign}").status_code == 404


def test_a_withdrawn_notice_does_not_tell_that_its_findings_go_into_another_draft(world: World) -> None:
    notice, client = world.issued(), world.cast.client(world.liaison)
    drafts.withdraw(actor=world.office, notice_id=notice.pk, reason="误发")
    before = heard(client, f"{UNIT}/{notice.pk}")
    findings = Finding.objects.filter(visit=notice.visit)
    with write(actor=system(world.county.pk)):
        findings.update(state=FindingState.CONFIRMED)
    second = drafts.draft_from_visit(actor=world.office, visit_id=notice.visit_id)
    drafts.review(actor=world.office, notice_id=second.pk)
    assert findings.get().state == FindingState.IN_NOTICE
    assert heard(client, f"{UNIT}/{notice.pk}") == before
    assert json.loads(before[1])["items"][0]["state"] == "withdrawn"
