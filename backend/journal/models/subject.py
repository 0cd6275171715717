"""What the journal asks of an object that it records."""

from typing import Any, ClassVar, Protocol

from django.db import models

from backend.core.ids import uuid7


class Subject(Protocol):
    """Something an audit line or a message can be about."""

    @property
    def journal_kind(self) -> str: ...

    @property
    def journal_id(self) -> str: ...


class Document(Subject, Protocol):
    """Something phones read: it lives in one scope at a time and can tell its whole content."""

    @property
    def journal_scope(self) -> str: ...

    def journal_document(self) -> dict[str, Any]:
        """The self-contained JSON document without `rev`, which the journal counts."""
        ...


class Journaled(models.Model):
    """Base of domain tables: UUID key, tenant, and a name in the journal."""

    journal_kind: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    county_id = models.BigIntegerField(db_index=True, editable=False)

    class Meta:
        abstract = True

    @property
    def journal_id(self) -> str:
        return str(self.pk)
