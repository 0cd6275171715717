"""Settling a look at a closed problem (回头看): by its result, or because the problem was opened again anyway."""

import uuid
from collections.abc import Collection

from backend.core import clock
from backend.notices.models import LookBackItem
from backend.notices.rules.lookbacks import Look
from backend.notices.selectors import lookbacks
from backend.notices.services.steps import Step


def settle(step: Step, look: LookBackItem, result: str, reason: str) -> None:
    """Write down what was found, by whom and when."""
    look.result, look.reason, look.looked_at = result, reason[:500], clock.now()
    look.looked_by, look.looked_by_name = step.actor.user_id, step.actor.name[:80]
    look.save()
    step.change.log("look_back.looked", look, result=str(result), notice=str(step.notice.pk), reason=reason)


def settle_relapsed(step: Step, item_ids: Collection[uuid.UUID], reason: str) -> None:
    """These are open again: nobody looks at what was drawn of them any more."""
    for look in lookbacks.waiting(item_ids).select_for_update():
        settle(step, look, Look.RELAPSED, reason)
