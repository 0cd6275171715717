"""Figures of rectification for the office and leadership."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core import clock
from backend.core.errors import Invalid
from backend.core.requests import read_query
from backend.notices.api.office import Overseers
from backend.notices.selectors import progress

LONGEST = 400
"""Days of one span: a school year and some."""

USUAL = 180


class ProgressQuery(serializers.Serializer[Any]):
    since = serializers.DateField(required=False, help_text=f"First day of issue; default {USUAL} days ago.")
    until = serializers.DateField(required=False, help_text="Last day of issue; default today.")


class TallyOut(serializers.Serializer[Any]):
    issued = serializers.IntegerField()
    on_time = serializers.IntegerField(help_text="Reported by the deadline.")
    late = serializers.IntegerField(help_text="Reported after it, or past it and not reported.")
    waiting = serializers.IntegerField(help_text="Not reported, not late.")
    closed = serializers.IntegerField()
    reopened = serializers.IntegerField(help_text="Relapsed at least once.")
    median_days = serializers.FloatField(allow_null=True, help_text="From the issue to the close-out, natural days.")


class NamedTallyOut(TallyOut):
    name = serializers.CharField()


class RectificationProgressOut(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    total = TallyOut()
    teams = NamedTallyOut(many=True)
    districts = NamedTallyOut(many=True)
    categories = NamedTallyOut(many=True, help_text="By code of the checklist.")


class ProgressView(APIView):
    """What became of the findings issued in a span, by team, district and category; nothing is ranked."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="notices_progress", parameters=[ProgressQuery], responses=RectificationProgressOut)
    def get(self, request: Request) -> Response:
        wanted = read_query(ProgressQuery, request)
        until = wanted.get("until", clock.today())
        since = wanted.get("since", max(until, dt.date(2000, 1, 1)) - dt.timedelta(days=USUAL))
        if not dt.date(2000, 1, 1) <= since <= until < dt.date(2100, 1, 1) or (until - since).days > LONGEST:
            raise Invalid("bad_span", f"起止日期有误，一次最多统计 {LONGEST} 天。")
        return Response(progress.of_span(actor_of(request), since, until))
