"""What a submission is the hash of."""

from collections.abc import Iterable
from typing import Any, TypeVar

from backend.core import codec
from backend.inspections.models import Answer, Evidence, Finding, FindingState, Visit
from backend.inspections.models.answer import Register

P = TypeVar("P", Finding, Evidence)


def content_from(
    visit: Visit, answers: Iterable[Answer | Register], findings: Iterable[Finding], evidence: Iterable[Evidence]
) -> dict[str, Any]:
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
        "answers": {row.key: {"value": row.value, "note": row.note} for row in answers},
        "findings": _by_id(_finding(row) for row in _signed(visit, standing(findings))),
        "evidence": _by_id(_evidence(row) for row in _signed(visit, evidence)),
    }


def content_hash(visit: Visit) -> str:
    """The hash a submission of the visit, as it is now, has to carry."""
    return codec.content_hash(content_of(visit))


def content_of(visit: Visit) -> dict[str, Any]:
    """`content_from` what is stored of the visit."""
    return content_from(visit, visit.answers.all(), visit.findings.all(), visit.evidence.all())


def _by_id(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(parts, key=lambda one: str(one["id"]))


def _signed(visit: Visit, parts: Iterable[P]) -> list[P]:
    """Without what a reviewer put beside the present round."""
    return [row for row in parts if row.addendum != visit.round]


def standing(findings: Iterable[Finding]) -> list[Finding]:
    """Those that were not taken back, in the order of their numbers."""
    return sorted((row for row in findings if row.state != FindingState.WITHDRAWN), key=lambda row: row.number)


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
