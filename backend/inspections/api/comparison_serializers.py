"""Bodies of the comparisons of tracks and teams."""

from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.inspections.api.assignment_serializers import PLAN_MONTH
from backend.inspections.api.fields import AnswerValueField
from backend.inspections.rules.comparison import METHOD, Agreement, Pair, Said, Unjudged, agreement
from backend.inspections.rules.consistency import METHOD as TEAMS_METHOD
from backend.inspections.rules.consistency import Share
from backend.inspections.rules.verdicts import Verdict
from backend.inspections.selectors.comparisons import Comparison, Round, Rounds
from backend.inspections.selectors.consistency import SEVERITIES, Gathered
from backend.registry.models import Target, Team

MOST_MONTHS = 12


class MonthQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False, help_text="YYYY-MM, default the present month.")


class SpanQuery(serializers.Serializer[Any]):
    first = serializers.RegexField(PLAN_MONTH, required=False, help_text="YYYY-MM, default the present month.")
    last = serializers.RegexField(
        PLAN_MONTH, required=False, help_text="YYYY-MM, default as `first`; at most 12 months."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first = attrs.get("first") or f"{clock.today():%Y-%m}"
        last = attrs.get("last") or first
        if not 0 <= _number(last) - _number(first) < MOST_MONTHS:
            raise serializers.ValidationError({"last": f"截止月份不得早于起始月份，且最多{MOST_MONTHS}个月。"})
        return {"first": first, "last": last}


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


class TrackVisitOut(serializers.Serializer[Any]):
    visit = serializers.UUIDField()
    team = serializers.CharField(allow_blank=True)
    submitted_at = serializers.DateTimeField()


class ComparedTargetOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()


class AgreementOut(serializers.Serializer[Any]):
    judged = serializers.IntegerField(help_text="Items judged on both sides.")
    agreeing = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Percent; null below ten judged items.")


class TrackComparisonRow(AgreementOut):
    target = ComparedTargetOut()
    department = TrackVisitOut()
    station = TrackVisitOut()


class SaidOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    value = AnswerValueField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    verdict = serializers.ChoiceField(choices=[str(one.value) for one in Verdict], allow_null=True)


class PairOut(serializers.Serializer[Any]):
    template = serializers.CharField()
    item = serializers.CharField()
    section = serializers.CharField()
    text = serializers.CharField()
    agree = serializers.BooleanField(allow_null=True)
    unjudged = serializers.ChoiceField(choices=[str(one.value) for one in Unjudged], allow_null=True)
    department = SaidOut(many=True)
    station = SaidOut(many=True)


class TrackComparisonOut(serializers.Serializer[Any]):
    month = serializers.CharField()
    method = serializers.CharField(help_text="How agreement is judged, in Chinese.")
    target = ComparedTargetOut()
    comparison = TrackComparisonRow(allow_null=True, help_text="Null: not both submitted, or not yet for this reader.")
    items = PairOut(many=True)


class ShareOut(serializers.Serializer[Any]):
    visits = serializers.IntegerField(help_text="n of the team.")
    found = serializers.IntegerField(help_text="Of these, visits with a finding.")
    other_visits = serializers.IntegerField(help_text="n of the other teams at targets of the same type.")
    other_found = serializers.IntegerField()
    small = serializers.BooleanField(help_text="Fewer than ten visits on either side: no shares.")
    share = serializers.FloatField(allow_null=True, help_text="Percent.")
    reference = serializers.FloatField(allow_null=True, help_text="Percent, of the other teams.")
    difference = serializers.FloatField(allow_null=True, help_text="Percentage points.")


class SeverityShareOut(ShareOut):
    severity = serializers.CharField(help_text="minor, moderate, serious or veto.")


class TypeSharesOut(serializers.Serializer[Any]):
    type = serializers.CharField()
    visits = serializers.IntegerField()
    severities = SeverityShareOut(many=True)


class ComparedTeamOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    track = serializers.CharField(help_text="department or station.")


class TeamSharesOut(serializers.Serializer[Any]):
    team = ComparedTeamOut()
    types = TypeSharesOut(many=True)


class TeamsSharesOut(serializers.Serializer[Any]):
    """In the order of the teams' codes; nobody is ranked."""

    first = serializers.CharField()
    last = serializers.CharField()
    method = serializers.CharField(help_text="How the figures come about, in Chinese.")
    teams = TeamSharesOut(many=True)


class ItemShareOut(ShareOut):
    type = serializers.CharField()
    template = serializers.CharField()
    item = serializers.CharField()
    text = serializers.CharField()


class TeamItemSharesOut(serializers.Serializer[Any]):
    first = serializers.CharField()
    last = serializers.CharField()
    method = serializers.CharField()
    team = ComparedTeamOut()
    types = TypeSharesOut(many=True)
    items = ItemShareOut(many=True)


def target(row: Target) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "type": row.type_code}


def _visit(row: Round) -> dict[str, Any]:
    return {"visit": row.visit, "team": row.team or "", "submitted_at": row.submitted_at}


def comparison(rounds: Rounds, total: Agreement) -> dict[str, Any]:
    return {
        "target": target(rounds.target),
        "department": _visit(rounds.department),
        "station": _visit(rounds.station),
        "judged": total.judged,
        "agreeing": total.agreeing,
        "share": percent(total.share),
    }


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def pair(one: Pair) -> dict[str, Any]:
    return {
        "template": one.template,
        "item": one.item.code,
        "section": one.item.section,
        "text": one.item.text,
        "agree": one.agree,
        "unjudged": one.unjudged.value if one.unjudged else None,
        "department": [_said(each) for each in one.first],
        "station": [_said(each) for each in one.second],
    }


def _said(one: Said) -> dict[str, Any]:
    return {"key": one.key, "value": one.value, "note": one.note, "verdict": one.verdict.value if one.verdict else None}


def tracks(month: str, row: Target, found: Comparison | None) -> dict[str, Any]:
    return {
        "month": month,
        "method": METHOD,
        "target": target(row),
        "comparison": comparison(found.rounds, agreement(found.pairs)) if found else None,
        "items": [pair(one) for one in found.pairs] if found else [],
    }


def share(one: Share) -> dict[str, Any]:
    difference = one.difference
    return {
        **one._asdict(),
        "small": one.is_small,
        "share": percent(one.share),
        "reference": percent(one.reference),
        "difference": None if difference is None else round(difference, 1),
    }


def team(row: Team) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": row.name, "track": row.track}


def types(found: Gathered, row: Team) -> list[dict[str, Any]]:
    own = str(row.pk)
    return [
        {
            "type": kind,
            "visits": found.figures.share(own, kind, SEVERITIES[0]).visits,
            "severities": [{"severity": level, **share(found.figures.share(own, kind, level))} for level in SEVERITIES],
        }
        for kind in found.figures.types(own)
    ]


def items(found: Gathered, row: Team) -> Iterator[dict[str, Any]]:
    for kind, code in found.figures.cells(str(row.pk)):
        template, item = found.items[code]
        shares = share(found.figures.share(str(row.pk), kind, code))
        yield {"type": kind, "template": template, "item": code, "text": item.text, **shares}


def teams(span: dict[str, str], found: Gathered) -> dict[str, Any]:
    rows = [{"team": team(row), "types": types(found, row)} for row in found.teams]
    return {**span, "method": TEAMS_METHOD, "teams": rows}


def one_team(span: dict[str, str], found: Gathered, row: Team) -> dict[str, Any]:
    head = {**span, "method": TEAMS_METHOD, "team": team(row)}
    return {**head, "types": types(found, row), "items": list(items(found, row))}
