"""Inspected units: the list, one unit with its people, teams, findings and visits, and what the office keeps of it."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import page as rows_of
from backend.desk import unit_forms as asked
from backend.desk.deeds import Deed
from backend.desk.fields import SureForm
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import VisitKind
from backend.inspections.selectors import burden, visits
from backend.notices.selectors import ledger
from backend.registry.models import Target, TargetKind, Track
from backend.registry.selectors import responsibility as terms
from backend.registry.selectors import targets as selectors
from backend.registry.services import contacts, responsibility, targets
from backend.registry.services.contacts import NewContact
from backend.registry.services.responsibility import NewTerm

READERS = OFFICE | LEADERSHIP
MOST_VISITS = 20
MOST_FINDINGS = 20


def _create(actor: Actor, found: None, values: dict[str, Any]) -> Target:
    return targets.create_target(actor=actor, kind=values.pop("kind"), code=values.pop("code"), **values)


class UnitList(StaffPage[None]):
    """The county's units in the order of codes."""

    template = "staff/units.html"
    roles = READERS
    deeds = (
        Deed(
            "create",
            "新登记单位",
            _create,
            "已登记。",
            asked.NewUnitForm,
            leads_to=lambda target: reverse("desk_unit", args=[target.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"create"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        asked.choose(form, district_id=choices.districts(actor), team_id=choices.teams(actor))
        return form

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(partial(asked.UnitFilters, actor=actor), request)
        rows = selectors.matching(selectors.scoped(actor), **wanted).select_related("district", "station", "team")
        shown = rows_of(rows, request.GET, by="code")
        return {"rows": shown.rows, "next": shown.next, "filters": filters, "office": actor.has(*OFFICE)}


def _add_contact(actor: Actor, target: Target, values: dict[str, Any]) -> object:
    contact = NewContact(target.pk, person_named(actor, values["username"]), post=values["post"])
    return contacts.add_contact(actor=actor, contact=contact)


def person_named(actor: Actor, username: str) -> int:
    """The id of the person with this account. Raises `NotFound` in words."""
    found = people.scoped(actor).filter(username=username.strip()).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("user", detail=f"没有账号“{username[:40]}”。")
    return found


def row_number(values: dict[str, Any]) -> int:
    """The row that a form is about, as a number; what is none is a row that does not exist."""
    text = values.pop("row")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _end_contact(actor: Actor, target: Target, values: dict[str, Any]) -> object:
    return contacts.end_contact(actor=actor, contact_id=row_number(values))


def _assign(actor: Actor, target: Target, values: dict[str, Any]) -> object:
    return responsibility.assign(actor=actor, term=NewTerm(target.pk, **values))


def _end_term(actor: Actor, target: Target, values: dict[str, Any]) -> object:
    return responsibility.end(actor=actor, term_id=row_number(values), **values)


class UnitPage(StaffPage[Target]):
    """One unit."""

    template = "staff/unit.html"
    roles = READERS
    deeds = (
        Deed("add_contact", "登记联系人", _add_contact, "联系人已登记。", asked.ContactForm),
        Deed(
            "end_contact",
            "离任",
            _end_contact,
            "联系人已离任，不再能查看本单位的内容。",
            SureForm,
            tone="grave",
            row=True,
        ),
        Deed(
            "assign",
            "调整分管督查组",
            _assign,
            "分管已调整。",
            asked.AssignForm,
            explains="同一轨道上现有的分管到此结束；不能改动以前月份的分管，那些月份的覆盖已经统计。",
        ),
        Deed("end_term", "结束分管", _end_term, "分管已结束。", asked.EndTermForm, tone="grave", row=True),
        Deed(
            "close",
            "退出检查范围",
            lambda actor, target, values: targets.close_target(actor=actor, target_id=target.pk, **values),
            "已退出检查范围。",
            asked.StatusForm,
            tone="grave",
            explains="退出后不再列入计划和抽取；未办结的通知书仍须办结。",
        ),
        Deed(
            "reopen",
            "恢复检查",
            lambda actor, target, values: targets.reopen_target(actor=actor, target_id=target.pk, **values),
            "已恢复检查。",
            asked.ReopenForm,
            tone="main",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Target:
        return selectors.one(actor, uuid.UUID(str(key["target_id"])))

    def stamp(self, found: Target) -> str:
        return stamp_of(found.is_active, found.status, found.team_id, found.station_id)

    def offered(self, actor: Actor, found: Target) -> frozenset[str]:
        if not actor.has(*OFFICE):
            return frozenset()
        of_units = {"add_contact", "end_contact"} if found.kind != TargetKind.SUSPECTED_SITE else set()
        return frozenset({"assign", "end_term", "close" if found.is_active else "reopen"} | of_units)

    def form(self, actor: Actor, found: Target, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "assign":
            asked.choose(form, team_id=choices.teams(actor))
        return form

    def context(self, request: HttpRequest, actor: Actor, found: Target) -> dict[str, Any]:
        past = visits.matching(actor, target=found.pk).select_related("assignment__team").only(*visits.LISTED)
        open_lines = ledger.lines(actor).filter(notice__target=found.pk, finding__state__in=ledger.OPEN)
        today = clock.today()
        return {
            "target": found,
            "office": actor.has(*OFFICE),
            "contacts": list(selectors.contact_rows(found).order_by("pk")),
            "terms": [
                (row, Track(row.track).label, row.ends_on is None or row.ends_on > today)
                for row in terms.terms_of(actor, found.pk).order_by("-starts_on", "-pk")
            ],
            "findings": list(open_lines.select_related("notice", "finding").order_by("due_on")[:MOST_FINDINGS]),
            "visits": list(past.order_by("-started_at")[:MOST_VISITS]),
            "burden": _burden(found) if found.kind == TargetKind.SCHOOL else None,
        }


def _burden(target: Target) -> dict[str, Any]:
    """How often the school was entered this month and year, and the limit."""
    today = clock.today()
    found = burden.of_targets(target.county_id, [target.pk], f"{today:%Y-%m}")[target.pk]
    kinds = [(VisitKind(kind).label, number) for kind, number in sorted(found.year.items())]
    return {
        "counted": found.counted,
        "limit": found.limit,
        "over": found.is_over,
        "year": sum(found.year.values()),
        "kinds": kinds,
    }


def _change(actor: Actor, target: Target, values: dict[str, Any]) -> Target:
    return targets.update_target(actor=actor, target_id=target.pk, **values)


class UnitEditPage(StaffPage[Target]):
    """What is said of a unit, to be changed."""

    template = "staff/unit_edit.html"
    roles = OFFICE
    deeds = (
        Deed(
            "change",
            "修改登记内容",
            _change,
            "登记内容已修改。",
            asked.UnitForm,
            tone="main",
            leads_to=lambda target: reverse("desk_unit", args=[target.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Target:
        return selectors.one(actor, uuid.UUID(str(key["target_id"])))

    def stamp(self, found: Target) -> str:
        return stamp_of(*(getattr(found, name) for name in asked.UnitForm.base_fields))

    def initial(self, actor: Actor, found: Target, deed: Deed, row: str) -> dict[str, Any]:
        return {name: getattr(found, name) for name in asked.UnitForm.base_fields}

    def form(self, actor: Actor, found: Target, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        asked.choose(form, district_id=choices.districts(actor), station_id=choices.stations(actor))
        return form

    def context(self, request: HttpRequest, actor: Actor, found: Target) -> dict[str, Any]:
        return {"target": found}
