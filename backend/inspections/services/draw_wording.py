"""Why a draw cannot be, in words for the office: the rule, and the targets by name."""

import uuid
from collections.abc import Sequence
from typing import Any

from backend.core.errors import Conflict
from backend.inspections.rules.drawing import Impossible
from backend.registry.models import Target

RULES = {
    "count": "抽取数量超过可抽取的检查对象数量",
    "members": "没有一个督查组有足够的持证人员",
    "officers": "没有一个督查组有两名以上持有效行政执法证的人员",
    "recusal": "按规定回避后，没有一个督查组人数足够",
    "capacity": "所选日期内可派出的人次不足",
    "officer_capacity": "所选日期内可派出的行政执法人员人次不足",
    "no_teams": "检查线上没有督查组",
    "no_days": "计划期限内没有可安排的工作日",
    "no_crew_left": "抽到时所有日期的人员均已派满",
}

NAMED = 5
"""So many targets stand in the sentence; all of them in the list beside it."""


def impossible(found: Sequence[Impossible], identities: dict[str, dict[str, Any]]) -> Conflict:
    """`Conflict(draw_impossible)` with `obstacles [{rule, text, targets [{id, name}]}]`."""
    told = worded(found, identities)
    return Conflict("draw_impossible", "；".join(sentence(one) for one in told) + "。", obstacles=told)


def worded(found: Sequence[Impossible], identities: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{rule, text, targets [{id, name}]}]`; one query for the names."""
    ids = {name: uuid.UUID(identities["targets"][name]) for one in found for name in one.targets}
    names = dict(Target.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    return [
        {
            "rule": one.rule,
            "text": RULES[one.rule] + (f"，至多可安排{one.room}个对象" if one.room is not None else ""),
            "targets": [{"id": str(ids[name]), "name": names[ids[name]]} for name in one.targets],
        }
        for one in found
    ]


def sentence(one: dict[str, Any]) -> str:
    """The rule and the first of the targets, without a full stop."""
    if not one["targets"]:
        return str(one["text"])
    names = "、".join(target["name"] for target in one["targets"][:NAMED])
    count = one.get("count", len(one["targets"]))
    more = f"等{count}个对象" if count > NAMED else ""
    return f"{one['text']}（{names}{more}）"
