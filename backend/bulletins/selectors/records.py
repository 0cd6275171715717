"""The records behind a figure, as somebody checking it reads them."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.figures import Figure
from backend.core.errors import NotFound
from backend.inspections.models import Evidence, Finding, Visit
from backend.notices.models import RectificationNotice
from backend.notices.rules.wording import chinese_day
from backend.registry.models import Target

Labels = dict[uuid.UUID, str]


def figure(bulletin: Bulletin, key: str) -> Figure:
    """A figure of the issue's snapshot. Raises `NotFound` for one that it does not have."""
    found: Figure | None = bulletin.facts["figures"].get(key)
    if found is None:
        raise NotFound("figure", key)
    return found


def labelled(bulletin: Bulletin, figure: Figure, ids: Iterable[str]) -> list[dict[str, Any]]:
    """`{id, kind, name}` of each id, in the order given; the name is what the record is called now."""
    wanted = [uuid.UUID(one) for one in ids]
    names = LABELS[figure["kind"]](bulletin.county_id, wanted)
    return [{"id": one, "kind": figure["kind"], "name": names.get(one, "")} for one in wanted]


def _visits(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    rows = Visit.objects.filter(county_id=county_id, pk__in=ids).select_related("target", "assignment")
    return {row.pk: f"{row.target.name}（{chinese_day(row.assignment.scheduled_on)}）" for row in rows}


def _findings(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    rows = Finding.objects.filter(county_id=county_id, pk__in=ids).select_related("target")
    return {row.pk: f"{row.target.name}：{row.item_code} {row.text[:60]}" for row in rows}


def _targets(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    return dict(Target.objects.filter(county_id=county_id, pk__in=ids).values_list("pk", "name"))


def _evidence(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    return dict(Evidence.objects.filter(county_id=county_id, pk__in=ids).values_list("pk", "visit__target__name"))


def _notices(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    return dict(RectificationNotice.objects.filter(county_id=county_id, pk__in=ids).values_list("pk", "number"))


def _nothing(county_id: int, ids: Iterable[uuid.UUID]) -> Labels:
    """Of what the product has no rows: such figures have no data and no records."""
    return {}


LABELS: dict[str, Callable[[int, Iterable[uuid.UUID]], Labels]] = {
    "visit": _visits,
    "finding": _findings,
    "target": _targets,
    "evidence": _evidence,
    "notice": _notices,
    "tip": _nothing,
    "questionnaire": _nothing,
}
