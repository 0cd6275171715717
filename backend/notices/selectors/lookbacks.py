"""Samples of closed problems that are looked at again."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.inspections.models import FindingState, Visit, VisitKind, VisitState
from backend.notices.models import LookBack, LookBackItem, NoticeFinding
from backend.notices.rules.lifecycle import State
from backend.notices.rules.lookbacks import Look

OVERSEERS = (Role.OFFICE, Role.LEADERSHIP)


def scoped(actor: Actor) -> QuerySet[LookBack]:
    """The county's samples; nothing for those who do not oversee it: a unit must not know that it is looked at."""
    rows = LookBack.objects.filter(county_id=actor.county_id)
    return rows if actor.has(*OVERSEERS) else rows.none()


def items(actor: Actor) -> QuerySet[LookBackItem]:
    """The problems drawn, of every sample."""
    rows = LookBackItem.objects.filter(county_id=actor.county_id)
    return rows if actor.has(*OVERSEERS) else rows.none()


def get(actor: Actor, look_back_id: uuid.UUID) -> LookBack:
    """One sample with its items. Raises `NotFound`."""
    found = scoped(actor).filter(pk=look_back_id).first()
    if found is None:
        raise NotFound("look_back", look_back_id)
    return found


def item(actor: Actor, look_id: uuid.UUID) -> LookBackItem:
    """One problem that was drawn, with notice, unit and finding. Raises `NotFound`."""
    found = items(actor).select_related("item__notice__target", "item__finding", "look_back").filter(pk=look_id).first()
    if found is None:
        raise NotFound("look_back_item", look_id)
    return found


def reviews(look: LookBackItem) -> QuerySet[Visit]:
    """The reviews on the spot that a result may rest on: submitted ones at the unit, newest first."""
    notice = look.item.notice
    rows = Visit.objects.filter(county_id=notice.county_id, target=notice.target_id, kind=VisitKind.REVIEW_VISIT)
    return rows.filter(state__in=(VisitState.SUBMITTED, VisitState.APPROVED)).order_by("-started_at", "pk")


def filtered(
    rows: QuerySet[LookBackItem], *, result: str = "", look_back: uuid.UUID | None = None
) -> QuerySet[LookBackItem]:
    if result:
        rows = rows.filter(result=result)
    return rows.filter(look_back=look_back) if look_back else rows


def listed(ids: Sequence[uuid.UUID]) -> list[LookBackItem]:
    """Those of `ids`, in their order, with what a list shows of notice, unit and finding."""
    return in_order(LookBackItem.objects.select_related("item__notice__target", "item__finding", "look_back"), ids)


def samples(ids: Sequence[uuid.UUID]) -> list[LookBack]:
    """Those of `ids`, in their order, with their items."""
    return in_order(LookBack.objects.prefetch_related("items"), ids)


def pool(county_id: int, closed_before: dt.datetime) -> list[str]:
    """The ids of the rows whose notice was closed before the instant and after the pool of the last sample, in order.

    A notice that was closed anew after a relapse is in a pool again.
    """
    last = LookBack.objects.filter(county_id=county_id).order_by("-pk").values_list("closed_before", flat=True).first()
    rows = NoticeFinding.objects.filter(
        county_id=county_id,
        finding__state=FindingState.CLOSED,
        notice__state=State.CLOSED,
        notice__closed_at__lt=closed_before,
    )
    if last is not None:
        rows = rows.filter(notice__closed_at__gte=last)
    return sorted(str(pk) for pk in rows.values_list("pk", flat=True))


def waiting(item_ids: Collection[uuid.UUID]) -> QuerySet[LookBackItem]:
    """The looks at these rows of notices that nobody has taken yet."""
    return LookBackItem.objects.filter(item__in=item_ids, result=Look.WAITING)
