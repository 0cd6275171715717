"""What became of an operation."""

from typing import Any, ClassVar

from django.db import models

from backend.sync.models.custody import Operation
from backend.sync.models.review import Review


class Status(models.TextChoices):
    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    HELD = "held"
    QUARANTINED = "quarantined"
    ERROR = "error"
    ID_REUSED = "id_reused"


SETTLED = (Status.APPLIED, Status.MERGED, Status.CONFLICT, Status.QUARANTINED, Status.ID_REUSED)
"""Statuses after which the engine does nothing more by itself."""

REVIEWABLE = (Status.HELD, Status.QUARANTINED, Status.ERROR, Status.ID_REUSED)
"""Statuses about which a person may decide."""

REVIEWABLE_CHOICES = [(each.value, each.label) for each in REVIEWABLE]

TOLD = (Status.CONFLICT, Status.HELD, Status.QUARANTINED, Status.ERROR, Status.ID_REUSED)
"""Statuses whose fate the author's phone follows through an `operation` document."""


OPEN_SQL = "%(expressions)s IN ('held', 'quarantined', 'error', 'id_reused')"
"""The condition of the index `verdict_open`, word for word: SQLite takes that index only for a question that says the
same, and with values, not parameters. Nearly all verdicts are `applied`."""


def undone(path: str = "status") -> models.Func:
    """The condition that the status at `path` is one of `REVIEWABLE`, in the words of the index."""
    return models.Func(models.F(path), template=OPEN_SQL, output_field=models.BooleanField())


class Verdict(models.Model):
    """The judgement of one operation; written in the transaction of its effect."""

    journal_kind: ClassVar[str] = "operation"

    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, primary_key=True, related_name="verdict")
    status = models.CharField(max_length=12, choices=Status.choices)
    code = models.CharField(max_length=32, blank=True)
    rev = models.PositiveIntegerField(null=True)
    detail = models.JSONField(default=dict)
    waits_kind = models.CharField(max_length=32, blank=True)
    waits_id = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    decided_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    """When it was last tried: a held operation is looked at again and again, and its phone need not hear of that."""

    class Meta:
        indexes = [
            models.Index(
                fields=["waits_kind", "waits_id"], name="verdict_waiting", condition=models.Q(status=Status.HELD)
            ),
            models.Index(
                fields=["status", "looked_at"],
                name="verdict_open",
                condition=models.Q(status__in=[Status.HELD, Status.QUARANTINED, Status.ERROR, Status.ID_REUSED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}: {self.status}"

    def says_the_same_as(self, other: "Verdict") -> bool:
        """Whether the author's phone would learn nothing new. What is judged again has no fate yet."""
        return self._words() == other._words()

    @property
    def fate(self) -> Review | None:
        """What a reviewer decided; None where nobody has, or nobody had to."""
        return getattr(self.operation, "review", None) if self.status in REVIEWABLE else None

    @property
    def journal_id(self) -> str:
        return str(self.operation_id)

    @property
    def journal_scope(self) -> str:
        return f"user:{self.operation.user_id}"

    def journal_document(self) -> dict[str, Any]:
        """The fate of the user's own operation, as the phone shows it; `rev` of a document is its own, so the
        object's is told as `object_rev`. `fate` is there once a reviewer has decided."""
        fate = self.fate
        return {
            "op": str(self.operation_id),
            "device": str(self.operation.device_id),
            "n": self.operation.n,
            "kind": self.operation.kind,
            "verb": self.operation.verb,
            "object": self.operation.object_id,
            "decided_at": self.decided_at,
            **{name: value for name, value in self._words().items() if name != "rev"},
            "object_rev": self.rev,
            **({"fate": fate.as_json()} if fate else {}),
        }

    def answer(self) -> dict[str, Any]:
        """The operation's entry in `results`: what was answered at first, and beside it what a reviewer decided."""
        fate = self.fate
        return {**self._words(), **({"fate": fate.outcome} if fate else {})}

    def _words(self) -> dict[str, Any]:
        out: dict[str, Any] = {"op": str(self.operation_id), "status": self.status}
        if self.rev is not None:
            out["rev"] = self.rev
        if self.code:
            out["code"] = self.code
        if self.status == Status.HELD:
            out["waits"] = {"kind": self.waits_kind, "id": self.waits_id}
        return {**out, **self.detail}
