"""Bodies of the endpoints of evidence."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from backend.core.fields import DayField
from backend.inspections.api import visit_serializers as s
from backend.inspections.api.fields import DocumentField, LocationIn, NamedOut, named
from backend.inspections.models import Evidence, EvidenceKindName, EvidenceState, FlagKind
from backend.inspections.selectors import flags as flag_rows
from backend.inspections.selectors.custody import Link
from backend.inspections.selectors.likeness import Same
from backend.inspections.selectors.likeness import Shown as Lookalikes

FLAG_KINDS = [*FlagKind.choices, (flag_rows.FOR_OFFICE, flag_rows.LABEL)]
Flags = Mapping[uuid.UUID, Sequence[flag_rows.Shown]]


class EvidenceQuery(serializers.Serializer[Any]):
    visit = serializers.UUIDField(required=False)
    target = serializers.UUIDField(required=False)
    finding = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=EvidenceState.choices, required=False)
    kind = serializers.ChoiceField(choices=EvidenceKindName.choices, required=False)
    flag = serializers.ChoiceField(choices=FLAG_KINDS, required=False, help_text="Of evidence that the caller reviews.")
    since = DayField(required=False, help_text="The first day (in China) on which the fact came.")
    until = DayField(required=False, help_text="The last one.")


class FlagOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=FLAG_KINDS)
    text = serializers.CharField()
    detail = DocumentField(help_text="Seconds, metres, bits, or names, by kind.")
    raised_at = serializers.DateTimeField(allow_null=True)
    other = serializers.UUIDField(allow_null=True, help_text="The evidence it was compared with.")


class EvidenceRow(s.VisitEvidenceOut):
    target = NamedOut()
    flags = FlagOut(many=True, allow_null=True, help_text="Null for those who do not review the visit.")


class WholeEvidenceOut(EvidenceRow):
    """All facts; `declared`, `found` and `assessed_at` only for reviewers."""

    visit_state = serializers.CharField()
    team = NamedOut(allow_null=True)
    author = NamedOut(allow_null=True)
    item = serializers.CharField(allow_null=True, help_text="Of the finding.")
    location = LocationIn(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    assessed_at = serializers.DateTimeField(allow_null=True)
    declared = DocumentField(allow_null=True, help_text="How the fact came: device, its time and error, camera, mock.")
    found = DocumentField(allow_null=True, help_text="What the file says (EXIF), and distances in metres.")


class LinkOut(serializers.Serializer[Any]):
    what = serializers.CharField()
    at = serializers.DateTimeField(help_text="By the server's clock.")
    by = NamedOut(allow_null=True, help_text="Null for the product itself.")
    device = serializers.CharField(allow_null=True)
    device_at = serializers.DateTimeField(allow_null=True, help_text="By the device's clock.")
    skew_ms = serializers.IntegerField(allow_null=True, help_text="How far the device's clock was ahead.")
    detail = DocumentField()


class CustodyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    links = LinkOut(many=True)


class LookalikeOut(serializers.Serializer[Any]):
    evidence = EvidenceRow()
    same_bytes = serializers.BooleanField()
    same_visit = serializers.BooleanField()
    distance = serializers.IntegerField(help_text="How many of 64 bits of the perceptual hashes differ.")


class LookalikesOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    items = LookalikeOut(many=True)
    for_office = serializers.BooleanField(help_text="There is more, hidden from the caller: the office has to look.")


def row(found: Evidence, flags: Flags) -> dict[str, Any]:
    """Wants `visit__target`."""
    target, shown = found.visit.target, flags.get(found.pk)
    listed = [flag(one) for one in shown] if shown is not None else None
    return s.evidence(found) | {"target": named(target.pk, target.name), "flags": listed}


def flag(one: flag_rows.Shown) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("kind", "text", "detail", "raised_at", "other")}


def whole(found: Evidence, flags: Flags, author: str) -> dict[str, Any]:
    """Wants `finding` and `visit__assignment__team` besides."""
    reviewed, team = found.pk in flags, found.visit.assignment.team
    return row(found, flags) | {
        "visit_state": found.visit.state,
        "team": named(team.pk, team.name) if team else None,
        "author": named(found.author_id, author),
        "item": found.finding.item_code if found.finding else None,
        "location": found.location(),
        "verified_at": found.verified_at,
        "assessed_at": found.assessed_at if reviewed else None,
        "declared": found.declared if reviewed else None,
        "found": found.facts if reviewed else None,
    }


def custody(found: Evidence, links: Sequence[Link]) -> dict[str, Any]:
    return {"id": found.pk, "sha256": found.sha256, "links": [_link(one) for one in links]}


def _link(one: Link) -> dict[str, Any]:
    names = ("what", "at", "device", "device_at", "skew_ms", "detail")
    return {name: getattr(one, name) for name in names} | {"by": named(one.by, one.name)}


def lookalikes(found: Evidence, shown: Lookalikes, flags: Flags) -> dict[str, Any]:
    items = [_lookalike(found, same, flags) for same in shown.found]
    return {"id": found.pk, "items": items, "for_office": shown.hidden}


def _lookalike(found: Evidence, same: Same, flags: Flags) -> dict[str, Any]:
    return {
        "evidence": row(same.evidence, flags),
        "same_bytes": same.distance is None,
        "same_visit": same.evidence.visit_id == found.visit_id,
        "distance": same.distance or 0,
    }
