"""Reports of places that teach without a licence."""

import datetime as dt
import uuid

from backend.accounts.roles import PHONE_ROLES
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden
from backend.inspections.services import crews, own_visits
from backend.inspections.services.visits import Place
from backend.journal.writing import write
from backend.registry.models import Target, TargetKind


def report(
    *,
    actor: Actor,
    target_id: uuid.UUID,
    name: str,
    address: str = "",
    description: str = "",
    place: Place | None = None,
    at: dt.datetime | None = None,
) -> Target:
    """A suspected site, known to its reporter, the reporter's leader and the office only. A second report is the first.

    Raises `Forbidden` for people who do not visit, `Conflict(bad_state)` if the id is somebody else's target.
    """
    if actor.user_id is None or not actor.has(*PHONE_ROLES):
        raise Forbidden()
    with write(actor=actor) as change:
        known = Target.objects.filter(pk=target_id).first()
        if known is not None:
            return _same(actor, known)
        site = Target.objects.create(
            id=target_id,
            county_id=actor.county_id,
            code=_code(actor.county_id, target_id),
            name=name,
            kind=TargetKind.SUSPECTED_SITE,
            address=address,
            status=description[:40],
            longitude=place.lng if place else None,
            latitude=place.lat if place else None,
            datum=place.datum if place else "wgs84",
            reported_by=actor.user_id,
        )
        office = crews.office(actor.county_id)
        beside = own_visits.leaders_beside(actor.user_id, own_visits.own_team(actor.user_id))
        for user_id in sorted(office | beside | {actor.user_id}):
            change.grant(user_id, site.scope)
        change.put(site)
        change.tell("target.reported", office | beside, site)
        change.log("target.reported", site, description=description, device_at=at.isoformat() if at else None)
    return site


def _code(county_id: int, target_id: uuid.UUID) -> str:
    """A short code from the id; a long one where somebody else's id has the same end."""
    short, long = (f"S{target_id.hex[-digits:].upper()}" for digits in (12, 31))
    return long if Target.objects.filter(county_id=county_id, code=short).exists() else short


def _same(actor: Actor, known: Target) -> Target:
    if known.reported_by != actor.user_id:
        raise Conflict("bad_state", "该编号已被使用。")
    return known
