"""How much of the county was visited in a month, what is missing, and where it leads."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core import clock
from backend.core.pages import page, page_of
from backend.core.requests import read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import coverage_serializers as s
from backend.inspections.api.permissions import Leaders, Overseers
from backend.inspections.selectors import burden, coverage, gaps, pace, progress


class CoverageView(APIView):
    """Coverage of a month, by track, team, district and type."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="coverage_get", parameters=[s.MonthQuery], responses=s.CoverageOut)
    def get(self, request: Request) -> Response:
        county = actor_of(request).county_id
        found = coverage.coverage(county, month_of(request))
        return Response(s.whole(found, coverage.district_names(county)))


class GapsView(APIView):
    """What is not validly visited yet, and why."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="coverage_gaps", parameters=[*PAGING, s.GapsQuery], responses=s.GAPS)
    def get(self, request: Request) -> Response:
        county, query = actor_of(request).county_id, read_query(s.GapsQuery, request)
        found = coverage.coverage(county, query.pop("month", None) or this_month())
        return Response(gaps.page_of_gaps(found, county, request.query_params, **query).answer(s.gap))


class ForecastView(APIView):
    """How many targets will be missed if work goes on as it did on the last ten working days."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="coverage_forecast", parameters=[s.MonthQuery], responses=s.OutlookOut)
    def get(self, request: Request) -> Response:
        county, month = actor_of(request).county_id, month_of(request)
        found = pace.outlook(coverage.coverage(county, month), county)
        told = {"month": month, "since": found.since, "until": found.until, "county": s.forecast(found.county)}
        return Response(told | {"teams": [s.team_forecast(team, one) for team, one in found.teams]})


class BurdenView(APIView):
    """How often each school, or institution, is entered in a month and its year, by kind; in the order of codes.

    Of institutions the administrative checks of the year are what 国办发〔2024〕54号 asks to be kept few.
    """

    permission_classes = (Overseers,)

    @extend_schema(operation_id="coverage_burden", parameters=[*PAGING, s.BurdenQuery], responses=paged(s.BurdenOut))
    def get(self, request: Request) -> Response:
        county, query = actor_of(request).county_id, read_query(s.BurdenQuery, request)
        found = page(burden.units(county, query["kind"]), request.query_params, by="code")
        known = burden.of_targets(county, [target.pk for target in found.rows], query.get("month") or this_month())
        return Response(found.answer(lambda target: s.burden(target, known[target.pk])))


class ProgressView(APIView):
    """Progress of the teams that the caller leads, in numbers; of all teams for the office and leadership."""

    permission_classes = (Leaders,)

    @extend_schema(operation_id="coverage_teams", parameters=[*PAGING, s.MonthQuery], responses=paged(s.ProgressOut))
    def get(self, request: Request) -> Response:
        rows = progress.of_teams(actor_of(request), month_of(request))
        return Response(page_of(rows, request.query_params, mark=lambda row: row.mark).answer(progress_row))


def progress_row(row: progress.Progress) -> dict[str, object]:
    return {**s.team_share(row.share), "forecast": s.forecast(row.forecast) if row.forecast else None}


def month_of(request: Request) -> str:
    return read_query(s.MonthQuery, request).get("month") or this_month()


def this_month() -> str:
    return f"{clock.today():%Y-%m}"
