"""Bodies of the endpoints about coverage, gaps, pace and burden."""

import uuid
from typing import Any

from rest_framework import serializers

from backend.core.schema import paged
from backend.inspections.api.assignment_serializers import PLAN_MONTH
from backend.inspections.api.draw_serializers import DRAWN_KINDS
from backend.inspections.api.fields import NamedOut, named
from backend.inspections.models import VisitKind
from backend.inspections.rules.planning import Forecast
from backend.inspections.selectors.burden import Burden
from backend.inspections.selectors.coverage import Coverage, Share, TeamShare
from backend.inspections.selectors.gaps import FailedRule, Gap, GapReason
from backend.registry.models import Target, TargetKind, Team, Track


class MonthQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False, help_text="YYYY-MM, default the present month.")


class BurdenQuery(MonthQuery):
    kind = serializers.ChoiceField(choices=DRAWN_KINDS, default=TargetKind.SCHOOL, help_text="Which units to list.")


class GapFilters(serializers.Serializer[Any]):
    team = serializers.UUIDField(required=False)
    track = serializers.ChoiceField(choices=Track.choices, required=False)
    reason = serializers.ChoiceField(choices=[each.value for each in GapReason], required=False)


class GapsQuery(GapFilters):
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


class DistrictShareOut(TrackShareOut):
    district = NamedOut(allow_null=True)


class TypeShareOut(TrackShareOut):
    type = serializers.CharField(help_text="Stage of schools, class of institutions.")


class CoverageOut(serializers.Serializer[Any]):
    month = serializers.CharField()
    plan = serializers.UUIDField(allow_null=True, help_text="Whose approved scope it is; null: everything active.")
    units = ShareOut(help_text="Distinct units, covered on any track: the rate that bulletins print.")
    tracks = TrackShareOut(many=True)
    teams = TeamShareOut(many=True)
    districts = DistrictShareOut(many=True)
    types = TypeShareOut(many=True)
    both = ShareOut(help_text="Schools that both tracks are to visit, and did.")
    unassigned = serializers.IntegerField(help_text="Lines in scope that no team is in charge of.")


class GapOut(serializers.Serializer[Any]):
    target = NamedOut()
    code = serializers.CharField()
    track = serializers.ChoiceField(choices=Track.choices)
    team = serializers.UUIDField(allow_null=True)
    reason = serializers.ChoiceField(choices=[each.value for each in GapReason])
    scheduled_on = serializers.DateField(allow_null=True)
    rule = serializers.ChoiceField(
        choices=[each.value for each in FailedRule], allow_null=True, help_text="Which rule of a valid visit it breaks."
    )
    text = serializers.CharField()


GAPS = paged(GapOut)


class ForecastOut(serializers.Serializer[Any]):
    open = serializers.IntegerField(help_text="Not covered yet.")
    days_left = serializers.IntegerField(help_text="Working days of the month after today.")
    pace = serializers.FloatField(help_text="Covered a working day, over the last ten; today is one of them.")
    missed = serializers.IntegerField(help_text="open - floor(days_left x pace), never below 0.")


class TeamForecastOut(ForecastOut):
    id = serializers.UUIDField()
    name = serializers.CharField()
    track = serializers.ChoiceField(choices=Track.choices)


class OutlookOut(serializers.Serializer[Any]):
    month = serializers.CharField()
    since = serializers.DateField(help_text="The first of the days of the pace.")
    until = serializers.DateField()
    county = ForecastOut()
    teams = TeamForecastOut(many=True)


class ProgressOut(TeamShareOut):
    forecast = ForecastOut(allow_null=True, help_text="Null where the team has nothing in scope.")


class BurdenOut(serializers.Serializer[Any]):
    target = NamedOut()
    code = serializers.CharField()
    month = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"By kind: {', '.join(VisitKind.values)}."
    )
    year = serializers.DictField(child=serializers.IntegerField())
    counted = serializers.IntegerField(help_text="Of the month, besides tip checks and reviews.")
    limit = serializers.IntegerField()
    over = serializers.BooleanField()


def whole(found: Coverage, districts: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "month": found.month,
        "plan": found.plan.pk if found.plan else None,
        "units": share(found.units),
        "tracks": [{"track": track, **share(one)} for track, one in found.tracks.items()],
        "teams": [team_share(one) for one in found.teams],
        "districts": [
            {"district": _district(pk, districts), "track": track, **share(one)}
            for (pk, track), one in found.by(lambda cell: str(cell.target.district_id or "")).items()
        ],
        "types": [
            {"type": type_, "track": track, **share(one)}
            for (type_, track), one in found.by(lambda cell: cell.target.type_code).items()
        ],
        "both": share(found.both),
        "unassigned": sum(cell.team is None for cell in found.cells),
    }


def _district(pk: str, names: dict[uuid.UUID, str]) -> dict[str, str] | None:
    return named(pk, names.get(uuid.UUID(pk))) if pk else None


def team_share(one: TeamShare) -> dict[str, Any]:
    return {"id": one.team.pk, "name": one.team.name, "track": one.team.track, **share(one.share)}


def share(one: Share) -> dict[str, Any]:
    percent = None if one.percent is None else round(one.percent, 1)
    return {"scope": len(one.scope), "covered": len(one.covered), "percent": percent}


def gap(found: Gap) -> dict[str, Any]:
    target = found.cell.target
    return {
        "target": named(target.pk, target.name),
        "code": target.code,
        "track": found.cell.track,
        "team": found.cell.team,
        "reason": found.reason.value,
        "scheduled_on": found.scheduled_on,
        "rule": found.rule.value if found.rule else None,
        "text": found.text,
    }


def forecast(found: Forecast) -> dict[str, Any]:
    return found._asdict()


def team_forecast(team: Team, found: Forecast) -> dict[str, Any]:
    return {"id": team.pk, "name": team.name, "track": team.track, **forecast(found)}


def burden(target: Target, found: Burden) -> dict[str, Any]:
    return {
        "target": named(target.pk, target.name),
        "code": target.code,
        "month": {kind: number for kind, number in sorted(found.month.items()) if number},
        "year": dict(sorted(found.year.items())),
        "counted": found.counted,
        "limit": found.limit,
        "over": found.is_over and target.kind == TargetKind.SCHOOL,
    }
