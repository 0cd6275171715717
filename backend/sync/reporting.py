"""How sync stands: for the people who run the deployment, for the office, and for a monitoring system."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from backend.core import clock
from backend.core.throttling import throttle
from backend.sync import people, selectors
from backend.sync.models import DeviceLog, DeviceReport, ResetCause, ScopeReset, SelfCheck

OPEN = ("held", "quarantined", "error")
"""Statuses that somebody or something still has to deal with."""


def summary(county_id: int | None = None) -> dict[str, Any]:
    """`selectors.stats` and, beside it, what phones told and what they were sent again. Times are received times."""
    mine = {"county_id": county_id} if county_id is not None else {}
    resets = ScopeReset.objects.filter(**mine).values_list("cause").annotate(count=Sum("count")).order_by("cause")
    unsent = DeviceReport.objects.filter(unsent_since__isnull=False, **mine)
    return {
        **selectors.stats(county_id),
        "resets": dict.fromkeys(ResetCause.values, 0) | dict(resets),
        "unsent": unsent.aggregate(
            devices=Count("pk"), ops=Sum("ops"), uploads=Sum("uploads"), bytes=Sum("bytes"), since=Min("unsent_since")
        ),
    }


def devices(
    county_id: int, *, unsent: bool, failing: bool, after: uuid.UUID | None, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """The county's devices that ever spoke of themselves, by id, and whether there are more than `limit` of them.

    `unsent` leaves those that told of unsent work, `failing` those whose last self-check found a fault.
    """
    reports = DeviceReport.objects.filter(county_id=county_id)
    checks = SelfCheck.objects.filter(county_id=county_id)
    kept = [
        set(DeviceLog.objects.filter(county_id=county_id).values_list("pk", flat=True)) | _ids(reports) | _ids(checks)
    ]
    kept += [_ids(reports.filter(unsent_since__isnull=False))] if unsent else []
    kept += [_ids(checks.filter(failing__gt=0))] if failing else []
    found = sorted((each for each in set.intersection(*kept) if after is None or each > after), key=str)
    return _rows(found[:limit]), len(found) > limit


def _ids(rows: QuerySet[Any]) -> set[uuid.UUID]:
    return set(rows.values_list("pk", flat=True))


def _rows(ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    reports = DeviceReport.objects.in_bulk(ids)
    logs = DeviceLog.objects.in_bulk(ids)
    checks = SelfCheck.objects.in_bulk(ids)
    resets = dict(
        ScopeReset.objects.filter(device_id__in=ids).values_list("device_id").annotate(count=Sum("count")).order_by()
    )
    cards = people.device_cards(ids)
    return [
        {
            "device": each,
            **_card(cards.get(each)),
            "last_contact": _latest(cards.get(each), logs.get(each), reports.get(each)),
            "pushed_at": logs[each].pushed_at if each in logs else None,
            "have": logs[each].have if each in logs else 0,
            "lacking": logs[each].top > logs[each].have if each in logs else False,
            "resets": resets.get(each, 0),
            "pending": _pending(reports.get(each)),
            "self_check": checked(checks[each]) if each in checks else None,
        }
        for each in ids
    ]


def checked(check: SelfCheck) -> dict[str, Any]:
    """A self-check as the office reads it."""
    return {name: getattr(check, name) for name in ("app", "system", "checks", "failing", "told_at")}


def _card(card: people.DeviceCard | None) -> dict[str, Any]:
    if card is None:
        return {"name": "", "platform": "", "user": None, "user_name": "", "revoked": False}
    return {
        "name": card.name,
        "platform": card.platform,
        "user": card.user,
        "user_name": card.user_name,
        "revoked": card.revoked,
    }


def _latest(card: people.DeviceCard | None, log: DeviceLog | None, report: DeviceReport | None) -> dt.datetime | None:
    times = [card.seen_at if card else None, log.pushed_at if log else None, report.told_at if report else None]
    return max((each for each in times if each), default=None)


def _pending(report: DeviceReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "ops": report.ops,
        "uploads": report.uploads,
        "bytes": report.bytes,
        "oldest": report.oldest_ms,
        "since": report.unsent_since,
        "told_at": report.told_at,
    }


def exposition() -> str:
    """The summary of the whole deployment in the text format of Prometheus 0.0.4; ages in seconds."""
    found = summary()
    by_status, unsent, gaps = found["by_status"], found["unsent"], len(found["devices_with_gaps"])
    stuck = {"unjudged": found["unjudged"], **{each: by_status.get(each, {}) for each in OPEN}}
    return "\n".join(
        [
            *_metric("operations", "gauge", "Operations in custody.", {"": found["operations"]}),
            *_metric(
                "open_operations",
                "gauge",
                "Operations that are not done with.",
                {f'{{status="{status}"}}': row.get("count", 0) for status, row in stuck.items()},
            ),
            *_metric(
                "oldest_open_operation_seconds",
                "gauge",
                "Age of the oldest operation that is not done with.",
                {f'{{status="{status}"}}': _age(row.get("oldest")) for status, row in stuck.items()},
            ),
            *_metric("ids_reused_total", "counter", "Operations under an id already taken.", {"": found["id_reused"]}),
            *_metric(
                "scope_resets_total",
                "counter",
                "Scopes sent again: the sum differed, or the floor had risen.",
                {f'{{cause="{cause}"}}': count for cause, count in found["resets"].items()},
            ),
            *_metric("devices_with_gaps", "gauge", "Devices of which numbers lack.", {"": gaps}),
            *_metric("devices_with_unsent_work", "gauge", "Devices that told of unsent work.", {"": unsent["devices"]}),
            *_metric("unsent_operations", "gauge", "Operations still on devices.", {"": unsent["ops"] or 0}),
            *_metric("unsent_uploads", "gauge", "Files still on devices.", {"": unsent["uploads"] or 0}),
            *_metric("unsent_bytes", "gauge", "Bytes of those files.", {"": unsent["bytes"] or 0}),
            *_metric("oldest_unsent_seconds", "gauge", "Since a device tells of work.", {"": _age(unsent["since"])}),
            *_metric("throttled_total", "counter", "Requests refused by this process.", {"": throttle.refused}),
            "",
        ]
    )


def _metric(name: str, kind: str, about: str, values: dict[str, int]) -> Iterable[str]:
    full = f"dudao_sync_{name}"
    yield f"# HELP {full} {about}"
    yield f"# TYPE {full} {kind}"
    for labels, value in values.items():
        yield f"{full}{labels} {value}"


def _age(moment: dt.datetime | None) -> int:
    return max(0, int((clock.now() - moment).total_seconds())) if moment else 0
