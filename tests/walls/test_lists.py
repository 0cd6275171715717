"""Every list of the API is paged by keys, asks the database at most ten times, as often for one row as for three, and
leaves no rows to the garbage collector.

Generated over every address that answers `items` and `next`: a new list is measured without anybody naming it here.
"""

import datetime as dt
import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from backend.accounts.roles import Role
from backend.bulletins.services import circulars, comments, compiling, editing
from backend.core import clock
from backend.inspections.services import announcements, plans, standard_findings, templates
from backend.inspections.services.standard_findings import Wording
from backend.notices.rules.ladder import Rung
from backend.notices.services import drafts, escalations, inbox, instructions, issuing, signing
from backend.registry.models import AreaStation, Department, SchoolDistrict
from backend.registry.services import conflicts, organisation
from backend.registry.services.certificates import NewCertificate, add_certificates
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import Address, addresses
from tests.walls.world import FullCounty

MOST = 10

BOUNDED = {
    "draws": "a draw needs a library of teams and targets of its own (tests/inspections/test_draw_api.py)",
    "draws/<uuid:draw_id>/targets": "the targets of one draw",
    "inspections/comparisons/teams": "what is shown is computed from all visits of the month, not read by rows",
    "inspections/comparisons/tracks": "what is shown is computed from all visits of the month, not read by rows",
    "registry/targets/<uuid:target_id>/teams": "the teams that were in charge of one target",
    "bulletins/<uuid:bulletin_id>/records": "asked by the name of a figure",
    "bulletins/<uuid:bulletin_id>/receipts": "a receipt needs a signed and published issue",
    "unit/bulletins": "every issue of it is a signed and published paper (tests/bulletins/test_editions.py)",
    "unit/circulars": "every one of them is a signed and published paper (tests/bulletins/test_circulars.py)",
}
"""Lists that `grow` makes no longer, and why; they are held to the ten queries all the same."""


@dataclass(frozen=True)
class Asked:
    """One answer of a list: how many items it shows, its queries, and how many rows wait for the collector."""

    items: int
    queries: int
    left: int


