"""The text parts as the product writes them: plain sentences over the figures, no word that a figure does not carry.

The office edits them before review; what is missing is said (本期无数据, 无上期数据) and never filled in.
"""

from collections.abc import Callable, Mapping
from typing import Any

from backend.bulletins.rules.figures import NO_DATA, NO_PREVIOUS, Figure, change

Facts = Mapping[str, Any]

TRACKS = {"department": "科室", "station": "督导站"}
SEVERITIES = {"minor": "一般", "moderate": "较重", "serious": "严重", "veto": "一票否决"}
MANAGEMENTS = {"homework": "作业", "sleep": "睡眠", "phone": "手机", "reading": "读物", "fitness": "体质"}
CLASSES = {"subject": "学科类", "non_subject": "非学科类", "unlicensed": "无证点"}
KINDS = {"school": "学校", "institution": "培训机构", "suspected_site": "疑似无证点"}
GRADES = "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级".split()


def versus(figure: Figure, unit: str) -> str:
    """，较上期增加3次 / ，与上期持平 / （无上期数据）."""
    difference = change(figure)
    if figure["value"] is None:
        return ""
    if difference is None:
        return f"（{NO_PREVIOUS}）"
    if difference == 0:
        return "，与上期持平"
    return f"，较上期{'增加' if difference > 0 else '减少'}{plain(abs(difference))}{unit}"


def plain(value: float | None) -> str:
    """A number as it reads in a sentence: no needless decimals."""
    if value is None:
        return NO_DATA
    return str(int(value)) if value == int(value) else str(value)


def rate(value: float | None) -> str:
    return NO_DATA if value is None else f"{plain(value)}%"


class Figures:
    """The snapshot's figures, for reading aloud. A figure that the period does not have counts as missing."""

    def __init__(self, facts: Facts) -> None:
        self.all: Mapping[str, Figure] = facts["figures"]

    def __getitem__(self, key: str) -> Figure:
        return self.all.get(key) or Figure(value=None, kind="", records=[], previous=None)

    def number(self, key: str) -> str:
        return plain(self[key]["value"])

    def rate(self, key: str) -> str:
        return rate(self[key]["value"])

    def count(self, key: str) -> float:
        """The value, nought where missing: only to ask whether there is anything to say."""
        return self[key]["value"] or 0


def inspection(facts: Facts) -> list[str]:
    """How much was done, and how far the month's coverage has come."""
    f = Figures(facts)
    done = (
        f"本期收到督查记录{f.number('visits')}次{versus(f['visits'], '次')}。"
        f"检查学校{f.number('schools')}所、校外培训机构{f.number('institutions')}家、"
        f"疑似无证培训点{f.number('suspected_sites')}处。"
    )
    return [done, _coverage(f), *_supplement(f)]


def _supplement(f: "Figures") -> list[str]:
    visits, found = f.count("supplement.visits"), f.count("supplement.findings")
    if not visits and not found:
        return []
    return [
        f"补报：以往时段实施、本期收到的督查记录{f.number('supplement.visits')}次，"
        f"涉及问题{f.number('supplement.findings')}个，已计入本期。"
    ]


def _coverage(f: Figures) -> str:
    if not f.count("coverage.assigned"):
        return f"当月覆盖情况：{NO_DATA}。"
    tracks = "，".join(f"{name}轨道{f.rate(f'coverage.track.{code}.rate')}" for code, name in TRACKS.items())
    both = (
        f"两条轨道均须到访的单位{f.number('coverage.both.assigned')}个，均已到访{f.number('coverage.both.visited')}个。"
        if f.count("coverage.both.assigned")
        else ""
    )
    return (
        f"截至数据截止时，当月应查单位{f.number('coverage.assigned')}个，已查{f.number('coverage.visited')}个，"
        f"累计覆盖率{f.rate('coverage.rate')}（按日历进度应达{f.rate('coverage.target')}）。"
        f"分轨道看，{tracks}。{both}"
    )


