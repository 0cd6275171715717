"""The way around the desks: which pages exist, in what order, and for whom. A page appears here or nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from backend.accounts.roles import UNIT_ROLES, Role
from backend.core.actor import Actor

OFFICE = frozenset({Role.OFFICE})
LEADERSHIP = frozenset({Role.LEADERSHIP})
LEADERS = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD})
STAFF = OFFICE | LEADERSHIP | LEADERS
"""Everybody who sits at a desk; accounts of inspected units have pages of their own (`/unit/`)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the navigation: the name of its address and what it needs (`args`), its label, who finds it there."""

    name: str
    label: str
    roles: frozenset[str]
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """An entry as it is shown: `here` marks where the reader is."""

    address: str
    label: str
    here: bool


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "全局",
        (
            Entry("desk_lead", "总览", LEADERSHIP | OFFICE),
            Entry("desk_team", "本组", LEADERS),
            Entry("desk_coverage", "覆盖明细", LEADERSHIP | OFFICE),
            Entry("desk_vetoes", "一票否决", LEADERSHIP | OFFICE | LEADERS),
            Entry("desk_instructions", "领导批示", LEADERSHIP | OFFICE),
        ),
    ),
    (
        "督查",
        (
            Entry("desk_today", "今日", OFFICE),
            Entry("desk_plans", "计划", OFFICE | LEADERSHIP),
            Entry("desk_draws", "抽取", OFFICE | LEADERSHIP),
            Entry("desk_assignments", "任务", OFFICE | LEADERSHIP),
            Entry("desk_visits", "到访", STAFF),
            Entry("desk_evidence", "佐证", STAFF),
            Entry("desk_held", "待处理内容", OFFICE | LEADERS),
            Entry("desk_phones", "手机", OFFICE),
            Entry("desk_burden", "入校次数", OFFICE | LEADERSHIP),
            Entry("desk_checklists", "清单", OFFICE | LEADERSHIP),
        ),
    ),
    (
        "整改",
        (
            Entry("desk_notices", "整改通知书", OFFICE | LEADERSHIP),
            Entry("desk_escalations", "督办文书", OFFICE | LEADERSHIP),
            Entry("desk_look_backs", "回头看", OFFICE | LEADERSHIP),
            Entry("desk_ledger", "问题台账", OFFICE | LEADERSHIP),
        ),
    ),
    (
        "报告",
        (
            Entry("desk_bulletins", "半月报", STAFF),
            Entry("desk_bulletin_drafts", "征求意见稿", frozenset({Role.DEPARTMENT_HEAD, Role.STATION_HEAD})),
            Entry("desk_circulars", "通报", STAFF),
        ),
    ),
    (
        "管理",
        (
            Entry("desk_inbox", "消息", STAFF),
            Entry("desk_units", "单位", OFFICE | LEADERSHIP),
            Entry("desk_registry_teams", "督查组", OFFICE | LEADERSHIP),
            Entry("desk_places", "学区和科室", OFFICE | LEADERSHIP, ("districts",)),
            Entry("desk_import", "名单导入导出", OFFICE),
            Entry("desk_people", "人员和设备", OFFICE),
            Entry("desk_audit", "审计", OFFICE | LEADERSHIP),
        ),
    ),
)
"""Groups of pages, from the nearest to the day's work to the rarest."""

HOMES: tuple[tuple[frozenset[str], str], ...] = (
    (OFFICE, "desk_today"),
    (LEADERSHIP, "desk_lead"),
    (LEADERS, "desk_team"),
)
"""Where a person begins: the first line that fits."""


def ways(actor: Actor, here: str) -> list[tuple[str, list[Way]]]:
    """The navigation of this person; groups without a page are left out."""
    groups = [(title, _of(entries, actor, here)) for title, entries in GROUPS]
    return [(title, found) for title, found in groups if found]


def _of(entries: Sequence[Entry], actor: Actor, here: str) -> list[Way]:
    found = [(reverse(entry.name, args=entry.args), entry.label) for entry in entries if actor.has(*entry.roles)]
    nearest = max((address for address, _ in found if _holds(address, here)), key=len, default="")
    return [Way(address, label, address == nearest) for address, label in found]


def _holds(address: str, here: str) -> bool:
    return here == address or here.startswith(f"{address}/")


def home(roles: frozenset[str]) -> str:
    """The address of a person's first page."""
    if roles & UNIT_ROLES:
        return reverse("unit_notices")
    return reverse(next((name for wanted, name in HOMES if roles & wanted), "start"))
