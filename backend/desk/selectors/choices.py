"""What a desk may choose from: teams, districts, checklists, people of the field."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from backend.accounts.models import User
from backend.accounts.roles import PHONE_ROLES, UNIT_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.core.terms import in_term
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.models.plan_lifecycle import TAKES_ASSIGNMENTS
from backend.inspections.selectors import plans
from backend.registry.models import AreaStation, Department, Membership, SchoolDistrict, Target, TargetKind, Team

Choices = list[tuple[str, str]]
ANY = ("", "全部")


def teams(actor: Actor) -> Choices:
    """The county's teams that are at work, by code."""
    rows = Team.objects.filter(county_id=actor.county_id, closed_at__isnull=True).order_by("code")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def districts(actor: Actor) -> Choices:
    rows = SchoolDistrict.objects.filter(county_id=actor.county_id).order_by("code")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def stations(actor: Actor) -> Choices:
    """Those in use, by code."""
    rows = AreaStation.objects.filter(county_id=actor.county_id, closed_at__isnull=True).order_by("code")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def departments(actor: Actor) -> Choices:
    """Those in use, by code."""
    rows = Department.objects.filter(county_id=actor.county_id, closed_at__isnull=True).order_by("code")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def checklists(actor: Actor) -> Choices:
    """Those in use, by code."""
    rows = ChecklistTemplate.objects.filter(county_id=actor.county_id, status=TemplateStatus.PUBLISHED)
    return [(code, f"{code} {name}") for code, name in rows.order_by("code").values_list("code", "name")]


def checklists_of(actor: Actor, used: Sequence[Sequence[Any]]) -> list[str]:
    """What the checklists of a task are called: `used` are code and version of each."""
    rows = ChecklistTemplate.objects.filter(county_id=actor.county_id, code__in=[code for code, _ in used])
    names = {(code, version): name for code, version, name in rows.values_list("code", "version", "name")}
    return [f"{names.get((code, version), code)}（{code} 第{version}版）" for code, version in used]


def field_people(able: Collection[int], away: Collection[int] = ()) -> list[tuple[int, str]]:
    """Those of `able` by team and name; `away`: those who must not go are marked."""
    teams_of = _teams_of(able)
    rows = User.objects.filter(pk__in=able).values_list("pk", "name")
    told = [(pk, name, teams_of.get(pk, "")) for pk, name in rows]
    told.sort(key=lambda one: (one[2] == "", one[2], one[1], one[0]))
    return [(pk, f"{name}（{team or '无组'}）{'——应当回避' if pk in away else ''}") for pk, name, team in told]


def able(actor: Actor) -> set[int]:
    """Who of the county may be sent out at all."""
    return people.with_role(actor.county_id, PHONE_ROLES)


def _teams_of(user_ids: Collection[int]) -> dict[int, str]:
    rows = Membership.objects.filter(in_term(clock.now()), user__in=user_ids).order_by("team__code", "pk")
    found: dict[int, str] = {}
    for user_id, name in rows.values_list("user_id", "team__name"):
        found.setdefault(user_id, name)
    return found


def witnesses(actor: Actor) -> list[tuple[int, str]]:
    """Who may witness what this person does: anybody else of the county who belongs to no inspected unit."""
    rows = User.objects.filter(county_id=actor.county_id, is_active=True).exclude(pk=actor.person)
    known = dict(rows.order_by("name", "pk").values_list("pk", "name"))
    roles = people.roles_of_all(known)
    return [(pk, name) for pk, name in known.items() if roles[pk] and not roles[pk] & UNIT_ROLES]


def target_named(actor: Actor, text: str) -> Target:
    """The school or institution with this code or name. Raises `Invalid(unknown_target)`."""
    words = text.strip()
    rows = Target.objects.filter(Q(code=words) | Q(name=words), county_id=actor.county_id)
    found = list(rows.exclude(kind=TargetKind.SUSPECTED_SITE)[:2])
    if len(found) != 1:
        said = "有同名对象，请填代码。" if found else f"没有代码或名称为“{words}”的检查对象。"
        raise Invalid("unknown_target", said, path="target", msg=said)
    return found[0]


def plans_in_force(actor: Actor) -> Choices:
    """Plans for which crews may be sent, the newest first."""
    rows = plans.scoped(actor).filter(state__in=TAKES_ASSIGNMENTS).order_by("-month", "pk")
    return [(str(pk), title) for pk, title in rows.values_list("pk", "title")]


def as_ids(texts: Collection[str]) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in texts]
