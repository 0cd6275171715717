"""The county that the term is played in: who acts, where, with which checklists."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from backend.accounts.models import County, User
from backend.accounts.selectors.people import actor_of
from backend.core.actor import Actor
from backend.desk.rules.story import PlannedVisit, Unit
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.rules.checklist import Template
from backend.inspections.selectors.templates import target_type
from backend.registry.models import Membership, Target, TargetContact, TargetKind, Team

STAYS_AWAY = {"SCH015": "t03_lead", "SCH033": "t05_b"}
"""Who may not visit which unit: conflicts of the demonstration county."""

PHONES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@dataclass
class Stage:
    """Everything that is read once."""

    county: County
    office: Actor
    signer: Actor
    templates: dict[str, Template] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    teams: dict[str, uuid.UUID] = field(default_factory=dict)
    members: dict[str, list[User]] = field(default_factory=dict)
    contacts: dict[uuid.UUID, User] = field(default_factory=dict)
    actors: dict[int, Actor] = field(default_factory=dict)

    def actor(self, user: User) -> Actor:
        """`user` with a phone of its own."""
        if user.pk not in self.actors:
            told = actor_of(user)
            phone = uuid.uuid5(PHONES, user.username)
            self.actors[user.pk] = Actor(told.user_id, told.county_id, told.name, told.roles, phone)
        return self.actors[user.pk]

    def crew(self, visit: PlannedVisit) -> list[User]:
        """Two people of the team, its leader first; whoever must stay away is not among them."""
        away = STAYS_AWAY.get(visit.place)
        able = [user for user in self.members[visit.team] if user.username != away]
        return [able[0], able[1 + visit.number % (len(able) - 1)]]

    def unit_actor(self, target: Target) -> Actor:
        """The contact of a unit, at a desk."""
        return actor_of(self.contacts[target.pk])


def read(county: County) -> Stage:
    """The demonstration county as it stands."""
    people = {name: actor_of(User.objects.get(username=name, county=county)) for name in ("office1", "lead1")}
    stage = Stage(county, people["office1"], people["lead1"])
    published = ChecklistTemplate.objects.filter(county_id=county.pk, status=TemplateStatus.PUBLISHED)
    stage.templates = {row.code: row.parsed for row in published.order_by("version")}
    stage.targets = {row.code: row for row in Target.objects.filter(county_id=county.pk).select_related("team")}
    stage.teams = dict(Team.objects.filter(county_id=county.pk).values_list("code", "pk"))
    stage.members = _members(county)
    contacts = TargetContact.objects.filter(target__county_id=county.pk, ends_at__isnull=True).select_related("user")
    stage.contacts = {row.target_id: row.user for row in contacts.order_by("-pk")}
    return stage


def _members(county: County) -> dict[str, list[User]]:
    found: dict[str, list[User]] = defaultdict(list)
    rows = Membership.objects.filter(team__county_id=county.pk, ends_at__isnull=True).select_related("team", "user")
    for row in rows.order_by("-is_leader", "pk"):
        found[row.team.code].append(row.user)
    return dict(found)


def units(county: County) -> list[Unit]:
    """What is to be visited every month, by code."""
    rows = Target.objects.filter(county_id=county.pk, is_active=True).exclude(kind=TargetKind.SUSPECTED_SITE)
    return [_unit(row) for row in rows.select_related("team", "station").order_by("code")]


def _unit(row: Target) -> Unit:
    station = row.station.code if row.station and row.kind == TargetKind.SCHOOL else ""
    team = row.team.code if row.team else ""
    return Unit(row.code, target_type(row), tuple(row.grades), team, station, (row.escrow_balance or 0) < _least(row))


def _least(row: Target) -> int:
    return row.minimum_balance or 0
