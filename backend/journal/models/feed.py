"""The change feed: per scope a counter, and one row per object in it."""

import hashlib

from django.db import models

HALF = 1 << 63
FULL = 1 << 64


class Scope(models.Model):
    """A unit of authorisation for phones (architecture: Scopes).

    `head` is the highest number given out. `floor` rises when old tombstones are purged: a cursor below it
    cannot be served by difference. `csum` is the sum of the digests of the live rows modulo 2^64 (kept signed).
    """

    name = models.CharField(max_length=80, unique=True)
    county_id = models.BigIntegerField(db_index=True)
    head = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)
    csum = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name

    def add(self, digest: int) -> None:
        self.csum = signed(self.csum + digest)

    @property
    def csum_text(self) -> str:
        """16 lower-case hex digits, as on the wire."""
        return sum_text(self.csum)


class FeedRow(models.Model):
    """The present state of one object in one scope; `document` None is a tombstone."""

    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="rows", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    rev = models.PositiveIntegerField()
    digest = models.BigIntegerField()
    document = models.TextField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "kind", "object_id"], name="feed_one_row_per_object"),
            models.UniqueConstraint(fields=["scope", "seq"], name="feed_numbers_are_unique"),
        ]
        indexes = [models.Index(fields=["object_id", "kind"], name="feed_by_object")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.object_id}"


class Grant(models.Model):
    """`user_id` may read `scope` from `starts_at` until `ends_at` (None: no end), by server time."""

    county_id = models.BigIntegerField(db_index=True)
    user_id = models.BigIntegerField()
    scope = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "scope"], name="grant_by_user"),
            models.Index(fields=["scope"], name="grant_by_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.scope}"


def digest(kind: str, object_id: str, rev: int) -> int:
    """First 8 bytes (big-endian) of SHA-256 of `kind/id/rev`, kept as a signed 64-bit number."""
    return signed(int.from_bytes(hashlib.sha256(f"{kind}/{object_id}/{rev}".encode()).digest()[:8], "big"))


def signed(value: int) -> int:
    """`value` modulo 2^64 in the range of a database's signed 64-bit column."""
    return (value + HALF) % FULL - HALF


def sum_text(csum: int) -> str:
    """A sum as on the wire: 16 lower-case hex digits."""
    return f"{csum % FULL:016x}"
