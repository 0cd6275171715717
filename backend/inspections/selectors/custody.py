"""The chain of custody of one evidence, put together from the rows that say each part of it."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import CrewMember, Evidence
from backend.inspections.selectors import authors
from backend.inspections.selectors import evidence as evidence_rows
from backend.inspections.selectors.assignments import EVERYTHING
from backend.journal.models import AuditLine
from backend.media.models import Access, Expectation
from backend.media.models.expectation import ExpectationState
from backend.media.services import accesses

TOLD_BETTER = {"added", "verified"}
"""Audit lines about which other rows say more."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain.

    `what`: taken, declared, received, corrupt, verified, viewed, exported, and whatever else the audit trail holds of
    the evidence (flagged, redacted, expired …). `at` by our clock, `device_at` by the device's, whose clock was
    `skew_ms` ahead; `by` a user id, None for the product itself.
    """

    what: str
    at: dt.datetime
    by: int | None = None
    name: str = ""
    device: str | None = None
    device_at: dt.datetime | None = None
    skew_ms: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def chain(actor: Actor, evidence: Evidence) -> list[Link]:
    """Every link in order of time, as far as `actor`, who reviews the evidence, may know of it.

    Wants `visit`.
    """
    links = [*_told(evidence), *_came(evidence), *_audited(evidence), *_accesses(actor, evidence)]
    return _named(sorted(links, key=lambda link: link.at))


def _told(evidence: Evidence) -> Iterator[Link]:
    said = evidence.declared
    device, skew = said.get("device"), said.get("offset_ms")
    received = _instant(said.get("received_at")) or evidence.added_at
    who: dict[str, Any] = {"by": evidence.author_id, "device": device, "skew_ms": skew}
    if evidence.taken_at is not None:
        place = {"location": evidence.location(), "camera": said.get("camera"), "mock": said.get("mock")}
        told = {name: value for name, value in place.items() if value is not None}
        yield Link("taken", _ours(evidence.taken_at, skew), device_at=evidence.taken_at, detail=told, **who)
    fact = {"sha256": evidence.sha256, "size": evidence.size, "filetype": evidence.filetype}
    yield Link("declared", received, device_at=_instant(said.get("at")), detail=fact, **who)


def _ours(device_at: dt.datetime, skew_ms: int | None) -> dt.datetime:
    """A clock that is out by more than the calendar is left as it is."""
    try:
        return device_at - dt.timedelta(milliseconds=skew_ms or 0)
    except OverflowError:
        return device_at


def _instant(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    read = dt.datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=clock.CHINA)


def _came(evidence: Evidence) -> Iterator[Link]:
    rows = Expectation.objects.filter(
        evidence_id=str(evidence.pk), sha256=evidence.sha256, state=ExpectationState.VERIFIED
    )
    for row in rows:
        if row.received_at is not None and row.county_id == evidence.county_id:
            yield Link("received", row.received_at, by=row.owner_id, detail={"size": row.size})
    if evidence.verified_at is not None:
        yield Link("verified", evidence.verified_at, detail={"sha256": evidence.sha256})


def _audited(evidence: Evidence) -> Iterator[Link]:
    """What else happened to it; the flags themselves are shown where it is known who may see them."""
    lines = AuditLine.objects.filter(kind="evidence", object_id=str(evidence.pk), county_id=evidence.county_id)
    for line in lines.order_by("pk"):
        what = line.verb.removeprefix("evidence.")
        if what not in TOLD_BETTER:
            detail = {} if what == "flagged" else line.detail
            device = str(line.device_id) if line.device_id else None
            yield Link(what, line.at, by=line.actor_id, name=line.actor_name, device=device, detail=detail)


def _accesses(actor: Actor, evidence: Evidence) -> Iterator[Link]:
    for row in _known_to(actor, evidence, accesses.of(evidence.county_id, evidence.sha256)):
        device = str(row.device_id) if row.device_id else None
        yield Link(row.purpose, row.at, by=row.user_id, name=row.user_name, device=device)


def _known_to(actor: Actor, evidence: Evidence, rows: list[Access]) -> list[Access]:
    """Who had the bytes; where these are also the bytes of an evidence hidden from `actor`, only its own crew's people:
    others may have seen the other one, of which `actor` must not learn.
    """
    if not rows or actor.has(*EVERYTHING) or not _is_elsewhere(actor, evidence):
        return rows
    crew = CrewMember.objects.filter(assignment=evidence.visit.assignment_id).values_list("user_id", flat=True)
    own = {actor.user_id, *crew}
    return [row for row in rows if row.user_id in own]


def _is_elsewhere(actor: Actor, evidence: Evidence) -> bool:
    others = Evidence.objects.filter(county_id=evidence.county_id, sha256=evidence.sha256)
    return others.exclude(pk__in=evidence_rows.scoped(actor, many=False).values("pk")).exists()


def _named(links: Iterable[Link]) -> list[Link]:
    """With the names of those who are known by their id only."""
    found = list(links)
    names = authors.names(link.by for link in found if not link.name)
    return [replace(link, name=link.name or (names.get(link.by, "") if link.by else "系统")) for link in found]
