"""Keeping the feed small and true: purging old tombstones, verifying sums and documents."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Max, Model

from backend.core import clock, codec
from backend.core.actor import system
from backend.journal.models.feed import FeedRow, Scope, digest, signed
from backend.journal.writing import write

KEEP_TOMBSTONES = dt.timedelta(days=180)
"""How long a phone may stay away and still be served by difference (protocol, Pull)."""


def purge(*, before: dt.datetime | None = None) -> int:
    """Delete tombstones older than `before` (default: 180 days ago) and raise their scopes' floors above them.

    A cursor below the floor can no longer be told what was removed: it gets that scope again from the beginning.
    Returns how many tombstones went.
    """
    limit = before or clock.now() - KEEP_TOMBSTONES
    old = FeedRow.objects.filter(document__isnull=True, changed_at__lt=limit)
    names = list(old.order_by("scope__name").values_list("scope__name", flat=True).distinct())
    return sum(_purge_scope(name, limit) for name in names)


def _purge_scope(name: str, limit: dt.datetime) -> int:
    county_id = Scope.objects.values_list("county_id", flat=True).get(name=name)
    with write(actor=system(county_id)):
        scope = Scope.objects.select_for_update().get(name=name)
        old = FeedRow.objects.filter(scope=scope, document__isnull=True, changed_at__lt=limit)
        top = old.aggregate(top=Max("seq"))["top"]
        if top is None:
            return 0
        raise_floor(scope, top)
        return old.delete()[0]


def raise_floor(scope: Scope, top: int) -> None:
    """Cursors below `top` may lack a removal that nobody can tell them any more."""
    scope.floor = max(scope.floor, top)
    scope.save(update_fields=["floor"])


@dataclass
class Report:
    """What `verify` found and mended."""

    scopes: int = 0
    documents: int = 0
    wrong_sums: list[str] = field(default_factory=list)
    wrong_documents: list[str] = field(default_factory=list)


def verify(*, repair: bool = True) -> Report:
    """Recompute every scope's sum and every document from its table; with `repair`, mend what differs.

    A document that differs is put again, so that phones receive it; one whose object is gone is removed.
    """
    report = Report()
    for name in Scope.objects.order_by("name").values_list("name", flat=True):
        report.scopes += 1
        _verify_sum(name, report, repair=repair)
    kinds: dict[str, list[type[Model]]] = defaultdict(list)
    for kind, model in _documented():
        kinds[kind].append(model)
    for row in FeedRow.objects.filter(document__isnull=False).select_related("scope").iterator():
        if row.kind in kinds:
            report.documents += 1
            _verify_document(row, kinds[row.kind], report, repair=repair)
    return report


def _verify_sum(name: str, report: Report, *, repair: bool) -> None:
    county_id = Scope.objects.values_list("county_id", flat=True).get(name=name)
    with write(actor=system(county_id)):
        scope = Scope.objects.select_for_update().get(name=name)
        live = FeedRow.objects.filter(scope=scope, document__isnull=False)
        total = signed(sum(digest(*row) for row in live.values_list("kind", "object_id", "rev")))
        if total == scope.csum:
            return
        report.wrong_sums.append(name)
        if repair:
            scope.csum = total
            scope.save(update_fields=["csum"])


def _documented() -> Iterator[tuple[str, type[Model]]]:
    """(kind, model) of every table whose rows are documents."""
    for model in apps.get_models():
        if hasattr(model, "journal_kind") and hasattr(model, "journal_document"):
            yield model.journal_kind, model


def _verify_document(row: FeedRow, models: list[type[Model]], report: Report, *, repair: bool) -> None:
    candidates = (model._default_manager.filter(pk=row.object_id).first() for model in models)
    found = next((each for each in candidates if each is not None), None)
    if found is not None:
        content = codec.dumps({"rev": row.rev, **found.journal_document()})  # type: ignore[attr-defined]
        if _is_content(row, content) and found.journal_scope == row.scope.name:  # type: ignore[attr-defined]
            return
    report.wrong_documents.append(f"{row.kind}/{row.object_id}")
    if not repair:
        return
    with write(actor=system(row.scope.county_id)) as change:
        change.put(found) if found is not None else change.remove(_Gone(row.kind, row.object_id))  # type: ignore[arg-type]


def _is_content(row: FeedRow, content: bytes) -> bool:
    """Compared as values: PostgreSQL gives the members of a JSON object back in an order of its own."""
    return bool(codec.loads(row.document or "null") == codec.loads(content))


@dataclass(frozen=True)
class _Gone:
    journal_kind: str
    journal_id: str
