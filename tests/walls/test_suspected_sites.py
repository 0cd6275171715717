"""A suspected site is known to its crew and the office: no address, phone or list tells anybody else of it.

Generated over every address: the site's name, its id and those of its visit are looked for in all that can be read.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core.errors import Conflict, Forbidden
from backend.core.ids import uuid7
from backend.inspections.models import Visit
from backend.inspections.selectors import vetoes as veto_rows
from backend.inspections.selectors import visits as visit_rows
from backend.inspections.services import suspected_sites, visits
from backend.registry.models import Target
from backend.registry.selectors import targets as target_rows
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import addresses
from tests.walls.test_secrecy import ask

NAME = "临江路民宅三楼"


@dataclass
class Site:
    """Reported and visited by an inspector, whose leader learns of it."""

    fieldwork: Fieldwork
    target: Target
    visit: Visit
    leader: User
    reporter: User

    @property
    def marks(self) -> list[bytes]:
        ids = (self.target.pk, self.visit.pk, self.visit.assignment_id)
        return [NAME.encode(), NAME.encode("unicode_escape"), *(str(each).encode() for each in ids)]

    def told(self, client: Client, routes: Collection[str] = ()) -> set[str]:
        """The addresses whose answers tell of it, of `routes` or of all that are not about other things."""
        values: dict[str, object] = {
            "target_id": self.target.pk,
            "visit_id": self.visit.pk,
            "assignment_id": self.visit.assignment_id,
            "evidence_id": self.visit.evidence.all()[0].pk,
            "finding_id": self.visit.findings.get().pk,
        }
        found = set()
        for address in addresses():
            named = {name for _, name in address.parameters}
            if "get" in address.methods and named <= values.keys() and (not routes or address.route in routes):
                status, body, _ = ask(client, "get", address.path(values))
                if status == 200 and any(mark in body for mark in self.marks):
                    found.add(address.route)
        return found


@pytest.fixture
def site(fieldwork: Fieldwork) -> Site:
    fieldwork.county()
    leader, reporter = fieldwork.places.people(fieldwork.places.team())
    actor = fieldwork.cast.actor(reporter)
    target = suspected_sites.report(actor=actor, target_id=uuid7(), name=NAME, description="民宅内上课")
    visit = visits.start(actor=actor, visit_id=uuid7(), target_id=target.pk).visit
    fieldwork.evidence(visit, actor)
    fieldwork.finding(visit, actor)
    return Site(fieldwork, target, visit, leader, reporter)


KNOWN = {"registry/targets", "assignments", "visits", "findings", "evidence", "visits/<uuid:visit_id>"}


def test_no_address_tells_anybody_of_it_but_its_crew_and_the_office(site: Site) -> None:
    cast, places = site.fieldwork.cast, site.fieldwork.places
    others = [cast.person(Role.LEADERSHIP), cast.person(Role.DEPARTMENT_HEAD), *places.people(places.team())]
    found = {user.username: site.told(cast.client(user)) for user in others}
    assert found == {user.username: set() for user in others}
    office = User.objects.get(role_assignments__role=Role.OFFICE)
    for user in (office, site.reporter, site.leader):
        assert site.told(cast.client(user), KNOWN) == KNOWN, user.username


def test_only_phones_of_its_crew_hold_it(site: Site) -> None:
    cast, places = site.fieldwork.cast, site.fieldwork.places
    for user, sees in ((site.reporter, True), (site.leader, True), (places.people(places.team())[0], False)):
        phone = Phone(cast.client(user))
        phone.pull()
        held = (str(site.target.pk) in phone.documents("target"), str(site.visit.pk) in phone.documents("visit"))
        assert held == (sees, sees)


def test_leadership_learns_of_it_where_it_has_to_judge_of_a_veto(site: Site) -> None:
    """The office sends another crew, which now knows of the site; what it finds there goes to leadership."""
    fieldwork = site.fieldwork
    judge = fieldwork.cast.actor(fieldwork.cast.person(Role.LEADERSHIP))
    visit = fieldwork.filled(target=site.target)
    crew = fieldwork.cast.actor(visit.assignment.leader)
    assert list(target_rows.scoped(crew)) == [site.target]
    red_line = fieldwork.finding(visit, crew, "TY-08")
    assert list(visit_rows.scoped(judge)) == []
    fieldwork.submitted(visit)
    assert list(veto_rows.waiting(judge)) == [red_line]
    assert list(visit_rows.scoped(judge)) == [visit]
    assert site.visit not in visit_rows.scoped(judge)


def test_reporting_it_again_changes_nothing_and_a_taken_id_is_refused(site: Site) -> None:
    cast, pk = site.fieldwork.cast, site.target.pk
    again = suspected_sites.report(actor=cast.actor(site.reporter), target_id=pk, name="另一处")
    assert again.name == NAME
    with pytest.raises(Conflict):
        suspected_sites.report(actor=cast.actor(cast.person(Role.INSPECTOR)), target_id=pk, name="另一处")
    with pytest.raises(Forbidden):
        suspected_sites.report(actor=cast.actor(cast.person(Role.SCHOOL_LIAISON)), target_id=uuid7(), name="隔壁")
