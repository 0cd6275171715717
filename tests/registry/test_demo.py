"""云川县: the figures that the papers and benches of the demonstration count on."""

import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings

from backend.accounts.hashers import DemoPasswordHasher
from backend.accounts.models import RoleAssignment, User
from backend.accounts.selectors.people import actor_of
from backend.core import clock
from backend.core.actor import system
from backend.core.errors import Conflict
from backend.journal.grants import readers
from backend.journal.models import AuditLine, FeedRow, Grant
from backend.registry.models import (
    AreaStation,
    Certificate,
    ConflictOfInterest,
    Department,
    Membership,
    SchoolDistrict,
    Target,
    TargetContact,
    Team,
)
from backend.registry.selectors import responsibility, teams
from backend.registry.selectors import targets as selectors
from backend.registry.services import demo
from backend.registry.services.targets import close_target
from tests.accounts.test_sessions import login

DEMO = f"{DemoPasswordHasher.__module__}.{DemoPasswordHasher.__name__}"
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"


@pytest.fixture(autouse=True)
def demo_mode(settings: Any, quick_passwords: None) -> None:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = [DEMO, ARGON2]


@dataclass
class Loaded:
    """The county as plain rows, read once right after loading."""

    schools: list[dict[str, Any]]
    institutions: list[dict[str, Any]]
    stations: list[int]
    teams: list[Team]
    members: dict[str, list[Membership]]
    readers: dict[str, set[int]]
    visits: int
    roles: list[str]
    people: dict[str, User]
    contacts: int
    unit: tuple[list[str], list[str]]
    cards: int
    places: list[int]
    certificates: dict[str, int]
    ties: dict[tuple[str, str], bool]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Loaded:
    """Loaded and rolled back: the figures need no database of their own for each test."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, PASSWORD_HASHERS=[DEMO]),
        transaction.atomic(),
    ):
        found = read(demo.load().pk)
        transaction.set_rollback(True)
    return found


def read(county: int) -> Loaded:
    teams_ = list(Team.objects.order_by("code"))
    people = {user.username: user for user in User.objects.all()}
    unit = people["sch015"]
    fields = ("district__name", "district__station_id", "team__code")
    return Loaded(
        schools=list(Target.objects.filter(kind="school").order_by("code").values(*fields, *TARGET)),
        institutions=list(Target.objects.filter(kind="institution").order_by("code").values(*fields, *TARGET)),
        stations=list(AreaStation.objects.order_by("code").annotate(n=Count("districts")).values_list("n", flat=True)),
        teams=teams_,
        members={team.code: list(teams.members(team)) for team in teams_},
        readers={scope: readers(scope) for scope in [f"county:{county}", *(team.scope for team in teams_)]},
        visits=sum(responsibility.in_charge_of(team).count() for team in teams_),
        roles=list(RoleAssignment.objects.values_list("role", flat=True)),
        people=people,
        contacts=TargetContact.objects.count(),
        unit=(
            [row.code for row in selectors.scoped(actor_of(unit))],
            [grant.scope.replace(str(unit.pk), "own") for grant in Grant.objects.filter(user_id=unit.pk)],
        ),
        cards=FeedRow.objects.filter(scope__name=f"county:{county}", kind="target").count(),
        certificates=Counter(Certificate.objects.values_list("kind", flat=True)),
        ties={
            (row.user.username, row.target.code): row.excludes(clock.today())
            for row in ConflictOfInterest.objects.select_related("user", "target")
        },
        places=[model._default_manager.count() for model in (SchoolDistrict, AreaStation, Department)],
    )


TARGET = [field.attname for field in Target._meta.concrete_fields if field.name not in {"id", "county_id", "district"}]


def test_schools_by_kind(loaded: Loaded) -> None:
    sums: dict[str, list[int]] = {}
    for row in loaded.schools:
        figures = (1, row["students"], row["participants"], row["classes"])
        sums[row["category"]] = [a + b for a, b in zip(sums.get(row["category"], [0] * 4), figures, strict=True)]
    assert sums == {
        "城区小学": [12, 25_800, 25_431, 579],
        "镇中心小学": [34, 29_920, 29_702, 682],
        "村级小学": [30, 5_250, 5_235, 191],
        "初级中学": [18, 18_000, 17_760, 383],
        "九年一贯制": [15, 15_000, 14_853, 321],
        "完全中学初中部": [5, 5_000, 4_930, 107],
        "特殊教育学校": [1, 120, 89, 9],
    }
    assert sum(row["students"] for row in loaded.schools) == 99_090


def test_schools_by_stage(loaded: Loaded) -> None:
    assert Counter(row["stage"] for row in loaded.schools) == {
        "primary": 76,
        "junior": 18,
        "nine_year": 15,
        "complete_junior": 5,
        "special": 1,
    }


def test_schools_by_district(loaded: Loaded) -> None:
    count = Counter(row["district__name"] for row in loaded.schools)
    assert Counter(count.values()) == {8: 10, 7: 5}
    pupils: Counter[str] = Counter()
    for row in loaded.schools:
        pupils[row["district__name"]] += row["students"]
    assert [pupils[f"{name}学区"] for name in ("澄江", "北麓", "望溪", "桂岭")] == [13_159, 12_181, 9_326, 4_309]


def test_places_and_teams(loaded: Loaded) -> None:
    assert loaded.places == [15, 8, 17]
    assert loaded.stations == [2, 2, 2, 2, 2, 2, 2, 1]
    assert Counter(team.track for team in loaded.teams) == {"department": 17, "station": 8}
    assert [team.name for team in loaded.teams if team.code in {"T03", "T17", "ST2"}] == [
        "第二片区督导站",
        "第三督查组",
        "第十七督查组",
    ]
    by_team = Counter(row["team__code"] for row in loaded.schools)
    assert (len(by_team), Counter(by_team.values())) == (17, {7: 13, 6: 4})


def test_each_schools_station_watches_over_its_district(loaded: Loaded) -> None:
    assert [row["code"] for row in loaded.schools if row["district__station_id"] != row["station_id"]] == []


def test_institutions(loaded: Loaded) -> None:
    rows = loaded.institutions
    assert Counter(row["institution_class"] for row in rows) == {"non_subject": 200, "subject": 14, "unlicensed": 2}
    ordinary = [row for row in rows if row["institution_class"] == "non_subject"]
    assert Counter(row["category"] for row in ordinary) == {"艺术": 96, "体育": 64, "科技": 24, "综合素质": 16}
    assert Counter(row["status"] for row in rows) == {
        "正常": 200,
        "已压减": 8,
        "已营改非": 5,
        "学转非办理中": 1,
        "已关停": 2,
    }
    active = [row for row in rows if row["is_active"]]
    below = [row for row in active if row["escrow_balance"] < row["minimum_balance"]]
    assert (len(active), len(below)) == (206, 11)


def test_a_month_has_436_visits(loaded: Loaded) -> None:
    assert loaded.visits == 115 * 2 + 206


def test_people_by_role(loaded: Loaded) -> None:
    assert Counter(loaded.roles) == {
        "team_leader": 17,
        "inspector": 17 * 4 + 8 * 3,
        "station_head": 8,
        "department_head": 17,
        "office": 5,
        "tip_clerk": 2,
        "leadership": 4,
        "member_department": 11,
        "school_liaison": 115,
        "institution_contact": 206,
    }
    assert (len(loaded.people), loaded.contacts) == (477, 115 + 206)


def test_people_are_posts_with_invented_numbers(loaded: Loaded) -> None:
    wanted = ("t03_lead", "t03_a", "t03_d", "st2_head", "st2_c", "sch001", "ins015", "office5", "dept11")
    assert {username: loaded.people[username].name for username in wanted} == {
        "t03_lead": "第三组组长",
        "t03_a": "第三组督查员甲",
        "t03_d": "第三组督查员丁",
        "st2_head": "第二督导站站长",
        "st2_c": "第二督导站督查员丙",
        "sch001": "澄江第一小学联络员",
        "ins015": "栗坪微风音乐培训中心联系人",
        "office5": "督导办工作人员戊",
        "dept11": "消防救援机构联络员",
    }
    phones = {user.phone for user in loaded.people.values()}
    assert phones == {f"100-0000-{number:04d}" for number in range(1, 478)}


def test_every_card_number_is_one_persons(loaded: Loaded) -> None:
    cards = {row.user.username: row.card_number for rows in loaded.members.values() for row in rows}
    assert (cards["t03_lead"], cards["t03_a"], cards["st2_head"]) == ("演督-0301", "演督-0302", "演督-5201")
    assert len(set(cards.values())) == len(cards) == 85 + 32


def test_all_inspectors_hold_cards_and_the_departments_may_check_institutions(loaded: Loaded) -> None:
    assert loaded.certificates == {"inspector_card": 85 + 32, "enforcement_card": 85}


def test_two_people_are_kept_away_and_one_who_left_long_ago_is_not(loaded: Loaded) -> None:
    assert loaded.ties == {("t03_lead", "SCH015"): True, ("t05_b", "SCH033"): True, ("t09_a", "SCH061"): False}


def test_every_team_has_its_leader_and_its_readers(loaded: Loaded) -> None:
    for team in loaded.teams:
        rows = loaded.members[team.code]
        assert [row.is_leader for row in rows] == [True] + [False] * (4 if team.track == "department" else 3)
        assert rows[0].user.username == (
            f"{team.code.lower()}_lead" if team.code[0] == "T" else f"{team.code.lower()}_head"
        )
        assert loaded.readers[team.scope] == {row.user_id for row in rows}


def test_units_see_themselves_and_hold_no_grant_but_their_own(loaded: Loaded) -> None:
    assert loaded.unit == (["SCH015"], ["user:own"])


def test_the_county_scope_holds_every_card(loaded: Loaded) -> None:
    county = next(scope for scope in loaded.readers if scope.startswith("county:"))
    assert (loaded.cards, len(loaded.readers[county])) == (115 + 216, 85 + 32)


@pytest.fixture
def yunchuan(db: None) -> int:
    return demo.load().pk


def test_loading_again_changes_nothing_and_takes_nothing_back(yunchuan: int) -> None:
    school = Target.objects.get(code="SCH115")
    close_target(actor=system(yunchuan), target_id=school.pk, status="已停办")
    before = (AuditLine.objects.count(), User.objects.count(), Target.objects.count(), Grant.objects.count())
    assert demo.load().pk == yunchuan
    after = (AuditLine.objects.count(), User.objects.count(), Target.objects.count(), Grant.objects.count())
    school.refresh_from_db()
    assert (after, school.is_active) == (before, False)


def test_the_second_county_has_two_schools_of_its_own(yunchuan: int) -> None:
    county = demo.load_neighbour()
    assert [row.code for row in Target.objects.filter(county_id=county.pk).order_by("code")] == ["SCH001", "SCH002"]
    assert demo.load_neighbour() == county
    assert User.objects.filter(county=county).count() == 5


def test_every_printed_sign_in_opens(yunchuan: int) -> None:
    for _, username, password in demo.demo_signins():
        status, body = login(User.objects.get(username=username), password=password)
        assert (status, body["user"]["username"]) == (200, username)  # type: ignore[index]


def test_the_demo_password_opens_nothing_outside_demo_mode(yunchuan: int, settings: Any) -> None:
    """Not even for those who have signed in before: that does not turn their hashes into lasting ones."""
    assert login(User.objects.get(username="office1"), password="Yunchuan-2026")[0] == 200
    settings.PASSWORD_HASHERS = [ARGON2]
    status, body = login(User.objects.get(username="office1"), password="Yunchuan-2026")
    assert (status, body["code"]) == (401, "bad_credentials")


def test_the_product_knows_the_demo_hasher_only_in_demo_mode() -> None:
    def hashers(demo: str) -> list[str]:
        code = "from backend import settings; print(*settings.PASSWORD_HASHERS)"
        environment = {**os.environ, "DUDAO_DEMO": demo}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=live.BASE_DIR, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    assert (hashers("1"), hashers("")) == ([DEMO, ARGON2], [ARGON2])


def test_nothing_is_loaded_outside_demo_mode(db: None, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Conflict) as fault:
        demo.load()
    assert fault.value.code == "not_demo"
    with pytest.raises(CommandError, match="演示模式"):
        call_command("demo_county")
    assert User.objects.count() == 0


def test_the_county_costs_less_than_eight_seconds_of_work(db: None, capsys: Any) -> None:
    began = time.process_time()
    call_command("demo_county")
    assert time.process_time() - began < 8
    assert "督导办：office1  Yunchuan-2026" in capsys.readouterr().out


def test_no_two_schools_of_the_list_share_a_name() -> None:
    folder = Path(demo.__file__).parent.parent / "demo"
    names = [line.split(",")[1] for line in (folder / "schools.csv").read_text().splitlines()[1:]]
    assert len(set(names)) == len(names) == 115
