"""The demonstration county: 115 schools, 216 institutions, 25 teams, 477 people. Loading it again changes nothing."""

from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import make_password

from backend.accounts.hashers import DemoPasswordHasher
from backend.accounts.models import County, User
from backend.accounts.services.bulk import NewUser, create_users
from backend.accounts.services.people import create_county
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict
from backend.journal.writing import write
from backend.registry.demo import avoidance
from backend.registry.demo import county as lists
from backend.registry.demo import people as cast
from backend.registry.models import (
    AreaStation,
    Certificate,
    Department,
    Place,
    SchoolDistrict,
    Stage,
    Target,
    TargetKind,
    Team,
    Track,
)
from backend.registry.rules.sheets import SHEETS
from backend.registry.services import organisation
from backend.registry.services.certificates import NewCertificate, add_certificates
from backend.registry.services.conflicts import Declaration, record
from backend.registry.services.contacts import NewContact, add_contacts
from backend.registry.services.headships import name_head
from backend.registry.services.imports import import_targets
from backend.registry.services.memberships import NewMember, add_members
from backend.registry.services.targets import create_target
from backend.registry.services.teams import create_team

P = TypeVar("P", bound=Place)


def load() -> County:
    """Make 云川县, or what is missing of it. Raises `Conflict(not_demo)` unless DUDAO_DEMO is set."""
    county = _county(lists.YUNCHUAN)
    actor = system(county.pk)
    with write(actor=actor):
        _organise(actor)
        _import_lists(actor)
        _people(actor, cast.everybody())
        _avoidance(actor)
    return county


def load_neighbour() -> County:
    """Make the second county with its two schools, or what is missing of it. Raises `Conflict(not_demo)`."""
    county = _county(lists.YANXI)
    actor = system(county.pk)
    with write(actor=actor):
        district = _place(SchoolDistrict, actor, "D01", "砚溪学区")
        team = _team(actor, lists.team_code(1), "第一督查组", _place(Department, actor, "K01", "督导科"))
        for code, name, stage in (
            ("SCH001", "砚溪第一小学", Stage.PRIMARY),
            ("SCH002", "砚溪初级中学", Stage.JUNIOR),
        ):
            if not Target.objects.filter(county_id=county.pk, code=code).exists():
                create_target(
                    actor=actor,
                    kind=TargetKind.SCHOOL,
                    code=code,
                    name=name,
                    stage=stage,
                    district_id=district.pk,
                    team_id=team.pk,
                )
        _people(actor, cast.neighbours())
    return county


def demo_signins() -> list[tuple[str, str, str]]:
    """One person of each role: label, user name, password."""
    return [(label, username, cast.PASSWORD) for label, username in cast.SIGN_INS]


def _county(wanted: lists.County) -> County:
    if not settings.DEMO:
        raise Conflict("not_demo", "演示数据只能在演示模式（DUDAO_DEMO=1）下载入。")
    found = County.objects.filter(code=wanted.code).first()
    return found or create_county(
        code=wanted.code, name=wanted.name, issuer=wanted.issuer, number_prefix=wanted.number_prefix
    )


def _organise(actor: Actor) -> None:
    numbers = range(1, lists.STATIONS + 1)
    stations = [_place(AreaStation, actor, lists.station_code(n), lists.station_name(n)) for n in numbers]
    for number, name in enumerate(lists.DISTRICTS, 1):
        district = _place(SchoolDistrict, actor, f"D{number:02d}", f"{name}学区")
        station = stations[lists.station_of_district(number) - 1]
        organisation.assign_station(actor=actor, district_id=district.pk, station_id=station.pk)
    for number, name in enumerate(lists.DEPARTMENTS, 1):
        department = _place(Department, actor, lists.department_code(number), name)
        _team(actor, lists.team_code(number), lists.team_name(number), department)
    for station in stations:
        _team(actor, station.code, station.name, station)


def _place(model: type[P], actor: Actor, code: str, name: str) -> P:
    found = model._default_manager.filter(county_id=actor.county_id, code=code).first()
    return found or organisation.create(model, actor=actor, code=code, name=name)


def _team(actor: Actor, code: str, name: str, home: Department | AreaStation) -> Team:
    found = Team.objects.filter(county_id=actor.county_id, code=code).first()
    if found:
        return found
    if isinstance(home, AreaStation):
        return create_team(actor=actor, code=code, track=Track.STATION, name=name, station_id=home.pk)
    return create_team(actor=actor, code=code, track=Track.DEPARTMENT, name=name, department_id=home.pk)


def _import_lists(actor: Actor) -> None:
    """Each list once: what somebody changed in the county since is not taken back."""
    for name, sheet in SHEETS.items():
        if not Target.objects.filter(county_id=actor.county_id, kind=sheet.target_kind).exists():
            report = import_targets(actor=actor, sheet=sheet, data=lists.table(name))
            if report.errors:
                raise Conflict("demo_list", f"演示名单第 {report.errors[0].row} 行有误：{report.errors[0].reason}")


def _people(actor: Actor, wanted: Sequence[cast.Person]) -> None:
    """Open the accounts that are missing, and put them where they belong."""
    known = set(User.objects.filter(username__in=[p.username for p in wanted]).values_list("username", flat=True))
    missing = [person for person in wanted if person.username not in known]
    if not missing:
        return
    phones = {person.username: cast.phone_number(place) for place, person in enumerate(wanted, 1)}
    users = create_users(
        actor=actor,
        users=[NewUser(p.username, p.name, p.role, phones[p.username]) for p in missing],
        password_hash=make_password(cast.PASSWORD, hasher=DemoPasswordHasher()),
    )
    placed = list(zip(missing, users, strict=True))
    teams = {team.code: team for team in Team.objects.filter(county_id=actor.county_id)}
    units = {target.code: target for target in Target.objects.filter(county_id=actor.county_id)}
    add_members(
        actor=actor,
        members=[NewMember(teams[p.team].pk, user.pk, p.is_leader, p.card_number) for p, user in placed if p.team],
    )
    add_contacts(
        actor=actor,
        contacts=[NewContact(units[p.unit].pk, user.pk, _post(p)) for p, user in placed if p.unit],
    )
    departments = dict(Department.objects.filter(county_id=actor.county_id).values_list("code", "pk"))
    for person, user in placed:
        if person.department:
            name_head(actor=actor, department_id=departments[person.department], user_id=user.pk)


def _avoidance(actor: Actor) -> None:
    """Cards and conflicts of interest, once."""
    if Certificate.objects.filter(county_id=actor.county_id).exists():
        return
    ids = dict(User.objects.filter(county_id=actor.county_id).values_list("username", "pk"))
    terms = (avoidance.CARDS_FROM, avoidance.CARDS_UNTIL)
    wanted = avoidance.cards(cast.everybody())
    news = [NewCertificate(ids[card.username], card.kind, card.number, *terms) for card in wanted]
    add_certificates(actor=actor, certificates=news)
    units = {target.code: target for target in Target.objects.filter(county_id=actor.county_id)}
    for tie in avoidance.TIES:
        left = avoidance.months_before(clock.today(), tie.months_since) if tie.months_since else None
        starts = left or avoidance.CARDS_FROM
        declaration = Declaration(units[tie.unit].pk, tie.kind, starts, None, left, tie.reason)
        record(actor=actor, user_id=ids[tie.username], declaration=declaration, declared_by="inspector")


def _post(person: cast.Person) -> str:
    return "联络员" if person.name.endswith("联络员") else "联系人"
