"""Teams of both tracks and who belongs to them; districts, stations and departments."""

import uuid
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.urls import reverse

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
from backend.desk.views.staff.units import person_named, row_number
from backend.registry.models import AreaStation, Department, Headship, Place, SchoolDistrict, Team, Track
from backend.registry.selectors import places, responsibility
from backend.registry.selectors import teams as selectors
from backend.registry.services import headships, memberships, organisation, teams
from backend.registry.services.memberships import NewMember

READERS = OFFICE | LEADERSHIP


def _create_team(actor: Actor, found: None, values: dict[str, Any]) -> Team:
    return teams.create_team(actor=actor, code=values.pop("code"), track=values.pop("track"), **values)


def _fill(actor: Actor, form: forms.Form) -> forms.Form:
    if "department_id" in form.fields:
        asked.choose(form, department_id=choices.departments(actor))
    if "station_id" in form.fields:
        asked.choose(form, station_id=choices.stations(actor))
    return form


class TeamList(StaffPage[None]):
    """Teams with their members, in the order of codes."""

    template = "staff/registry_teams.html"
    roles = READERS
    deeds = (
        Deed(
            "create",
            "新建督查组",
            _create_team,
            "督查组已建立，请登记成员。",
            asked.NewTeamForm,
            leads_to=lambda team: reverse("desk_registry_team", args=[team.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"create"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        return _fill(actor, deed.form(**more))

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(asked.TeamFilters, request)
        track = wanted.pop("track", "")
        rows = selectors.with_members(selectors.scoped(actor)).filter(places.matching(**wanted))
        shown = rows_of(rows.filter(track=track) if track else rows, request.GET, by="code")
        told = [(team, Track(team.track).label, list(team.memberships.all())) for team in shown.rows]
        return {"rows": told, "next": shown.next, "filters": filters}


def _add_member(actor: Actor, team: Team, values: dict[str, Any]) -> object:
    user_id = person_named(actor, values.pop("username"))
    return memberships.add_member(actor=actor, member=NewMember(team.pk, user_id, **values))


def _lead(actor: Actor, team: Team, values: dict[str, Any]) -> object:
    return memberships.change_leader(actor=actor, team_id=team.pk, user_id=row_number(values))


def _leave(actor: Actor, team: Team, values: dict[str, Any]) -> object:
    return memberships.end_membership(actor=actor, membership_id=row_number(values))


class TeamPage(StaffPage[Team]):
    """One team: its members, and what it is in charge of today."""

    template = "staff/registry_team.html"
    roles = READERS
    deeds = (
        Deed("add_member", "登记成员", _add_member, "成员已登记。", asked.MemberForm),
        Deed("lead", "任组长", _lead, "组长已更换，原组长仍为成员，权限随之调整。", row=True),
        Deed("leave", "离组", _leave, "已离组，不再能读取本组的任务。", SureForm, tone="grave", row=True),
        Deed(
            "change",
            "修改名称和隶属",
            lambda actor, team, values: teams.update_team(actor=actor, team_id=team.pk, **values),
            "已修改。",
            asked.TeamForm,
        ),
        Deed(
            "close",
            "撤销督查组",
            lambda actor, team, values: teams.close_team(actor=actor, team_id=team.pk),
            "督查组已撤销，成员任期到此结束。",
            SureForm,
            tone="grave",
            explains="须先把分管的单位交给其他组。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Team:
        rows = selectors.with_members(selectors.scoped(actor))
        found = rows.filter(pk=uuid.UUID(str(key["team_id"]))).first()
        if found is None:
            raise NotFound("team", key["team_id"])
        return found

    def stamp(self, found: Team) -> str:
        members = [(row.pk, row.is_leader) for row in found.memberships.all()]
        return stamp_of(found.name, found.department_id, found.station_id, found.closed_at, members)

    def offered(self, actor: Actor, found: Team) -> frozenset[str]:
        if not actor.has(*OFFICE) or found.closed_at is not None:
            return frozenset()
        return frozenset(deed.name for deed in self.deeds)

    def initial(self, actor: Actor, found: Team, deed: Deed, row: str) -> dict[str, Any]:
        names = asked.TeamForm.base_fields if deed.name == "change" else ()
        return {name: getattr(found, name) for name in names}

    def form(self, actor: Actor, found: Team, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "change":
            del form.fields["station_id" if found.track == Track.DEPARTMENT else "department_id"]
        return _fill(actor, form)

    def context(self, request: HttpRequest, actor: Actor, found: Team) -> dict[str, Any]:
        units = rows_of(responsibility.in_charge_of(found).select_related("district"), request.GET, by="code")
        return {
            "team": found,
            "track": Track(found.track).label,
            "members": list(found.memberships.all()),
            "units": units.rows,
            "next": units.next,
        }


class Kind(NamedTuple):
    """One kind of place: its model, and what it is called."""

    model: type[Place]
    title: str


KINDS = {
    "districts": Kind(SchoolDistrict, "学区"),
    "stations": Kind(AreaStation, "片区督导站"),
    "departments": Kind(Department, "包片科室"),
}


class PlaceListed(NamedTuple):
    name: str
    kind: Kind


def _kind(name: object) -> PlaceListed:
    """Raises `NotFound`."""
    if str(name) not in KINDS:
        raise NotFound("place", name)
    return PlaceListed(str(name), KINDS[str(name)])


def _create_place(actor: Actor, listed: PlaceListed, values: dict[str, Any]) -> Place:
    if listed.kind.model is SchoolDistrict:
        return organisation.create_district(actor=actor, **values)
    return organisation.create(listed.kind.model, actor=actor, **values)


class PlaceList(StaffPage[PlaceListed]):
    """Districts, stations or departments in the order of codes."""

    template = "staff/places.html"
    roles = READERS
    deeds = (Deed("create", "新登记", _create_place, "已登记。", asked.NewPlaceForm),)

    def find(self, actor: Actor, **key: Any) -> PlaceListed:
        return _kind(key["kind"])

    def offered(self, actor: Actor, found: PlaceListed) -> frozenset[str]:
        return frozenset({"create"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: PlaceListed, deed: Deed, **more: Any) -> forms.Form:
        return _of_kind(actor, found.kind.model, deed.form(**more))

    def context(self, request: HttpRequest, actor: Actor, found: PlaceListed) -> dict[str, Any]:
        filters, wanted = chosen(asked.PlaceFilters, request)
        has_station = found.kind.model is SchoolDistrict
        rows = places.districts(actor) if has_station else places.scoped(found.kind.model, actor)
        shown = rows_of(rows.filter(places.matching(**wanted)), request.GET, by="code")
        return {
            "rows": shown.rows,
            "next": shown.next,
            "filters": filters,
            "title": found.kind.title,
            "name": found.name,
            "has_station": has_station,
            "kinds": [(name, kind.title) for name, kind in KINDS.items()],
        }


def _of_kind(actor: Actor, model: type[Place], form: forms.Form) -> forms.Form:
    if model is not SchoolDistrict:
        del form.fields["station_id"]
    return _fill(actor, form)


def _change_place(actor: Actor, place: Place, values: dict[str, Any]) -> Place:
    if isinstance(place, SchoolDistrict):
        return organisation.change_district(actor=actor, place_id=place.pk, **values)
    return organisation.rename(type(place), actor=actor, place_id=place.pk, **values)


class PlacePage(StaffPage[Place]):
    """One district, station or department."""

    template = "staff/place.html"
    roles = READERS
    deeds = (
        Deed("change", "修改", _change_place, "已修改。", asked.PlaceForm, explains="导入名单按名称认学区、督导站。"),
        Deed(
            "close",
            "停用",
            lambda actor, place, values: organisation.close(type(place), actor=actor, place_id=place.pk),
            "已停用。",
            SureForm,
            tone="grave",
            explains="仍有在用的检查对象、学区或督查组时不能停用；历史记录保留。",
        ),
        Deed(
            "name_head",
            "任命负责人",
            lambda actor, place, values: headships.name_head(
                actor=actor, department_id=place.pk, user_id=person_named(actor, values["username"])
            ),
            "已任命，本科室督查组的进度、待审记录和起草事项都在其“本组”页。",
            asked.HeadForm,
            explains="一个科室同时只有一名负责人；原负责人的任期到此结束。",
        ),
        Deed(
            "end_head",
            "免去负责人",
            lambda actor, place, values: headships.end_headship(actor=actor, department_id=place.pk),
            "已免去，不再能读取本科室督查组的任务。",
            SureForm,
            tone="grave",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Place:
        return places.one(_kind(key["kind"]).kind.model, actor, uuid.UUID(str(key["place_id"])))

    def stamp(self, found: Place) -> str:
        head = _head(found)
        return stamp_of(found.name, found.closed_at, getattr(found, "station_id", None), head.pk if head else "")

    def offered(self, actor: Actor, found: Place) -> frozenset[str]:
        if not actor.has(*OFFICE) or found.closed_at is not None:
            return frozenset()
        heads = {"name_head"} | ({"end_head"} if _head(found) else set()) if isinstance(found, Department) else set()
        return frozenset({"change", "close"} | heads)

    def initial(self, actor: Actor, found: Place, deed: Deed, row: str) -> dict[str, Any]:
        return {"name": found.name, "station_id": getattr(found, "station_id", None)} if deed.name == "change" else {}

    def form(self, actor: Actor, found: Place, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        return _of_kind(actor, type(found), form) if deed.name == "change" else form

    def context(self, request: HttpRequest, actor: Actor, found: Place) -> dict[str, Any]:
        name = next(name for name, kind in KINDS.items() if kind.model is type(found))
        return {
            "place": found,
            "name": name,
            "title": KINDS[name].title,
            "station": getattr(found, "station", None),
            "head": _head(found),
            "teams": list(found.team_set.order_by("code")) if isinstance(found, AreaStation | Department) else [],
        }


def _head(place: Place) -> Headship | None:
    return selectors.head_of(place) if isinstance(place, Department) else None