@dataclass
class Growing:
    """A county in full work, and one more of everything that is listed."""

    world: FullCounty
    clients: list[Client] = field(default_factory=list)
    rounds: int = 0

    def grow(self) -> None:
        world, office = self.world, self.world.actor(Role.OFFICE)
        self.rounds += 1
        team = world.places.team(county=world.county)
        visit = world.fieldwork.filled(county=world.county, target=world.school, team=team)
        world.fieldwork.finding(visit, world.fieldwork.leader(visit.assignment))
        approved = world.fieldwork.approved(world.fieldwork.submitted(visit))
        world._late(approved)
        notice = drafts.draft_from_visit(actor=office, visit_id=approved.pk)
        drafts.review(actor=office, notice_id=notice.pk)
        issuing.issue(actor=world.actor(Role.LEADERSHIP), notice_id=notice.pk)
        talk = escalations.propose(actor=office, notice_id=notice.pk, kind=Rung.ADMONITION_TALK, reason="问题突出。")
        held_at = clock.now() + dt.timedelta(days=3)
        escalations.summon(actor=office, paper_id=talk.pk, held_at=held_at, place="督导办会议室")
        signing.appoint(
            actor=world.actor(Role.LEADERSHIP), user_id=world.office.pk, starts_on=clock.today(), ends_on=clock.today()
        )
        world._looked_at(f"2026-{self.rounds + 1:02d}")
        instructions.give(actor=world.actor(Role.LEADERSHIP), subject=approved, name=world.school.name, text="请跟进。")
        announcements.announce(actor=office, title=f"通知{self.rounds}", body="请按时同步。")
        self._places()
        self._papers()
        inbox.deliver_waiting()

    def _places(self) -> None:
        world, office, name = self.world, self.world.actor(Role.OFFICE), f"N{self.rounds}"
        for model in (SchoolDistrict, AreaStation, Department):
            organisation.create(model, actor=office, code=name, name=f"新{name}")
        team = world.places.team(county=world.county)
        school = world.places.school(county=world.county, team=team)
        world.places.liaison(school, world.liaison)
        member = world.places.people(team)[1].pk
        card = NewCertificate(member, "inspector_card", f"演督-{name}", dt.date(2025, 1, 1))
        add_certificates(actor=office, certificates=[card])
        conflicts.record(
            actor=office,
            user_id=member,
            declaration=conflicts.Declaration(school.pk, "family_employed", reason="配偶在该校任教"),
        )

    def _papers(self) -> None:
        office, months = self.world.actor(Role.OFFICE), clock.today().year * 12 + clock.today().month - 1
        earlier = months - self.rounds
        compiling.compile(actor=office, period_start=clock.today().replace(earlier // 12, earlier % 12 + 1, 1))
        circulars.compile(actor=office, month=f"{earlier // 12}-{earlier % 12 + 1:02d}")
        bulletin = self.world.bulletin.pk
        comments.remark(actor=office, bulletin_id=bulletin, text=f"意见{self.rounds}。")
        editing.edit(actor=office, bulletin_id=bulletin, texts={"tips": [f"第{self.rounds}稿。"]})
        later = months + self.rounds
        plans.create(actor=office, month=f"{later // 12}-{later % 12 + 1:02d}")
        templates.draft(actor=office, code=("ZY", "KH", "BX", "WX")[self.rounds])
        standard_findings.add(
            actor=office, item=("TY-03", "TY-04", "TY-08")[self.rounds - 1], wording=Wording(text="现场核实情况属实。")
        )

    def lists(self, known: Collection[str] = ()) -> dict[str, Asked]:
        """By address, of the client it answers."""
        wanted = [each for each in addresses() if "get" in each.methods and (not known or each.route in known)]
        answers = {each.route: self._asked(each) for each in wanted}
        return {route: answer for route, answer in answers.items() if answer is not None}

    def _asked(self, address: Address) -> Asked | None:
        client = self.clients[address.route.startswith("unit/")]
        return _asked(client, address.path(self.world.values))


def _asked(client: Client, path: str) -> Asked | None:
    """What it comes to the second time it is asked; None for what is no list to this client."""
    answer = client.get(path)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("application/json"):
        return None
    told: Any = answer.json()
    if not isinstance(told, dict) or not {"items", "next"} <= told.keys():
        return None
    with CaptureQueriesContext(connection) as caught, _left() as left:
        again = client.get(path)
        items = len(again.json()["items"])
        vars(again).clear()  # the test client ties its answers into knots of its own
        del again
    return Asked(items, len(caught), len(left))


@contextmanager
def _left() -> Iterator[list[Model]]:
    """The rows that only the collector could free afterwards; it looks at what is new since the last freeze."""
    left: list[Model] = []
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield left
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left += [each for each in gc.garbage if isinstance(each, Model)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.fixture
def growing(cast: Cast, places: Places, fieldwork: Fieldwork) -> Growing:
    world = FullCounty(cast, places, fieldwork, cast.county()).settle().work()
    found = Growing(world)
    found.clients = [cast.client(world.office), cast.client(world.liaison)]
    return found


@pytest.mark.once
def test_no_list_asks_more_often_for_three_rows_than_for_one(growing: Growing) -> None:
    growing.grow()
    before = growing.lists()
    growing.grow()
    growing.grow()
    after = growing.lists(before)
    assert after.keys() == before.keys()
    assert {route: asked for route, asked in after.items() if asked.queries > MOST} == {}
    more = {route: (before[route], after[route]) for route in after if after[route].queries > before[route].queries}
    assert more == {}
    knots = {route: (before[route], after[route]) for route in after if after[route].left > before[route].left}
    assert knots == {}
    assert {route for route in after if after[route].items - before[route].items < 2} <= set(BOUNDED)
    assert len(after) > 25
