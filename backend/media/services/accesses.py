"""Who had an original: noted when it is sent, booked by a duty.

Sending must not wait for the database's single writer, nor fail because of it: the note goes to a file first.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable
from pathlib import Path

import msgspec
from django.conf import settings

from backend.core import clock
from backend.core.actor import Actor, system
from backend.journal.writing import Change, write
from backend.media.models import Access
from backend.media.models.access import Purpose
from backend.media.spool import Spool

log = logging.getLogger(__name__)


class Note(msgspec.Struct, frozen=True):
    """One sending, as it waits in the file."""

    county_id: int
    sha256: str
    user_id: int
    user_name: str
    roles: list[str]
    device_id: uuid.UUID | None
    purpose: str
    at: dt.datetime

    @property
    def key(self) -> tuple[object, ...]:
        """Once per person, file, purpose and day."""
        return self.sha256, self.county_id, self.user_id, self.purpose, clock.local_date(self.at)

    def row(self) -> Access:
        names = ("county_id", "sha256", "user_id", "user_name", "device_id", "purpose", "at")
        return Access(**{name: getattr(self, name) for name in names}, day=clock.local_date(self.at))


def note(*, actor: Actor, sha256: str, purpose: str = Purpose.VIEWED) -> None:
    """`actor` is being sent the original. Never fails: a full disk must not keep anybody from reading."""
    if actor.user_id is None:
        return
    told = Note(
        county_id=actor.county_id,
        sha256=sha256,
        user_id=actor.user_id,
        user_name=actor.name,
        roles=sorted(actor.roles),
        device_id=actor.device_id,
        purpose=purpose,
        at=clock.now(),
    )
    try:
        _spool().add(msgspec.json.encode(told))
    except OSError:
        log.exception("it cannot be noted who was sent blob %s", sha256)


def book() -> int:
    """Write what waits, each once, with an audit line; how many were new."""
    with _spool().taken() as lines:
        first = _first(_read(lines))
        counties = {each.county_id for each in first.values()}
        return sum(_book(county, [each for each in first.values() if each.county_id == county]) for county in counties)


def _first(notes: Iterable[Note]) -> dict[tuple[object, ...], Note]:
    """The earliest of each key."""
    found: dict[tuple[object, ...], Note] = {}
    for each in sorted(notes, key=lambda one: one.at):
        found.setdefault(each.key, each)
    return found


def _book(county_id: int, notes: list[Note]) -> int:
    with write(actor=system(county_id)) as change:
        known = _known(notes)
        new = [each for each in notes if each.key not in known]
        Access.objects.bulk_create([each.row() for each in new], ignore_conflicts=True)
        for each in new:
            _log(change, each)
    return len(new)


def _known(notes: list[Note]) -> set[tuple[object, ...]]:
    days = {clock.local_date(each.at) for each in notes}
    rows = Access.objects.filter(sha256__in={each.sha256 for each in notes}, day__in=days)
    return set(rows.values_list("sha256", "county_id", "user_id", "purpose", "day"))


def _log(change: Change, each: Note) -> None:
    who = Actor(each.user_id, each.county_id, each.user_name, frozenset(each.roles), each.device_id)
    change.log(f"blob.{each.purpose}", each.row(), actor=who, at=each.at.isoformat())


def of(county_id: int, sha256: str) -> list[Access]:
    """Everybody of the county who was sent the file, in order of time; what is not booked yet among them."""
    waiting = _first(each for each in _read(_spool().lines()) if (each.county_id, each.sha256) == (county_id, sha256))
    booked = list(Access.objects.filter(county_id=county_id, sha256=sha256))
    for row in booked:
        waiting.pop((row.sha256, row.county_id, row.user_id, row.purpose, row.day), None)
    return sorted([*booked, *(each.row() for each in waiting.values())], key=lambda row: (row.at, row.user_id))


def _read(lines: Iterable[bytes]) -> list[Note]:
    """Half a line is what a power cut leaves of the last one."""
    return [each for each in map(_one, lines) if each is not None]


def _one(line: bytes) -> Note | None:
    try:
        return msgspec.json.decode(line, type=Note)
    except msgspec.DecodeError:
        log.warning("a note of who was sent a blob cannot be read: %r", line[:200])
        return None


def _spool() -> Spool:
    return Spool(Path(settings.DATA_DIR) / "accesses")
