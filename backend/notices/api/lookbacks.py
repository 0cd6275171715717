"""回头看: the monthly sample of closed problems, and what a look at each found."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.rules.randomness import ALGORITHM
from backend.notices.api.doors import StepView
from backend.notices.api.office import Overseers
from backend.notices.models import LookBack, LookBackItem
from backend.notices.models.lookback import LOOKS
from backend.notices.rules.lookbacks import LABELS, LEAST_PERCENT, MOST_PERCENT, OUTCOMES, USUAL_PERCENT
from backend.notices.selectors import lookbacks
from backend.notices.services import lookbacks as services


class LookBackIn(serializers.Serializer[Any]):
    percent = serializers.IntegerField(min_value=LEAST_PERCENT, max_value=MOST_PERCENT, default=USUAL_PERCENT)


class LookBackRowOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    month = serializers.CharField()
    percent = serializers.IntegerField()
    drawn_at = serializers.DateTimeField()
    drawn_by = serializers.CharField()
    pool = serializers.IntegerField(help_text="How many close-outs it was drawn from.")
    drawn = serializers.IntegerField()
    looked = serializers.IntegerField()
    reopened = serializers.IntegerField(help_text="未整改 and 反弹.")


class LookBackRecordOut(serializers.Serializer[Any]):
    algorithm = serializers.CharField()
    month = serializers.CharField()
    percent = serializers.IntegerField()
    closed_before = serializers.DateTimeField()
    pool = serializers.ListField(child=serializers.UUIDField(), help_text="In the order drawn from.")
    pool_hash = serializers.CharField()
    seed = serializers.CharField()
    drawn = serializers.ListField(child=serializers.UUIDField(), help_text="In the order drawn.")


class LookBackOut(LookBackRowOut):
    record = LookBackRecordOut(help_text="With which anybody can draw again (docs/drawing.md, section 7).")


class LookBackItemsQuery(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=LOOKS, required=False)
    look_back = serializers.UUIDField(required=False)


class LookBackItemOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    look_back = serializers.UUIDField()
    month = serializers.CharField()
    position = serializers.IntegerField()
    notice = serializers.UUIDField()
    item = serializers.UUIDField(help_text="The row of the notice.")
    number = serializers.CharField(help_text="Of the notice.")
    unit = serializers.CharField()
    text = serializers.CharField()
    close_number = serializers.CharField(allow_blank=True)
    state = serializers.CharField(help_text="Of the finding.")
    result = serializers.ChoiceField(choices=LOOKS)
    result_name = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    visit = serializers.UUIDField(allow_null=True)
    looked_by = serializers.CharField(allow_blank=True)
    looked_at = serializers.DateTimeField(allow_null=True)


class LookBackResultIn(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=[(str(key), one.label) for key, one in OUTCOMES.items()])
    reason = serializers.CharField(max_length=500, required=False, help_text="For everything but `held`.")
    visit = serializers.UUIDField(required=False, help_text="The review on the spot it rests on.")


class LookBacksView(APIView):
    """The samples, newest first; and drawing this month's before the product does."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="look_backs_list", parameters=PAGING, responses=paged(LookBackRowOut))
    def get(self, request: Request) -> Response:
        rows = lookbacks.scoped(actor_of(request))
        return Response(page_by_keys(rows, request.query_params, lookbacks.samples).answer(row))

    @extend_schema(operation_id="look_backs_draw", request=LookBackIn, responses={201: LookBackOut})
    def post(self, request: Request) -> Response:
        found = services.draw(actor=actor_of(request), **read(LookBackIn, request))
        return Response(whole(found), status=201)


class LookBackView(APIView):
    """One sample, with the record of its draw."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="look_backs_get", responses=LookBackOut)
    def get(self, request: Request, look_back_id: uuid.UUID) -> Response:
        return Response(whole(lookbacks.get(actor_of(request), look_back_id)))


class LookBackItemsView(APIView):
    """What was drawn, newest sample first."""

    permission_classes = (Overseers,)

    @extend_schema(
        operation_id="look_back_items_list", parameters=[*PAGING, LookBackItemsQuery], responses=paged(LookBackItemOut)
    )
    def get(self, request: Request) -> Response:
        rows = lookbacks.filtered(lookbacks.items(actor_of(request)), **read_query(LookBackItemsQuery, request))
        return Response(page_by_keys(rows, request.query_params, lookbacks.listed).answer(item))


class LookBackResultView(StepView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="look_back_items_result", request=LookBackResultIn, responses=LookBackItemOut)
    def post(self, request: Request, look_id: uuid.UUID) -> Response:
        data = read(LookBackResultIn, request)
        found = services.record(actor=actor_of(request), look_id=look_id, visit_id=data.pop("visit", None), **data)
        return Response(item(lookbacks.listed([found.pk])[0]))


def row(sample: LookBack) -> dict[str, Any]:
    looks = list(sample.items.all())
    return {
        "id": sample.pk,
        "month": sample.month,
        "percent": sample.percent,
        "drawn_at": sample.drawn_at,
        "drawn_by": sample.drawn_by_name,
        "pool": len(sample.pool),
        "drawn": len(looks),
        "looked": sum(look.result in OUTCOMES for look in looks),
        "reopened": sum(look.result in OUTCOMES and OUTCOMES[look.result].reopens for look in looks),
    }


def whole(sample: LookBack) -> dict[str, Any]:
    names = ("month", "percent", "closed_before", "pool", "pool_hash", "seed")
    looks = sorted(sample.items.all(), key=lambda look: look.position)
    record = {name: getattr(sample, name) for name in names} | {"algorithm": ALGORITHM}
    return row(sample) | {"record": record | {"drawn": [look.item_id for look in looks]}}


def item(look: LookBackItem) -> dict[str, Any]:
    names = ("id", "position", "reason", "looked_at", "result")
    told = {name: getattr(look, name) for name in names}
    noticed = look.item
    return told | {
        "look_back": look.look_back_id,
        "month": look.look_back.month,
        "notice": noticed.notice_id,
        "item": noticed.pk,
        "number": noticed.notice.number,
        "unit": noticed.notice.target.name,
        "text": noticed.text,
        "close_number": noticed.close_number,
        "state": noticed.finding.state,
        "result_name": LABELS[look.result],
        "visit": look.visit_id,
        "looked_by": look.looked_by_name,
    }
