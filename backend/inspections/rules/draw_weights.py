"""How likely a target is drawn (workflow.md section 2; product default): the rule as data, explained part by part."""

from dataclasses import dataclass

FACTORS = {"base": 1, "overdue": 2, "veto": 3, "tip": 2, "unvisited": 1}
"""1 for everybody, 2 for each item overdue, 3 for each open veto, 2 for each tip of the last 30 days, 1 where nobody
has been this term."""

TIP_DAYS = 30

LABELS = {
    "base": "基本权重",
    "overdue": "逾期未整改问题",
    "veto": "未销号的一票否决问题",
    "tip": "近30日举报",
    "unvisited": "本学期尚未到访",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a target when the draw is sealed: counts."""

    overdue: int = 0
    veto: int = 0
    tip: int = 0
    visited: bool = False


def parts(standing: Standing) -> list[tuple[str, int]]:
    """What each part adds; parts that add nothing are left out. The weight is their sum."""
    counts = {
        "base": 1,
        "overdue": standing.overdue,
        "veto": standing.veto,
        "tip": standing.tip,
        "unvisited": int(not standing.visited),
    }
    return [(name, factor * counts[name]) for name, factor in FACTORS.items() if counts[name]]


def weight(explained: list[tuple[str, int]]) -> int:
    return sum(value for _, value in explained)