def findings(facts: Facts) -> list[str]:
    """Findings in all, by severity and category."""
    f = Figures(facts)
    if not f.count("findings"):
        return ["本期未发现问题。" if f.count("visits") else f"发现问题：{NO_DATA}。"]
    levels = "、".join(f"{name}{f.number(f'findings.severity.{code}')}个" for code, name in SEVERITIES.items())
    groups = "、".join(f"{one['name']}{f.number('findings.category.' + one['code'])}个" for one in facts["categories"])
    return [
        f"本期发现问题{f.number('findings')}个{versus(f['findings'], '个')}，其中{levels}；"
        f"即知即改{f.number('findings.on_spot')}个。按类别分：{groups}。"
    ]


def homework(facts: Facts) -> list[str]:
    """Written homework against 0, 60 and 90 minutes."""
    f, said = Figures(facts), []
    if f.count("homework.early.checked"):
        said.append(
            f"一、二年级检查{f.number('homework.early.checked')}所次，"
            f"布置书面家庭作业的{f.number('homework.early.given')}所次。"
        )
    if f.count("homework.measured"):
        said.append(
            f"三至九年级测查书面作业时间{f.number('homework.measured')}所次，各年级均未超过上限"
            f"（三至六年级60分钟、七至九年级90分钟）的占{f.rate('homework.within.rate')}，"
            f"有年级超过上限的{f.number('homework.over')}所次。"
        )
    return ["".join(said) or f"书面作业时间：{NO_DATA}。"]


def after_school(facts: Facts) -> list[str]:
    """Participation and 5+2."""
    f, said = Figures(facts), []
    if f["after_school.participation"]["value"] is not None:
        said.append(
            f"现场清点课后服务应参加{f.number('after_school.expected')}人、实到{f.number('after_school.present')}人，"
            f"到场率{f.rate('after_school.participation')}{versus(f['after_school.participation'], '个百分点')}。"
        )
    if f.count("after_school.checked"):
        said.append(
            f"检查“5＋2”时间{f.number('after_school.checked')}所次，"
            f"每周不少于5天且每天不少于2小时的{f.number('after_school.reached')}所次，"
            f"占{f.rate('after_school.reached.rate')}。"
        )
    return ["".join(said) or f"课后服务：{NO_DATA}。"]


def managements(facts: Facts) -> list[str]:
    """The five managements: how many visits looked, how many met them."""
    f = Figures(facts)
    said = [
        f"{name}管理检查{f.number(f'five.{code}.checked')}所次，各项均符合的{f.number(f'five.{code}.met')}所次，"
        f"占{f.rate(f'five.{code}.met.rate')}"
        for code, name in MANAGEMENTS.items()
        if f.count(f"five.{code}.checked")
    ]
    return ["；".join(said) + "。" if said else f"五项管理：{NO_DATA}。"]


def disposals(facts: Facts) -> str:
    """What became of the registered institutions, by class; empty where nothing is registered."""
    f = Figures(facts)
    parts = []
    for code, name in CLASSES.items():
        own = [one for one in facts.get("disposals", ()) if one["class"] == code]
        if own:
            parts.append(name + "、".join(f"{one['status']}{f.number(one['key'])}家" for one in own))
    return f"登记在册机构处置情况：{'；'.join(parts)}。" if parts else ""


def tips(facts: Facts) -> list[str]:
    """Tips, as far as there are any."""
    f = Figures(facts)
    if f["tips.received"]["value"] is None:
        return [f"举报受理：{NO_DATA}。"]
    return [
        f"本期收到举报{f.number('tips.received')}件{versus(f['tips.received'], '件')}，"
        f"受理{f.number('tips.accepted')}件，办结{f.number('tips.closed')}件，属实{f.number('tips.verified')}件。"
    ]


