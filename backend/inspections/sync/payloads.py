"""From the payloads of operations to what services take."""

import uuid

from backend.core.errors import Invalid
from backend.inspections import commands as c
from backend.inspections.services import evidence, findings
from backend.inspections.services.visits import Place


def object_id(text: str) -> uuid.UUID:
    """The id that an operation names. Raises `Invalid`."""
    try:
        return uuid.UUID(text)
    except ValueError as fault:
        raise Invalid("invalid", "编号格式不正确。", path="id", msg="编号格式不正确。") from fault


def place_of(location: c.Location | None) -> Place | None:
    """Where the phone says it is."""
    return Place(location.lng, location.lat, location.accuracy, location.datum) if location else None


def texts(ids: list[uuid.UUID]) -> list[str]:
    """Ids as services take them."""
    return [str(one) for one in ids]


def finding_of(data: c.WriteFinding) -> findings.NewFinding:
    """A finding as the inspector wrote it."""
    fix = data.on_spot
    return findings.NewFinding(
        item=data.item,
        text=data.text,
        answer_key=data.answer_key,
        severity=data.severity,
        severity_reason=data.severity_reason,
        responsibility=data.responsibility,
        self_found_fixed=data.self_found_fixed,
        standard=data.standard,
        on_spot=findings.OnSpot(texts(fix.before), texts(fix.after), fix.confirmed_by) if fix else None,
    )


def evidence_of(data: c.AddEvidence) -> evidence.NewEvidence:
    """The fact of a file as the phone states it."""
    return evidence.NewEvidence(
        sha256=data.sha256,
        size=data.size,
        filetype=data.filetype,
        kind=data.kind,
        answer_key=data.answer_key,
        finding=data.finding,
        taken_at=data.taken_at,
        place=place_of(data.location),
        mock=data.mock,
        camera=evidence.Camera(data.device.model, data.device.os, data.device.app) if data.device else None,
    )
