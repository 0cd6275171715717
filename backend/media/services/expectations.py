"""Promises of bytes, made when an evidence fact is taken into custody."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from backend.core import clock, codec, statements
from backend.core.ids import uuid7
from backend.core.lookup import array
from backend.journal.rows import Batch, Row
from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState
from backend.media.rules import acceptance, filetypes
from backend.media.storage import SHA256

LONGEST_ID = 64
"""Characters of an evidence id."""

RECEIVED = {
    "sqlite": """
        SELECT evidence_id, sha256, size, owner_id, state FROM media_expectation
        WHERE evidence_id IN (SELECT value FROM json_each(%s)) AND state <> %s
    """,
    "postgresql": """
        SELECT promised.* FROM unnest(%s::text[]) AS asked(id), LATERAL (
            SELECT evidence_id, sha256, size, owner_id, state FROM media_expectation
            WHERE evidence_id = asked.id ORDER BY media_expectation.id OFFSET 0 FOR UPDATE
        ) AS promised WHERE state <> %s
    """,
}
"""What is not awaited any more, of rows that are locked first (OFFSET keeps the condition outside): mostly nothing has
come yet."""

LARGEST = 2**40
"""Bytes; what is larger is no file anybody could send, and no number a database column need hold."""


@dataclass(frozen=True, slots=True)
class Promise:
    """That `owner_id` will upload the bytes of `evidence_id`: `size` in bytes, `sha256` as 64 hex digits.

    `purpose` is "signature" for a drawn signature (`rules.acceptance`), anything else for all others.
    """

    county_id: int
    owner_id: int
    evidence_id: str
    sha256: str
    size: int
    filetype: str
    purpose: str = ""


def expect(
    *, county_id: int, owner_id: int, evidence_id: str, sha256: str, size: int, filetype: str, purpose: str = ""
) -> None:
    """`expect_all` for one promise, written at once."""
    batch = Batch()
    expect_all([Promise(county_id, owner_id, evidence_id, sha256, size, filetype, purpose)], batch)
    batch.run()


def expect_all(promises: Iterable[Promise], batch: Batch) -> None:
    """Let people upload the bytes they promise, once `batch` is written.

    May be repeated; the first word about a hash stands.

    Called as soon as the facts are in custody, whatever becomes of them: bytes are never refused because a fact waits
    for review. A promise that no bytes could ever keep (its hash is none) is passed over: custody of the fact must not
    fail because of it.
    """
    now = clock.now()
    batch.insert_missing([_row(each, now) for each in promises if _can_be_kept(each)])


def _can_be_kept(each: Promise) -> bool:
    return bool(SHA256.fullmatch(each.sha256.lower())) and 0 <= each.size <= LARGEST and _is_id(each.evidence_id)


def _row(each: Promise, now: dt.datetime) -> Row:
    return Row(
        Expectation,
        id=uuid7(),
        owner_id=each.owner_id,
        evidence_id=each.evidence_id,
        sha256=each.sha256.lower(),
        county_id=each.county_id,
        size=each.size,
        filetype=_stored(each.filetype),
        purpose=acceptance.SIGNATURE if each.purpose == acceptance.SIGNATURE else "",
        state=ExpectationState.AWAITED,
        created_at=now,
        received_at=None,
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """That bytes promised for an evidence came: whether they were what `owner_id` had declared."""

    evidence_id: str
    sha256: str
    size: int
    owner_id: int
    intact: bool


def receipts(evidence_ids: Iterable[str]) -> list[Receipt]:
    """What came for any of `evidence_ids` already: bytes may be faster than judgement.

    To be called in the transaction that writes the evidence. It waits for a receipt that is being booked: either this
    sees the receipt, or the listener of the receipt sees the evidence.
    """
    asked = sorted(set(evidence_ids))  # in this order they are locked
    if not asked:
        return []
    vendor = connection.vendor
    given = array(asked) if vendor == "postgresql" else codec.text(asked)
    found = statements.rows(RECEIVED[vendor], [given, ExpectationState.AWAITED.value])
    return [
        Receipt(evidence_id, sha256, size, owner_id, state == ExpectationState.VERIFIED)
        for evidence_id, sha256, size, owner_id, state in found
    ]


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and "\0" not in text


def _stored(filetype: str) -> str:
    return filetypes.plain(filetype).replace("\0", "")[:100]