def institutions(facts: Facts) -> list[str]:
    """Institutions checked, accounts below the minimum."""
    f = Figures(facts)
    classes = "、".join(f"{name}{f.number(f'institutions.class.{code}')}家" for code, name in CLASSES.items())
    checked = f"本期检查校外培训机构{f.number('institutions')}家{versus(f['institutions'], '家')}，其中{classes}。"
    registered = [said] if (said := disposals(facts)) else []
    if f["accounts.low"]["value"] is None:
        return [checked, *registered, f"预收费资金监管账户余额：{NO_DATA}。"]
    return [
        checked,
        *registered,
        f"已登记余额和最低余额的预收费资金监管账户{f.number('accounts.known')}个，"
        f"余额低于最低余额的{f.number('accounts.low')}个{versus(f['accounts.low'], '个')}。",
    ]


def rectification(facts: Facts) -> list[str]:
    """The ledger in two sentences."""
    f = Figures(facts)
    on_time = f["rectification.on_time.rate"]["value"]
    share = "" if on_time is None else f"，其中按期{f.number('rectification.on_time')}个，占{rate(on_time)}"
    return [
        f"本期印发整改通知书{f.number('notices.issued')}份{versus(f['notices.issued'], '份')}，"
        f"签收{f.number('notices.acknowledged')}份。",
        f"台账新增问题{f.number('rectification.new')}个，销号{f.number('rectification.closed')}个{share}；"
        f"截至数据截止时逾期{f.number('rectification.late')}个，未到期或待复查{f.number('rectification.open_in_time')}个；"
        f"本期反弹{f.number('rectification.reopened')}个。",
    ]


def next_steps(facts: Facts) -> list[str]:
    """What the figures leave to be done; the office writes what it intends beyond that."""
    f = Figures(facts)
    missing = int(f.count("coverage.assigned") - f.count("coverage.visited"))
    tasks = [
        f"完成当月尚未到访的{missing}个检查对象的督查。" if missing else "",
        f"对逾期未完成整改的{f.number('rectification.late')}个问题按程序督办。"
        if f.count("rectification.late")
        else "",
        f"对整改中的{f.number('rectification.open_in_time')}个问题到期复查。"
        if f.count("rectification.open_in_time")
        else "",
    ]
    return [task for task in tasks if task] or ["按月度计划继续开展督查。"]


def school_inspection(facts: Facts) -> list[str]:
    """How much was done, as schools may read it: nothing of tracks, of what is left to visit, or of late arrivals."""
    f = Figures(facts)
    done = (
        f"本期收到督查记录{f.number('visits')}次{versus(f['visits'], '次')}，检查学校{f.number('schools')}所、"
        f"校外培训机构{f.number('institutions')}家。"
    )
    return [f"{done}当月累计覆盖率{f.rate('coverage.rate')}。"]


def school_next_steps(facts: Facts) -> list[str]:
    """What the school edition asks of those who read it; never where inspectors go next."""
    late = (
        "尚未完成整改的单位，请按整改通知书要求抓紧整改并按时报告。"
        if Figures(facts).count("rectification.late")
        else ""
    )
    return ["请各单位对照本期通报的问题开展自查，发现问题即知即改。", *([late] if late else [])]


PARTS: dict[str, Callable[[Facts], list[str]]] = {
    "inspection": inspection,
    "findings": findings,
    "homework": homework,
    "after_school": after_school,
    "managements": managements,
    "institutions": institutions,
    "rectification": rectification,
    "tips": tips,
    "next_steps": next_steps,
    "school_inspection": school_inspection,
    "school_next_steps": school_next_steps,
}
"""Text parts in the order of the bulletin; each is a list of paragraphs."""

BY_HAND = ("good_practices",)
"""Parts that no figure says; they stay when figures are compiled again."""


def written(facts: Facts) -> dict[str, Any]:
    """All text parts over `facts`. Cases are `{finding, text}`, good practices `{place, text}`."""
    cases = [{"finding": one["finding"], "text": one["text"]} for one in facts["cases"]]
    return {name: write(facts) for name, write in PARTS.items()} | {"cases": cases, "good_practices": []}
