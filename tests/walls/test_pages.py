"""Every page of the desks and of units, walked by every role: the own for whom it is, 403 or 404 for all others, never a
500, never a word of what is secret, always the headers, few queries, little HTML.

Generated from the URL configuration: a page that is added is walked; one whose parameters nobody knows fails here.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.accounts.roles import UNIT_ROLES, Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import DrawSeal
from backend.journal.writing import write
from backend.notices.models import RectificationNotice
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.walls.pages import Page, pages
from tests.walls.world import FullCounty

MOST_QUERIES = 15
MOST_BYTES = 120 * 1024
REFUSED = {403, 404}
AUDIT = "desk/audit"
"""There what somebody tried stands in the trail of their own county, with the key that they typed, known or not."""
KEYS = ("uuid", "int", "sha256")
"""What names one thing of a county, and in another county nothing."""
OVERSEERS = {Role.OFFICE, Role.LEADERSHIP}
FILES = ("file", "record", "proof", "pulse", "ticket", ".csv", ":kind>", "/files/")
"""Parts of addresses that answer with a file or with data, not with a page."""


@dataclass
class Walk:
    """Two counties at work, people of every role, and what they must never read."""

    ours: FullCounty
    theirs: FullCounty
    cast: Cast
    faults: list[str] = field(default_factory=list)

    def client(self, user: User | None) -> Client:
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        return client

    def expect(self, what: str, told: object, wanted: object) -> None:
        """Note a fault unless `told` is among `wanted`."""
        if told not in wanted:  # type: ignore[operator]
            self.faults.append(f"{what}: {told}")


@pytest.fixture
def walk(cast: Cast, places: Places, fieldwork: Fieldwork) -> Walk:
    ours = FullCounty(cast, places, fieldwork, cast.county()).settle().work()
    theirs = FullCounty(cast, places, fieldwork, cast.county("linshui", "邻水区")).settle()
    fieldwork.planned(places.school(team=ours.team), ours.team)
    ours.values |= {
        "id": ours.notice.pk,
        "kind": "notice",
        "object_id": ours.notice.pk,
        "code": "AAAA",
        "item_id": ours.notice.findings.order_by("number")[0].pk,
    }
    return Walk(ours, theirs, cast)


def secrets(world: FullCounty) -> set[str]:
    """What no account of a unit may read anywhere: plan, draw, tasks, visits, the draft of a notice."""
    seals = DrawSeal.objects.filter(draw__county_id=world.county.pk)
    told = {f"{seal.seed}" for seal in seals} | {world.plan.title, *world.drawn_names, world.team.name}
    told |= {str(world.values[name]) for name in ("plan_id", "draw_id", "assignment_id", "visit_id", "notice_id")}
    return {word for word in told if len(word) > 3}


def body(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(data.decode(errors="replace"))


def is_page(page: Page) -> bool:
    return not any(part in page.route for part in FILES)


def unknown(page: Page, values: dict[str, Any]) -> dict[str, Any]:
    fresh: dict[str, Any] = {name: uuid.uuid4() for converter, name in page.parameters if converter == "uuid"}
    return values | fresh


@pytest.mark.once
def test_every_page_keeps_its_walls(walk: Walk) -> None:
    """One county at work for all of it: it takes longer to make than to walk."""
    _by_every_role(walk)
    _foreign_objects(walk)
    _files(walk)
    _after_the_notice(walk)
    _hostile_words(walk)
    assert walk.faults == []


def _by_every_role(walk: Walk) -> None:
    values = walk.ours.values
    stranger = walk.ours.places.liaison(walk.ours.places.school(team=walk.ours.team))
    county = walk.ours.county
    people = {role: walk.cast.person(role, county=county) for role in Role if role not in UNIT_ROLES}
    people[Role.TEAM_LEADER] = walk.ours.fieldwork.crew(walk.ours.approved.assignment)[0]
    for role, user in people.items():
        _walk_desk(walk, str(role.value), walk.client(user), values)
    for name, user in (("liaison", walk.ours.liaison), ("stranger", stranger)):
        _walk_as_unit(walk, name, walk.client(user), values)
    _walk_signed_out(walk, walk.client(None), values)


def _walk_desk(walk: Walk, role: str, client: Client, values: dict[str, Any]) -> None:
    """As somebody of the house: own pages within their bounds, the others refused, whatever is sent."""
    for page in pages():
        if page.roles is None and page.parameters and role in OVERSEERS:
            continue  # see `_files`
        path = page.path(values)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
            text = body(answer)
        what = f"{role} GET {page.route}"
        if page.is_of_units:
            walk.expect(what, answer.status_code, {403, 404, 405})
        elif page.roles is None and page.parameters:
            walk.expect(what, answer.status_code, REFUSED)  # files are for the office and leadership, or one's own
        elif page.roles is None:
            walk.expect(what, answer.status_code, {200, 302, 304, 400, 403, 404, 405, 409})
        elif role not in page.roles:
            walk.expect(what, answer.status_code, {403})
        else:
            walk.expect(what, answer.status_code, {200, 404} if page.parameters else {200})
            _check_bounds(walk, what, page, answer, text, len(asked))
        own = page.roles is not None and role in page.roles
        for deed in page.deeds if own else page.deeds[:1]:  # one guard stands before all deeds of a page
            told = client.post(f"{path}/do/{deed}").status_code
            walk.expect(f"{role} POST {page.route} {deed}", told, {400, 404} if own else {403})


def _check_bounds(walk: Walk, what: str, page: Page, answer: Any, text: str, asked: int) -> None:
    policy = answer.headers.get("Content-Security-Policy", "")
    walk.expect(f"{what} policy", "default-src 'none'" in policy and "unsafe" not in policy, {True})
    walk.expect(f"{what} is not stored", answer.headers.get("Cache-Control"), {"no-store"})
    walk.expect(f"{what} styles itself", " style=" in text or "<style" in text, {False})
    walk.expect(f"{what} bytes", len(text.encode()) <= MOST_BYTES, {True})
    walk.expect(f"{what} queries", asked, range(MOST_QUERIES + 1))


def _walk_as_unit(walk: Walk, name: str, client: Client, values: dict[str, Any]) -> None:
    """As an account of a unit whose notice is a draft: no desk, and nothing anywhere that tells of our work."""
    hidden = secrets(walk.ours)
    for page in pages():
        path, nothing = page.path(values), page.path(unknown(page, values))
        real, none = client.get(path), client.get(nothing)
        text = body(real) + str(real.headers)
        what = f"{name} GET {page.route}"
        walk.expect(what, real.status_code, {200, 302, 404, 405} if page.is_of_units else {302, 403, 404, 405})
        walk.expect(f"{what} like nothing", real.status_code, {none.status_code})
        told = sorted(word for word in hidden if word in text.replace(path, ""))
        walk.expect(f"{what} tells", told, [[]])
        for deed in page.deeds[:1]:
            walk.expect(f"{name} POST {page.route} {deed}", client.post(f"{path}/do/{deed}").status_code, {403})
        if page.is_of_units and page.parameters:
            walk.expect(f"{name} POST {page.route}", client.post(path).status_code, {400, 404, 405})


def _walk_signed_out(walk: Walk, client: Client, values: dict[str, Any]) -> None:
    for page in pages():
        path = page.path(values)
        walk.expect(f"nobody GET {page.route}", client.get(path).status_code, {302, 401, 405})
        for deed in page.deeds[:1]:
            walk.expect(f"nobody POST {page.route} {deed}", client.post(f"{path}/do/{deed}").status_code, {401})


def _foreign_objects(walk: Walk) -> None:
    """By every role that may open the page at all, with deeds; `unit/` by a liaison of the other county."""
    values = walk.ours.values
    foreign = {
        Role.OFFICE: walk.cast.person(Role.OFFICE, county=walk.theirs.county),
        Role.LEADERSHIP: walk.cast.person(Role.LEADERSHIP, county=walk.theirs.county),
        Role.TEAM_LEADER: walk.theirs.places.people(walk.theirs.team)[0],
    }
    other_team = walk.ours.places.people(walk.ours.places.team(county=walk.ours.county))[0]
    readers = [(role, walk.client(user)) for role, user in foreign.items()]
    readers += [(Role.TEAM_LEADER, walk.client(other_team)), (Role.SCHOOL_LIAISON, walk.client(walk.theirs.liaison))]
    hidden = secrets(walk.ours)
    for role, client in readers:
        for page in pages():
            path = page.path(values)
            if any(converter in KEYS for converter, _ in page.parameters):
                walk.expect(f"foreign {role} GET {page.route}", client.get(path).status_code, {403, 404, 405})
                for deed in page.deeds:
                    told = client.post(f"{path}/do/{deed}").status_code
                    walk.expect(f"foreign {role} POST {page.route} {deed}", told, REFUSED)
            elif is_page(page) and page.roles and role in page.roles and client is not readers[-2][1]:
                typed = {str(value) for value in values.values()} if page.route.startswith(AUDIT) else set()
                told_of = sorted(word for word in hidden - typed if word in body(client.get(path)))
                walk.expect(f"foreign {role} GET {page.route} tells", told_of, [[]])


def _files(walk: Walk) -> None:
    """Papers, records and tables as files: the office of the county has them, guarded by their headers; that of another
    county finds nothing by our keys, and nothing of ours in tables of its own.
    """
    own = walk.client(walk.cast.person(Role.OFFICE, county=walk.ours.county))
    foreign = walk.client(walk.cast.person(Role.OFFICE, county=walk.theirs.county))
    hidden = secrets(walk.ours) | {walk.ours.school.name}
    for page in pages():
        if page.roles is not None or not page.parameters or page.is_of_units:
            continue
        path = page.path(walk.ours.values)
        answer, told = own.get(path), foreign.get(path)
        walk.expect(f"own file {page.route}", answer.status_code, {200, 404} if "sha256" in page.route else {200})
        walk.expect(f"type of {page.route}", answer.headers.get("X-Content-Type-Options"), {"nosniff"})
        kept = answer.headers.get("Cache-Control", "")
        walk.expect(f"copies of {page.route}", "no-store" in kept or "private" in kept, {True})
        keyed = any(converter in KEYS for converter, _ in page.parameters)
        walk.expect(f"foreign file {page.route}", told.status_code, {404} if keyed else {200, 404, 409})
        text = body(told) + str(told.headers)
        walk.expect(f"foreign file {page.route} tells", sorted(word for word in hidden if word in text), [[]])


def _hostile_words(walk: Walk) -> None:
    """Whatever is typed: each deed with hostile words in every field, sent by who may open the page."""
    typed = "<script>alert(1)</script>\x00'\"；DROP " + "长" * 40
    for role in (Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER):
        leads = walk.ours.fieldwork.crew(walk.ours.approved.assignment)[0]
        client = walk.client(leads if role == Role.TEAM_LEADER else walk.cast.person(role))
        for page in pages():
            for deed in page.deeds if page.roles and role in page.roles else ():
                fields = {"once": str(uuid.uuid4()), "seen": "", "row": typed, "text": typed, "reason": typed}
                answer = client.post(f"{page.path(walk.ours.values)}/do/{deed}", fields)
                walk.expect(f"{role} POST {page.route} {deed}", answer.status_code, {302, 400, 403, 404, 409, 413})
                walk.expect(f"{role} POST {page.route} {deed} escapes", "<script>alert" in body(answer), {False})


def _after_the_notice(walk: Walk) -> None:
    """The notice names the team that came; plan, draw, task and visit stay inside, on its pages and in their headers."""
    client = walk.client(walk.ours.liaison)
    hidden = secrets(walk.ours) - {walk.ours.team.name, str(walk.ours.notice.pk)}
    now = clock.now()
    with write(actor=system(walk.ours.county.pk)):
        RectificationNotice.objects.filter(pk=walk.ours.notice.pk).update(
            issued_at=now, state="delivered", number="云督整〔2026〕1号", delivered_at=now
        )
    for page in pages():
        if page.is_of_units and "sha256" not in page.route:
            answer = client.get(page.path(walk.ours.values))
            text = body(answer) + str(answer.headers)
            told = sorted(word for word in hidden if word in text)
            walk.expect(
                f"issued {page.route}", (answer.status_code, told), [(200, []), (302, []), (405, []), (404, [])]
            )
