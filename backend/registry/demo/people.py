"""The people of the demonstration: posts, never names (demo.md, section 4)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from backend.accounts.roles import Role
from backend.registry.demo.county import (
    DEPARTMENTS,
    NUMERALS,
    STATIONS,
    department_code,
    station_code,
    table,
    team_code,
)
from backend.registry.rules.sheets import CLOSED_STATUSES

PASSWORD = "Yunchuan-2026"  # noqa: S105 -- printed for everybody to read; it opens nothing outside DUDAO_DEMO
LETTERS = ("甲", "乙", "丙", "丁", "戊")

MEMBER_DEPARTMENTS = (
    "网信部门",
    "发展改革部门",
    "科技部门",
    "公安机关",
    "民政部门",
    "人力社保部门",
    "文化旅游部门",
    "卫生健康部门",
    "市场监管部门",
    "体育部门",
    "消防救援机构",
)


@dataclass(frozen=True, slots=True)
class Person:
    """An account, and the team or unit (by code) that it belongs to, or the department that it heads."""

    username: str
    name: str
    role: Role
    team: str = ""
    is_leader: bool = False
    card_number: str = ""
    unit: str = ""
    department: str = ""


def everybody() -> list[Person]:
    """All 477 accounts."""
    return [*_teams(), *_stations(), *_county(), *_units(), *_heads()]


def _teams() -> Iterator[Person]:
    for number in range(1, len(DEPARTMENTS) + 1):
        post, short, code = f"第{NUMERALS[number - 1]}组", f"t{number:02d}", team_code(number)
        yield Person(f"{short}_lead", f"{post}组长", Role.TEAM_LEADER, code, True, f"演督-{number:02d}01")
        for place in range(4):
            card = f"演督-{number:02d}{place + 2:02d}"
            yield Person(f"{short}_{'abcd'[place]}", f"{post}督查员{LETTERS[place]}", Role.INSPECTOR, code, False, card)


def _stations() -> Iterator[Person]:
    for number in range(1, STATIONS + 1):
        post, short, code = f"第{NUMERALS[number - 1]}督导站", f"st{number}", station_code(number)
        yield Person(f"{short}_head", f"{post}站长", Role.STATION_HEAD, code, True, f"演督-{50 + number}01")
        for place in range(3):
            card = f"演督-{50 + number}{place + 2:02d}"
            yield Person(f"{short}_{'abc'[place]}", f"{post}督查员{LETTERS[place]}", Role.INSPECTOR, code, False, card)


def _county() -> Iterator[Person]:
    for number, letter in enumerate(LETTERS, 1):
        yield Person(f"office{number}", f"督导办工作人员{letter}", Role.OFFICE)
    for number, letter in enumerate(LETTERS[:2], 1):
        yield Person(f"tip{number}", f"举报受理员{letter}", Role.TIP_CLERK)
    for number, letter in enumerate(LETTERS[:4], 1):
        yield Person(f"lead{number}", f"领导小组成员{letter}", Role.LEADERSHIP)
    for number, department in enumerate(MEMBER_DEPARTMENTS, 1):
        yield Person(f"dept{number}", f"{department}联络员", Role.MEMBER_DEPARTMENT)


def _units() -> Iterator[Person]:
    for row in _rows("schools"):
        yield Person(row["code"].lower(), f"{row['name']}联络员", Role.SCHOOL_LIAISON, unit=row["code"])
    for row in _rows("institutions"):
        if row["status"] not in CLOSED_STATUSES:
            name = f"{row['name'].removesuffix('(演示)')}联系人"
            yield Person(row["code"].lower(), name, Role.INSTITUTION_CONTACT, unit=row["code"])


def _heads() -> Iterator[Person]:
    for number, department in enumerate(DEPARTMENTS, 1):
        code = department_code(number)
        yield Person(f"{code.lower()}_head", f"{department}负责人", Role.DEPARTMENT_HEAD, department=code)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(name).decode())))


def phone_number(place: int) -> str:
    """The invented number of the person at this place; no carrier has the prefix 100."""
    return f"100-0000-{place:04d}"


SIGN_INS = (
    ("督导办", "office1"),
    ("督查组组长", "t03_lead"),
    ("督查员", "t03_a"),
    ("督导站站长", "st2_head"),
    ("科室负责人", "k03_head"),
    ("领导", "lead1"),
    ("举报受理员", "tip1"),
    ("成员单位", "dept1"),
    ("学校联络员", "sch001"),
    ("机构联系人", "ins015"),
)
"""One person of each role, for whoever wants to look around."""


def neighbours() -> list[Person]:
    """The people of the second county; the prefix keeps their user names apart."""
    return [
        Person("yx_office1", "砚溪督导办工作人员甲", Role.OFFICE),
        Person("yx_t01_lead", "砚溪第一组组长", Role.TEAM_LEADER, team_code(1), True, "砚督-0101"),
        Person("yx_t01_a", "砚溪第一组督查员甲", Role.INSPECTOR, team_code(1), False, "砚督-0102"),
        Person("yx_sch001", "砚溪第一小学联络员", Role.SCHOOL_LIAISON, unit="SCH001"),
        Person("yx_sch002", "砚溪初级中学联络员", Role.SCHOOL_LIAISON, unit="SCH002"),
    ]
