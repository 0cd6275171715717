"""云川县: the figures that the papers and benches of the demonstration count on."""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from backend.accounts.hashers import DemoPasswordHasher
from backend.accounts.models import RoleAssignment, User
from backend.accounts.selectors.people import actor_of
from backend.core.actor import system
from backend.core.errors import Conflict
from backend.journal.grants import readers
from backend.journal.models import AuditLine, FeedRow, Grant
from backend.registry.models import (
    AreaStation,
    Department,
    Membership,
    SchoolDistrict,
    Target,
    TargetContact,
    Team,
)
from backend.registry.selectors import targets as selectors
from backend.registry.selectors import teams
from backend.registry.services import demo
from backend.registry.services.targets import close_target
from tests.accounts.test_sessions import login

DEMO = f"{DemoPasswordHasher.__module__}.{DemoPasswordHasher.__name__}"
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"


@pytest.fixture(autouse=True)
def demo_mode(settings: Any, quick_passwords: None) -> None:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = [DEMO, ARGON2]


@pytest.fixture
def yunchuan(db: None) -> int:
    return demo.load().pk


def test_schools_by_kind(yunchuan: int) -> None:
    rows = Target.objects.filter(kind="school").values("category")
    sums = rows.annotate(n=Count("id"), a=Sum("students"), b=Sum("participants"), c=Sum("classes"))
    assert {row["category"]: (row["n"], row["a"], row["b"], row["c"]) for row in sums} == {
        "城区小学": (12, 25_800, 25_431, 579),
        "镇中心小学": (34, 29_920, 29_702, 682),
        "村级小学": (30, 5_250, 5_235, 191),
        "初级中学": (18, 18_000, 17_760, 383),
        "九年一贯制": (15, 15_000, 14_853, 321),
        "完全中学初中部": (5, 5_000, 4_930, 107),
        "特殊教育学校": (1, 120, 89, 9),
    }


def test_schools_by_district(yunchuan: int) -> None:
    rows = Target.objects.filter(kind="school").values("district__name").annotate(n=Count("id"), s=Sum("students"))
    found = {row["district__name"]: (row["n"], row["s"]) for row in rows}
    assert (len(found), sum(n for n, _ in found.values()), sum(s for _, s in found.values())) == (15, 115, 99_090)
    assert [found[f"{name}学区"] for name in ("澄江", "北麓", "桂岭")] == [(8, 13_159), (8, 12_181), (7, 4_309)]
    assert Counter(n for n, _ in found.values()) == {8: 10, 7: 5}


def test_places_and_teams(yunchuan: int) -> None:
    assert [model.objects.count() for model in (SchoolDistrict, AreaStation, Department)] == [15, 8, 17]
    assert Counter(Team.objects.values_list("track", flat=True)) == {"department": 17, "station": 8}
    districts = AreaStation.objects.order_by("code").annotate(n=Count("districts")).values_list("n", flat=True)
    assert list(districts) == [2, 2, 2, 2, 2, 2, 2, 1]
    assert Team.objects.get(code="T17").name == "第十七督查组"
    schools = Team.objects.filter(track="department").annotate(n=Count("targets"))
    by_team = Counter(Target.objects.filter(kind="school").values_list("team__code", flat=True))
    assert Counter(by_team.values()) == {7: 13, 6: 4}
    assert len(schools) == len(by_team) == 17


def test_each_schools_station_watches_over_its_district(yunchuan: int) -> None:
    rows = Target.objects.filter(kind="school").select_related("district")
    assert [row.code for row in rows if row.district is None or row.district.station_id != row.station_id] == []


