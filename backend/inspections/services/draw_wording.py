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
    "no_crew_left": "抽到时所有日期的人员均已派满",
}

NAMED = 5
"""So many targets stand in the sentence; all of them in the list beside it."""


def impossible(found: Sequence[Impossible], identities: dict[str, dict[str, Any]]) -> Conflict:
    """`Conflict(draw_impossible)` with `obstacles [{rule, text, targets [{id, name}]}]`."""
    ids = {name: uuid.UUID(identities["targets"][name]) for one in found for name in one.targets}
    names = dict(Target.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    told = [
        {
            "rule": one.rule,
            "text": RULES[one.rule],
            "targets": [{"id": str(ids[name]), "name": names[ids[name]]} for name in one.targets],
        }
        for one in found
    ]
    return Conflict("draw_impossible", "；".join(_sentence(one) for one in told) + "。", obstacles=told)


def _sentence(one: dict[str, Any]) -> str:
    if not one["targets"]:
        return str(one["text"])
    names = "、".join(target["name"] for target in one["targets"][:NAMED])
    more = f"等{len(one['targets'])}个对象" if len(one["targets"]) > NAMED else ""
    return f"{one['text']}（{names}{more}）"
