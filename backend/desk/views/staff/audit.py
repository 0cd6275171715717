"""The audit trail: searched, by object, and whether the chain that seals it is whole."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import page as rows_of
from backend.desk.deeds import Deed
from backend.desk.fields import DayField
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.rules import audit_words
from backend.desk.staff import StaffPage
from backend.journal import sealing, trail
from backend.journal.models import AuditLine
from backend.journal.reading import snapshot

READERS = OFFICE | LEADERSHIP
LONGEST = 300
"""Characters of a line's detail that are shown."""


class AuditFilters(forms.Form):
    actor = forms.CharField(label="经办人", max_length=80, required=False)
    verb = forms.CharField(label="动作（如：撤回）", max_length=40, required=False)
    kind = forms.ChoiceField(
        label="对象种类",
        required=False,
        choices=[("", "全部"), *sorted(audit_words.SUBJECTS.items(), key=lambda pair: pair[1])],
    )
    object_id = forms.CharField(label="对象编号", max_length=64, required=False)
    since = DayField(label="自")
    until = DayField(label="至")


class RootFilters(forms.Form):
    day = DayField(label="某日封存值")


@dataclass(frozen=True, slots=True)
class Shown:
    """One line as it is read."""

    line: AuditLine
    what: str
    kind: str
    detail: str


def shown(line: AuditLine) -> Shown:
    detail = "；".join(
        audit_words.detail(name, value) for name, value in line.detail.items() if value not in ("", None, [])
    )
    more = "……" if len(detail) > LONGEST else ""
    return Shown(line, audit_words.told(line.verb), audit_words.kind(line.kind), detail[:LONGEST] + more)


def _verify(actor: Actor, found: None, values: dict[str, Any]) -> sealing.Verification:
    with snapshot():
        return sealing.verify(actor.county_id)


def _verdict(result: sealing.Verification) -> str:
    if result.broken_at is None:
        return f"已逐条核对 {result.lines} 条封存记录，完整无改动，封存值 {result.root or '（尚无）'}。"
    return f"警告：第 {result.broken_at} 条起与封存时不一致，记录可能被改动或删除。请保全数据库并立即报告。"


class AuditPage(StaffPage[None]):
    """The county's lines, the newest first."""

    template = "staff/audit.html"
    roles = READERS
    deeds = (
        Deed(
            "verify",
            "核对哈希链",
            _verify,
            _verdict,
            explains="从第一条起重算每条封存记录的哈希，与保存的封存值逐一比对。记录多时需要几十秒。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(AuditFilters, request)
        days, asked = chosen(RootFilters, request)
        day: dt.date = asked.get("day", clock.today())
        if word := wanted.pop("verb", ""):
            wanted["happened"] = audit_words.meant(word)
        rows = rows_of(trail.lines(actor.county_id, **wanted), request.GET)
        return {
            "lines": [shown(line) for line in rows.rows],
            "next": rows.next,
            "filters": filters,
            "days": days,
            "day": day,
            "seal": sealing.daily_root(actor.county_id, day),
        }


class AuditObjectPage(StaffPage[tuple[str, str]]):
    """Every line about one object, the newest first."""

    template = "staff/audit_object.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> tuple[str, str]:
        kind, object_id = str(key["kind"]), str(key["object_id"])
        if "\x00" in object_id or not trail.lines(actor.county_id, kind=kind, object_id=object_id).exists():
            raise NotFound(kind, object_id)
        return kind, object_id

    def context(self, request: HttpRequest, actor: Actor, found: tuple[str, str]) -> dict[str, Any]:
        kind, object_id = found
        rows = rows_of(trail.lines(actor.county_id, kind=kind, object_id=object_id), request.GET)
        lines = [shown(line) for line in rows.rows]
        return {"lines": lines, "next": rows.next, "kind": audit_words.kind(kind), "object_id": object_id}
