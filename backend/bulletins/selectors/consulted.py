"""A draft as heads of departments and stations review it (workflow.md section 11 and 12): once the office asks them for
remarks, without the names of units that are another head's.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin, BulletinComment
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.rules.veil import Veil
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.registry.models import Target
from backend.registry.selectors import teams

HEADS = frozenset({Role.DEPARTMENT_HEAD.value, Role.STATION_HEAD.value})
UNDER_REVIEW = (State.DRAFT, State.REVIEWED)


def scoped(actor: Actor) -> QuerySet[Bulletin]:
    """The drafts that `actor` is asked about; none for anybody who heads nothing."""
    rows = Bulletin.objects.filter(county_id=actor.county_id, state__in=UNDER_REVIEW, consulted_at__isnull=False)
    return rows if actor.has(*HEADS) and not actor.deposit_only else rows.none()


def get(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """One of them. Raises `NotFound`."""
    found = scoped(actor).filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def remarks(actor: Actor, bulletin: Bulletin) -> QuerySet[BulletinComment]:
    """What `actor` said of it: a head reads nobody else's remarks, which may name units."""
    return BulletinComment.objects.filter(bulletin=bulletin, author_id=actor.user_id)


def shown(actor: Actor, bulletin: Bulletin) -> dict[str, Any]:
    """The words and chosen cases with the names of other heads' units replaced, and the late of one's own units."""
    facts = bulletin.facts
    own = own_units(actor)
    veil = Veil([pair for pair in facts.get("units", ()) if pair[0] not in own])
    known = {one["finding"]: one for one in facts["cases"]}
    return {
        "parts": [
            {"part": part, "name": name, "paragraphs": [veil.over(text) for text in _written(bulletin, part)]}
            for part, name in PART_NAMES.items()
            if part != "cases"
        ],
        "cases": [
            {
                "place": veil.over(known[one["finding"]]["place"]),
                "text": veil.over(one["text"]),
                "basis": known[one["finding"]]["basis"],
                "severity": known[one["finding"]]["severity"],
                "state": known[one["finding"]]["state"],
            }
            for one in bulletin.texts.get("cases", ())
        ],
        "late": [one for one in facts["late"] if one["unit"] in own],
    }


def _written(bulletin: Bulletin, part: str) -> Sequence[str]:
    found = bulletin.texts.get(part, ())
    return [f"{one['place']}。{one['text']}" for one in found] if part == "good_practices" else found


def own_units(actor: Actor) -> frozenset[str]:
    """Names of the units that the teams and stations which `actor` leads are in charge of today."""
    if actor.user_id is None:
        return frozenset()
    led = teams.led_by(actor.user_id)
    stations = led.filter(station__isnull=False)
    rows = Target.objects.filter(county_id=actor.county_id)
    mine = Q(team__in=led.values("pk")) | Q(station__in=stations.values("station"))
    return frozenset(rows.filter(mine).values_list("name", flat=True))


def silent(bulletin: Bulletin) -> list[str]:
    """Names of the heads who were asked and have said nothing since; nobody where nobody was asked."""
    if bulletin.consulted_at is None:
        return []
    spoken = BulletinComment.objects.filter(bulletin=bulletin, at__gte=bulletin.consulted_at)
    asked = people.with_role(bulletin.county_id, HEADS) - set(spoken.values_list("author_id", flat=True))
    return [str(user) for user in User.objects.filter(pk__in=asked).order_by("pk")]
