"""How much of the county was visited in a month."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import WithRole, actor_of
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.requests import read_query
from backend.inspections.api.assignment_serializers import PLAN_MONTH
from backend.inspections.selectors.coverage import Coverage, Share, coverage
from backend.registry.models import Track


class Overseers(WithRole):
    """Those who may see the whole county's progress."""

    roles = frozenset({Role.OFFICE, Role.LEADERSHIP})


class CoverageQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False, help_text="YYYY-MM, default the present month.")


class ShareOut(serializers.Serializer[Any]):
    scope = serializers.IntegerField(help_text="Targets in scope.")
    covered = serializers.IntegerField(help_text="Of these, validly visited.")
    percent = serializers.FloatField(allow_null=True)


class TrackShareOut(ShareOut):
    track = serializers.ChoiceField(choices=Track.choices)


class TeamShareOut(TrackShareOut):
    id = serializers.UUIDField()
    name = serializers.CharField()


class CoverageOut(serializers.Serializer[Any]):
    month = serializers.CharField()
    tracks = TrackShareOut(many=True)
    teams = TeamShareOut(many=True)
    both = ShareOut(help_text="Schools that both tracks are to visit, and did.")


class CoverageView(APIView):
    """Coverage of a month, by track and team."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="coverage_get", parameters=[CoverageQuery], responses=CoverageOut)
    def get(self, request: Request) -> Response:
        month = read_query(CoverageQuery, request).get("month") or f"{clock.today():%Y-%m}"
        return Response(_whole(coverage(actor_of(request).county_id, month)))


def _whole(found: Coverage) -> dict[str, Any]:
    return {
        "month": found.month,
        "tracks": [{"track": track, **_share(share)} for track, share in found.tracks.items()],
        "teams": [
            {"id": one.team.pk, "name": one.team.name, "track": one.team.track, **_share(one.share)}
            for one in found.teams
        ],
        "both": _share(found.both),
    }


def _share(share: Share) -> dict[str, Any]:
    percent = None if share.percent is None else round(share.percent, 1)
    return {"scope": len(share.scope), "covered": len(share.covered), "percent": percent}
