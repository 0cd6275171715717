"""What a submission is the hash of."""

from typing import Any

from backend.core import codec
from backend.inspections.models import Evidence, Finding, FindingState, Visit


def content_of(visit: Visit) -> dict[str, Any]:
    """The content of a visit that its submission signs (protocol, Operations: visit.submit).

    The hash is the SHA-256 (lower-case hex) of its RFC 8785 canonical JSON. Only fields that a phone knows by itself
    are in it, so that a phone that was offline all day can compute it:

    | field     | content                                                                                       |
    |-----------|-----------------------------------------------------------------------------------------------|
    | visit     | id of the visit                                                                               |
    | round     | 1 at first, one more after each return                                                        |
    | templates | `[[code, version], …]` as in the visit document, sorted                                       |
    | answers   | `{key: {value, note}}`, the present values; `note` is "" where there is none                  |
    | findings  | not withdrawn, sorted by id: `{id, item, answer_key, text, severity, severity_reason,`        |
    |           | `responsibility, self_found_fixed, on_spot}`; `severity` is the inspector's choice or null,   |
    |           | `on_spot` null or `{before, after}` with sorted evidence ids                                  |
    | evidence  | sorted by id: `{id, sha256, size, kind, answer_key, finding}`; `finding` an id or null        |

    Ids are lower-case UUIDs with hyphens. A finding or evidence that a reviewer put beside a submitted round is no part
    of that round; a later round, which its crew signs anew, holds it like any other.
    """
    return {
        "visit": str(visit.pk),
        "round": visit.round,
        "templates": sorted([str(code), int(version)] for code, version in visit.templates),
        "answers": {row.key: {"value": row.value, "note": row.note} for row in visit.answers.all()},
        "findings": sorted((_finding(row) for row in _standing(visit)), key=lambda one: str(one["id"])),
        "evidence": sorted((_evidence(row) for row in _at_hand(visit)), key=lambda one: str(one["id"])),
    }


def content_hash(visit: Visit) -> str:
    """The hash a submission of the visit, as it is now, has to carry."""
    return codec.content_hash(content_of(visit))


def _standing(visit: Visit) -> list[Finding]:
    rows = visit.findings.all()
    return [row for row in rows if row.state != FindingState.WITHDRAWN and row.addendum != visit.round]


def _at_hand(visit: Visit) -> list[Evidence]:
    return [row for row in visit.evidence.all() if row.addendum != visit.round]


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "item": row.item_code,
        "answer_key": row.answer_key,
        "text": row.text,
        "severity": row.chosen_severity or None,
        "severity_reason": row.severity_reason,
        "responsibility": row.responsibility,
        "self_found_fixed": row.self_found_fixed,
        "on_spot": _on_spot(row),
    }


def _on_spot(row: Finding) -> dict[str, Any] | None:
    if row.on_spot is None:
        return None
    return {"before": sorted(row.on_spot["before"]), "after": sorted(row.on_spot["after"])}


def _evidence(row: Evidence) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "sha256": row.sha256,
        "size": row.size,
        "kind": row.kind,
        "answer_key": row.answer_key,
        "finding": str(row.finding_id) if row.finding_id else None,
    }
