"""What the figures of a snapshot are called, what they are counted in, and under which heading they stand.

One table for everybody who shows a figure by name: lists, pages of records, tiles, trends, the API. Figures of one
thing among many (a team, a district) are called after it: the snapshot says what it was called then.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from backend.bulletins.rules.figures import Number
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.rules.wording import CLASSES, GRADES, KINDS, MANAGEMENTS, SEVERITIES, TRACKS, Facts

COVERAGE, TEAMS, DISTRICTS, REGISTRY = "当月覆盖", "各督查组和督导站", "各学区整改", "登记在册"
OPINION, OTHERS = "举报和满意率", "其他"
INSPECTION, FINDINGS, INSTITUTIONS, RECTIFICATION = (
    PART_NAMES[part] for part in ("inspection", "findings", "institutions", "rectification")
)
HOMEWORK, SERVICE, MANAGED = (PART_NAMES[part] for part in ("homework", "after_school", "managements"))

NOTHING = "—"
DECIMALS = {"%": 1, "分": 1, "分钟": 1}
"""Of what is not counted but measured, by unit."""


class Name(NamedTuple):
    """`text`: the whole name; `unit`: empty where nothing is known of it; `group`: the heading. In a table of its group
    the figure stands in the row `subject` and the column `measure`, both empty where it stands alone.
    """

    text: str
    unit: str
    group: str
    subject: str = ""
    measure: str = ""

    @property
    def decimals(self) -> int:
        return DECIMALS.get(self.unit, 0)

    @property
    def with_unit(self) -> str:
        return f"{self.text}（{self.unit}）" if self.unit else self.text

    def said(self, value: Number | None) -> str:
        """A value of this figure with its unit; a dash where there is none."""
        return NOTHING if value is None else f"{self.number(value)}{self.unit}"

    def number(self, value: Number | None) -> str:
        """A value of this figure without its unit; a dash where there is none."""
        return NOTHING if value is None else f"{value:.{self.decimals}f}"


Names = dict[str, Name]
Measures = Mapping[str, tuple[str, str]]
"""By the last part of a key: what is measured, and its unit."""

SHARES: Measures = {"assigned": ("应查单位", "个"), "visited": ("已查单位", "个"), "rate": ("累计覆盖率", "%")}
OF_TEAM: Measures = {
    **SHARES,
    "visits": ("督查次数", "次"),
    "photos": ("取证照片", "张"),
    "findings": ("发现问题", "个"),
    "score": ("平均得分", "分"),
}
STATES: Measures = {
    "new": ("新增问题", "个"),
    "closed": ("销号问题", "个"),
    "late": ("逾期未改问题", "个"),
    "open_in_time": ("未到期或待复查问题", "个"),
    "reopened": ("反弹问题", "个"),
}
OF_MANAGEMENT: Measures = {
    "checked": ("检查", "所次"),
    "met": ("均符合", "所次"),
    "met.rate": ("均符合占比", "%"),
    "findings": ("发现问题", "个"),
}


def _table(group: str, rows: Mapping[str, tuple[str, str]]) -> Names:
    return {key: Name(text, unit, group) for key, (text, unit) in rows.items()}


def _rows(prefix: str, group: str, subject: str, measures: Measures) -> Names:
    return {
        f"{prefix}.{last}": Name(f"{subject}：{measure}", unit, group, subject, measure)
        for last, (measure, unit) in measures.items()
    }


VISITS = _table(
    INSPECTION,
    {
        "visits": ("督查次数", "次"),
        **{f"visits.track.{code}": (f"{name}轨道督查次数", "次") for code, name in TRACKS.items()},
        "schools": ("检查学校", "所"),
        "institutions": ("检查校外培训机构", "家"),
        "suspected_sites": ("检查疑似无证培训点", "处"),
        "supplement.visits": ("补报督查记录", "次"),
        "supplement.findings": ("补报涉及问题", "个"),
    },
)
COVERED = {
    f"coverage.{last}": Name(f"当月{measure}", unit, COVERAGE, "全县", measure)
    for last, (measure, unit) in SHARES.items()
}
for _code, _name in TRACKS.items():
    COVERED |= _rows(f"coverage.track.{_code}", COVERAGE, f"{_name}轨道", SHARES)
COVERED |= _rows("coverage.both", COVERAGE, "两条轨道均须到访", SHARES)
COVERED["coverage.target"] = Name("时间进度", "%", COVERAGE)

FOUND = _table(
    FINDINGS,
    {
        "findings": ("发现问题", "个"),
        "findings.grave": ("严重及一票否决", "个"),
        **{f"findings.severity.{code}": (f"{name}问题", "个") for code, name in SEVERITIES.items()},
        "findings.on_spot": ("即知即改问题", "个"),
        **{f"findings.kind.{code}": (f"{name}的问题", "个") for code, name in KINDS.items()},
    },
)
IN_SCHOOL = _table(
    HOMEWORK,
    {
        "homework.early.checked": ("一、二年级检查书面作业", "所次"),
        "homework.early.given": ("一、二年级布置书面作业", "所次"),
        "homework.measured": ("测查书面作业时间", "所次"),
        "homework.within": ("各年级均未超过上限", "所次"),
        "homework.within.rate": ("各年级均未超过上限占比", "%"),
        "homework.over": ("有年级超过上限", "所次"),
        **{f"homework.grade.{at}": (f"{name}书面作业平均时间", "分钟") for at, name in enumerate(GRADES, 1)},
    },
) | _table(
    SERVICE,
    {
        "after_school.expected": ("课后服务应参加学生", "人"),
        "after_school.present": ("课后服务实到学生", "人"),
        "after_school.participation": ("课后服务到场率", "%"),
        "after_school.checked": ("检查“5＋2”时间", "所次"),
        "after_school.reached": ("达到“5＋2”", "所次"),
        "after_school.reached.rate": ("达到“5＋2”占比", "%"),
    },
)  # fmt: skip
FIVE: Names = {}
for _code, _name in MANAGEMENTS.items():
    FIVE |= _rows(f"five.{_code}", MANAGED, f"{_name}管理", OF_MANAGEMENT)

OUT_OF_SCHOOL = _table(
    INSTITUTIONS,
    {
        **{f"institutions.class.{code}": (f"检查校外培训机构（{name}）", "家") for code, name in CLASSES.items()},
        **{f"institutions.findings.{code}": (f"校外培训机构的问题（{name}）", "个") for code, name in CLASSES.items()},
        "accounts.known": ("已登记余额的监管账户", "个"),
        "accounts.low": ("余额低于最低余额的监管账户", "个"),
        **{f"accounts.low.{code}": (f"余额低于最低余额的监管账户（{name}）", "个") for code, name in CLASSES.items()},
    },
)
MENDED = _table(RECTIFICATION, {f"rectification.{last}": named for last, named in STATES.items()}) | _table(
    RECTIFICATION,
    {
        "rectification.on_time": ("按期销号问题", "个"),
        "rectification.on_time.rate": ("按期销号率", "%"),
        "notices.issued": ("印发整改通知书", "份"),
        "notices.acknowledged": ("签收整改通知书", "份"),
        "notices.returned": ("退回整改报告的通知书", "份"),
        "notices.closed": ("办结整改通知书", "份"),
    },
)
ASKED = _table(
    OPINION,
    {
        "tips.received": ("收到举报", "件"),
        "tips.accepted": ("受理举报", "件"),
        "tips.closed": ("办结举报", "件"),
        "tips.verified": ("属实举报", "件"),
        "satisfaction": ("满意率", "%"),
    },
)
REGISTERED = _table(
    REGISTRY,
    {
        "registry.schools": ("义务教育学校", "所"),
        "registry.institutions.subject": ("学科类培训机构", "家"),
        "registry.institutions.non_subject": ("非学科类培训机构", "家"),
    },
)

FIXED: Names = {**VISITS, **COVERED, **FOUND, **IN_SCHOOL, **FIVE, **OUT_OF_SCHOOL, **MENDED, **ASKED, **REGISTERED}
"""Figures that every snapshot has, by key."""

GROUPS = (INSPECTION, COVERAGE, TEAMS, FINDINGS, HOMEWORK, SERVICE, MANAGED, INSTITUTIONS, RECTIFICATION, DISTRICTS,
          OPINION, REGISTRY, OTHERS)  # fmt: skip
"""In the order in which they are read."""


def names(facts: Facts) -> Names:
    """The name of each figure of a snapshot by key, group by group. No two are alike.

    A key that no compiler writes any more is named by itself: an issue is read as it was frozen.
    """
    known = {**FIXED, **_of_facts(facts)}
    found = {key: known.get(key) or Name(f"其他数据（{key}）", "", OTHERS) for key in facts["figures"]}
    place = {key: at for at, key in enumerate(known)}
    order = sorted(found, key=lambda key: (GROUPS.index(found[key].group), place.get(key, len(place)), key))
    return {key: found[key] for key in order}


def _of_facts(facts: Facts) -> Names:
    """Figures of what only this county has."""
    out: Names = {}
    for code, name in _distinct(facts.get("teams", ())):
        out |= _rows(f"team.{code}", TEAMS, name, OF_TEAM)
    for code, name in _distinct(facts.get("districts", ())):
        out |= _rows(f"district.{code}", DISTRICTS, name, STATES)
    for code, name in _distinct(facts.get("categories", ())):
        out[f"findings.category.{code}"] = Name(f"“{name}”清单的问题", "个", FINDINGS)
    for one in facts.get("disposals", ()):
        kind = CLASSES.get(one["class"], "未分类")
        out[one["key"]] = Name(f"登记机构（{kind}，{one['status']}）", "家", REGISTRY)
    return out


def _distinct(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Code and name of each; of those that share a name, the code stands beside it."""
    often = Counter(row["name"] for row in rows)
    for row in rows:
        yield row["code"], f"{row['name']}（{row['code']}）" if often[row["name"]] > 1 else row["name"]


def grouped(named: Names) -> Iterable[tuple[str, list[str]]]:
    """The keys under each heading that has any, in the order of `GROUPS`."""
    for group in GROUPS:
        if keys := [key for key, name in named.items() if name.group == group]:
            yield group, keys
