"""The demonstration term in figures: five half-months of an invented county, and what is found in them.

Coverage is of distinct targets, any track, from the first of the month to the end of the half-month; on-spot are
findings put right while the inspectors stayed; on-time is the share of the findings closed in the half-month whose
accepted report came by its deadline.
"""

import datetime as dt
from dataclasses import dataclass

from backend.inspections.rules.checklist import Severity


@dataclass(frozen=True, slots=True)
class Half:
    """One half-month and its figures; percentages are whole numbers, `on_time` None where nothing was closed yet."""

    start: dt.date
    end: dt.date
    visits: int
    coverage: int
    minor: int
    moderate: int
    serious: int
    veto: int
    on_spot: int
    on_time: int | None
    over_limit: int
    """Schools whose homework took longer than allowed in some grade."""

    early_homework: int
    """Schools that gave written homework in grades 1 and 2."""

    sites: int = 0
    """Hidden training sites met, beside the units on the list."""

    @property
    def findings(self) -> int:
        return self.minor + self.moderate + self.serious + self.veto

    @property
    def first_of_month(self) -> bool:
        return self.start.day == 1

    def grades(self) -> dict[Severity, int]:
        """How many findings of each severity."""
        pairs = zip(Severity, (self.minor, self.moderate, self.serious, self.veto), strict=True)
        return dict(pairs)


def _day(month: int, day: int) -> dt.date:
    return dt.date(2026, month, day)


HALVES = (
    Half(_day(9, 1), _day(9, 15), 198, 52, 146, 97, 42, 2, 96, None, 3, 2),
    Half(_day(9, 16), _day(9, 30), 231, 100, 158, 101, 40, 2, 113, 88, 3, 1),
    Half(_day(10, 1), _day(10, 15), 142, 41, 84, 46, 19, 2, 61, 90, 1, 0, sites=2),
    Half(_day(10, 16), _day(10, 31), 268, 100, 131, 77, 29, 1, 102, 92, 2, 0),
    Half(_day(11, 1), _day(11, 15), 214, 56, 94, 50, 18, 1, 79, 95, 1, 0),
)

BEGIN = dt.datetime(2026, 8, 25, 1, 0, tzinfo=dt.UTC)
"""Nine in the morning in China of the day on which the first plan is opened."""

FOUNDED = dt.datetime(2026, 8, 20, 1, 0, tzinfo=dt.UTC)
"""When the county's people take office."""

LAST_DAY = _day(11, 20)

HOLIDAY = (_day(10, 1), _day(10, 8))
"""No school; institutions are looked at from its fourth day on, and whoever teaches in secret."""

HOMEWORK_MEANS = {3: 38, 4: 42, 5: 47, 6: 52, 7: 63, 8: 74, 9: 82}
"""Mean minutes of written homework a day by grade."""

TYPICAL = {
    "ZY-02": 74,
    "ZY-16": 66,
    "BX-09": 56,
    "WX-13": 48,
    "KH-12": 43,
    "WX-10": 39,
    "FX-07": 35,
    "FX-14": 29,
    "XK-12": 2,
    "XK-18": 2,
}
"""Findings of the whole term by item, the most frequent first: homework not announced, not all of it corrected by
teachers, sports lessons taken away, reading lists not filed, few courses after school, gaps in keeping mobile phones,
staff not announced (of either class of institution), contracts that are not the model one (of either)."""

BELOW_MINIMUM = "ZJ-07"
"""Found once at each institution whose account is below its minimum balance."""

HIDDEN_SITE = "YX-04"
MAKE_UP_LESSONS = "BX-18"
OVER_LIMIT = {True: "ZY-07", False: "ZY-08"}
"""By whether the grade is one of primary school."""

EARLY_HOMEWORK = "ZY-06"

VETOES = (("BX-22", "FX-04"), ("BX-03", "FX-01"), (MAKE_UP_LESSONS,), ("FX-08",), ("BX-20",))
"""Red lines of each half-month; that of the hidden site of October comes besides."""

SCHOOL_LISTS = (("TY", "ZY", "KH", "BX", "JS"), ("TY", "ZY", "KH", "WX", "JS"), ("TY", "ZY", "BX", "WX", "JS"))
"""Checklists of school visits, in turn; three teachers are heard beside each."""

SPECIAL_SCHOOL_LISTS = ("TY", "AQ", "JS")

INSTITUTION_LISTS = {"subject": ("TY", "XK", "ZJ"), "non_subject": ("TY", "FX", "ZJ", "YX")}

TEXTS = {
    "ZY-02": "抽查{room}，当日作业公示栏仍为前一日内容，未注明各科预计时长。",
    "ZY-16": "抽查{room}作业本20本，其中{few}本未批改或只批日期。",
    "BX-09": "推门查看{room}，课表为体育课，实际改上文化课。",
    "WX-13": "图书角推荐读物{few}种无推荐目录，未见评议、备案记录。",
    "KH-12": "课后服务以作业辅导为主，拓展课程和社团开设不足，公示的课程当日未见开展。",
    "WX-10": "手机保管柜领用登记停留在{few}天前，{few}部手机无保管记录。",
    "FX-07": "大厅未公示{few}名从业人员的姓名、照片和资格信息。",
    "XK-12": "大厅未公示{few}名从业人员的姓名、照片和资格信息。",
    "FX-14": "抽查合同10份，其中{few}份不是示范文本。",
    "XK-18": "抽查合同10份，其中{few}份不是示范文本。",
    "ZJ-07": "检查日监管账户余额低于最低余额。",
    "YX-04": "居民楼内以“一对一”名义开展学科培训，现场有课本、试卷和课表。",
    "BX-18": "国庆假期组织{room}学生到校集体补课。",
    "ZY-06": "一、二年级布置了书面家庭作业，已当场取得作业登记本照片。",
    "ZY-07": "随机10名学生昨日书面作业平均用时超过60分钟。",
    "ZY-08": "随机10名学生昨日书面作业平均用时超过90分钟。",
}
"""What was seen, for the usual findings; `{room}` a class, `{few}` a small number. Others quote their item."""
