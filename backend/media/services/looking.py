"""What files show and say of themselves, found once per file and kept; and which of them look alike."""

from typing import NamedTuple

from django.db import connection

from backend.core import codec
from backend.core.lookup import find
from backend.journal.turnstile import turn
from backend.media.models import Appearance, Blob
from backend.media.rules import examination, filetypes, likeness
from backend.media.services import blobs

BAND_COLUMNS = tuple(f"band_{place}" for place in range(1, likeness.BANDS + 1))

ANY = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}
NEAR = {
    vendor: " UNION ALL ".join(
        f"SELECT blob_id, likeness FROM media_appearance WHERE {column} {test}"  # noqa: S608 -- our own names
        for column in BAND_COLUMNS
    )
    for vendor, test in ANY.items()
}


class Alike(NamedTuple):
    """A file that looks like another one: `distance` of 64 bits differ."""

    sha256: str
    distance: int


def look(sha256: str) -> Appearance | None:
    """What is known of the file, found out now if need be: that decodes a picture, so never in a request.

    None when there is no such blob. Raises `FileNotFoundError` when storage has lost its bytes. Safe to run twice at
    once.
    """
    blob = Blob.objects.select_related("appearance").filter(sha256=sha256).first()
    if blob is None:
        return None
    known: Appearance | None = getattr(blob, "appearance", None)
    return known or _found(blob)


def _found(blob: Blob) -> Appearance:
    path = blobs.path(blob.sha256)
    facts = examination.examine(path)
    print_ = likeness.fingerprint(path) if facts["filetype"] in filetypes.IMAGES else None
    values = likeness.bands(print_) if print_ is not None else [None] * likeness.BANDS
    row = {"facts": facts, "likeness": print_, **dict(zip(BAND_COLUMNS, values, strict=True))}
    with turn():
        found, _ = Appearance.objects.get_or_create(blob=blob, defaults=row)
    return found


def alike(sha256: str) -> list[Alike]:
    """The files that look like this one, nearest first, itself left out; found by index, whatever their number.

    Files of all counties: the caller shows only those that its reader may see.
    """
    own = Appearance.objects.filter(blob__sha256=sha256).first()
    if own is None or own.likeness is None:
        return []
    far = {pk: likeness.distance(own.likeness, other) for pk, other in _candidates(own.likeness) if pk != own.pk}
    near = {pk: bits for pk, bits in far.items() if bits <= likeness.ALIKE}
    hashes = {blob.pk: blob.sha256 for blob in find(Blob, only=["id", "sha256"], id=list(near))} if near else {}
    return sorted((Alike(hashes[pk], bits) for pk, bits in near.items()), key=lambda each: (each.distance, each.sha256))


def _candidates(print_: int) -> set[tuple[int, int]]:
    """(blob, hash) of everything with a band nearly in common: as bare rows, there are hundreds to be thrown away."""
    wanted = [likeness.near(band) for band in likeness.bands(print_)]
    many = [codec.dumps(each).decode() for each in wanted] if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(NEAR[connection.vendor], many)
        return set(cursor.fetchall())
