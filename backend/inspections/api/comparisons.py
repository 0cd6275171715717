"""Comparisons for those who oversee the whole: the two tracks at one target, and the teams among each other."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core import clock, sheets
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.garbage import untie_rows
from backend.core.pages import Page, page
from backend.core.requests import read_query
from backend.core.schema import PAGING, paged
from backend.core.streaming import streamed
from backend.inspections.api import comparison_serializers as s
from backend.inspections.api.permissions import Overseers
from backend.inspections.rules.comparison import Said
from backend.inspections.rules.consistency import METHOD
from backend.inspections.rules.wording import TARGETS
from backend.inspections.selectors import comparisons, consistency

CHUNK = 50
"""Targets whose answers are in memory at once."""

CSV = {(200, "text/csv"): OpenApiTypes.BINARY}
Cells = tuple[sheets.Cell, ...]
TRACK_HEADINGS = ("单位", "类型", "清单", "条目", "内容", "科室应答", "督导站应答", "判断")
TEAM_HEADINGS = (
    *("组号", "督查组", "对象类型", "清单", "条目或级别", "到访数", "有问题", "占比%"),
    *("其他组到访数", "其他组有问题", "参照%", "差值（百分点）", "样本"),
)
AGREE = {True: "一致", False: "不一致", None: "不判"}
SEVERITY = {"minor": "一般", "moderate": "较重", "serious": "严重", "veto": "一票否决"}


class TrackComparisonsView(APIView):
    """Targets that both tracks have submitted a visit of in a month, with how far they agree."""

    permission_classes = (Overseers,)

    @extend_schema(
        operation_id="comparisons_tracks",
        parameters=[*PAGING, s.MonthQuery],
        responses=paged(s.TrackComparisonRow),
    )
    def get(self, request: Request) -> Response:
        actor, month = actor_of(request), _month(request)
        rows = page(comparisons.comparable(actor, month), request.query_params, by="id")
        found = comparisons.rounds_of(actor.county_id, month, rows.rows)
        totals = comparisons.agreements(actor.county_id, found)
        told = Page(list(zip(found, totals, strict=True)), rows.next).answer(lambda one: s.comparison(*one))
        untie_rows(rows.rows)
        return Response(told)


class TrackComparisonView(APIView):
    """One target: both tracks' answers side by side."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="comparisons_track", parameters=[s.MonthQuery], responses=s.TrackComparisonOut)
    def get(self, request: Request, target_id: uuid.UUID) -> Response:
        month = _month(request)
        return Response(s.tracks(month, *comparisons.one(actor_of(request), month, target_id)))


class TrackComparisonsFileView(APIView):
    """The same of all targets as a table, a line per item."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="comparisons_tracks_csv", parameters=[s.MonthQuery], responses=CSV)
    def get(self, request: Request) -> HttpResponseBase:
        actor, month = actor_of(request), _month(request)

        def make() -> Iterator[bytes]:
            return sheets.csv_pieces(TRACK_HEADINGS, _lines(actor, month))

        return streamed(request._request, make, filetype=sheets.CSV_TYPE, name=f"tracks-{month}.csv")


def _lines(actor: Actor, month: str) -> Iterator[Cells]:
    targets = list(comparisons.comparable(actor, month).order_by("pk"))
    for start in range(0, len(targets), CHUNK):
        rounds = comparisons.rounds_of(actor.county_id, month, targets[start : start + CHUNK])
        for found in comparisons.compared(actor.county_id, rounds):
            target = found.rounds.target
            for pair in found.pairs:
                what = (target.name, target.type_code, pair.template, pair.item.code, pair.item.text)
                yield (*what, _said(pair.first), _said(pair.second), AGREE[pair.agree])


def _said(side: tuple[Said, ...]) -> str:
    return "\n".join(f"{one.key} {_value(one.value)}{f'（{one.note}）' if one.note else ''}" for one in side)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class TeamComparisonsView(APIView):
    """What share of each team's visits had findings, by type of target and severity, beside the other teams'."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="comparisons_teams", parameters=[s.SpanQuery], responses=s.TeamsSharesOut)
    def get(self, request: Request) -> Response:
        span = read_query(s.SpanQuery, request)
        return Response(s.teams(span, consistency.gather(actor_of(request).county_id, **span)))


class TeamComparisonView(APIView):
    """One team, item by item."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="comparisons_team", parameters=[s.SpanQuery], responses=s.TeamItemSharesOut)
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        span = read_query(s.SpanQuery, request)
        found = consistency.gather(actor_of(request).county_id, **span)
        team = next((row for row in found.teams if row.pk == team_id), None)
        if team is None:
            raise NotFound("team", team_id)
        return Response(s.one_team(span, found, team))


class TeamComparisonsFileView(APIView):
    """All teams as a table, a line per type of target and item; the last line says how the figures come about."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="comparisons_teams_csv", parameters=[s.SpanQuery], responses=CSV)
    def get(self, request: Request) -> HttpResponseBase:
        actor, span = actor_of(request), read_query(s.SpanQuery, request)

        def make() -> Iterator[bytes]:
            found = consistency.gather(actor.county_id, **span)
            return sheets.csv_pieces(TEAM_HEADINGS, [*_team_lines(found), (METHOD,)])

        name = f"teams-{span['first']}-{span['last']}.csv"
        return streamed(request._request, make, filetype=sheets.CSV_TYPE, name=name)


def _team_lines(found: consistency.Gathered) -> Iterator[Cells]:
    for row in found.teams:
        for kind in s.types(found, row):
            for level in kind["severities"]:
                yield _team_line(row.code, row.name, kind["type"], "", SEVERITY[level["severity"]], level)
        for item in s.items(found, row):
            yield _team_line(row.code, row.name, item["type"], item["template"], item["item"], item)


def _team_line(code: str, name: str, kind: str, template: str, what: str, one: dict[str, Any]) -> Cells:
    figures = (
        one[key] for key in ("visits", "found", "share", "other_visits", "other_found", "reference", "difference")
    )
    words = {str(target): word for target, word in TARGETS.items()}
    return (code, name, words[kind], template, what, *figures, "样本过少" if one["small"] else "")


def _month(request: Request) -> str:
    return str(read_query(s.MonthQuery, request).get("month") or f"{clock.today():%Y-%m}")