def test_institutions(yunchuan: int) -> None:
    rows = Target.objects.filter(kind="institution")
    assert Counter(rows.values_list("institution_class", flat=True)) == {
        "non_subject": 200,
        "subject": 14,
        "unlicensed": 2,
    }
    assert Counter(rows.filter(institution_class="non_subject").values_list("category", flat=True)) == {
        "艺术": 96,
        "体育": 64,
        "科技": 24,
        "综合素质": 16,
    }
    assert Counter(rows.exclude(institution_class="non_subject").values_list("status", flat=True)) == {
        "已压减": 8,
        "已营改非": 5,
        "学转非办理中": 1,
        "已关停": 2,
    }
    active = rows.filter(is_active=True)
    below = [row for row in active if (row.escrow_balance or 0) < (row.minimum_balance or 0)]
    assert (active.count(), len(below)) == (206, 11)


def test_a_month_has_436_visits(yunchuan: int) -> None:
    assert sum(selectors.in_charge_of(team).count() for team in Team.objects.all()) == 115 * 2 + 206


def test_people_by_role(yunchuan: int) -> None:
    assert Counter(RoleAssignment.objects.values_list("role", flat=True)) == {
        "team_leader": 17,
        "inspector": 17 * 4 + 8 * 3,
        "station_head": 8,
        "office": 5,
        "tip_clerk": 2,
        "leadership": 4,
        "member_department": 11,
        "school_liaison": 115,
        "institution_contact": 206,
    }
    assert User.objects.count() == 460
    assert (Membership.objects.count(), TargetContact.objects.count()) == (85 + 32, 115 + 206)


def test_people_are_posts_with_invented_numbers(yunchuan: int) -> None:
    wanted = ("t03_lead", "t03_a", "t03_d", "st2_head", "st2_c", "sch001", "ins015", "office5", "dept11")
    names = dict(User.objects.filter(username__in=wanted).values_list("username", "name"))
    assert names == {
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
    phones = set(User.objects.values_list("phone", flat=True))
    assert phones == {f"100-0000-{number:04d}" for number in range(1, 461)}
    cards = Membership.objects.filter(team__code="T03").order_by("card_number")
    assert list(cards.values_list("user__username", "card_number"))[:2] == [
        ("t03_lead", "演督-0301"),
        ("t03_a", "演督-0302"),
    ]
    every_card = Membership.objects.values_list("card_number", flat=True)
    assert len(set(every_card)) == len(every_card)


def test_every_team_has_its_leader_and_its_readers(yunchuan: int) -> None:
    for team in Team.objects.all():
        members = {row.user_id for row in teams.members(team)}
        assert len(members) == (5 if team.track == "department" else 4)
        assert readers(team.scope) == members
        leader = teams.leader_of(team)
        assert leader is not None
        assert leader.username.endswith(("_lead", "_head"))


def test_units_see_themselves_and_hold_no_grant_but_their_own(yunchuan: int) -> None:
    user = User.objects.get(username="sch015")
    assert [row.code for row in selectors.scoped(actor_of(user))] == ["SCH015"]
    assert list(Grant.objects.filter(user_id=user.pk).values_list("scope", flat=True)) == [f"user:{user.pk}"]


def test_the_county_scope_holds_every_card(yunchuan: int) -> None:
    rows = FeedRow.objects.filter(scope__name=f"county:{yunchuan}", kind="target")
    assert rows.count() == 115 + 216
    assert len(readers(f"county:{yunchuan}")) == 85 + 32


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


def test_signing_in_does_not_make_the_password_last(yunchuan: int) -> None:
    user = User.objects.get(username="t03_a")
    assert login(user, password="Yunchuan-2026")[0] == 200
    user.refresh_from_db()
    assert user.password.startswith("demo_argon2$")


def test_the_demo_password_opens_nothing_outside_demo_mode(yunchuan: int, settings: Any) -> None:
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


def test_the_county_is_there_within_eight_seconds(db: None, capsys: Any) -> None:
    began = time.monotonic()
    call_command("demo_county")
    assert time.monotonic() - began < 8
    assert "督导办：office1  Yunchuan-2026" in capsys.readouterr().out


def test_no_two_schools_of_the_list_share_a_name() -> None:
    folder = Path(demo.__file__).parent.parent / "demo"
    names = [line.split(",")[1] for line in (folder / "schools.csv").read_text().splitlines()[1:]]
    assert len(set(names)) == len(names) == 115
