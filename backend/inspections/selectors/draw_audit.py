"""A stored draw checked on every side: replayed, compared with its lines, and with what the audit trail says of it."""

from backend.inspections.models import Draw
from backend.inspections.rules.draw_record import Finding
from backend.inspections.selectors.draws import checked
from backend.journal.models import AuditLine


def audited(draw: Draw) -> list[Finding]:
    """All points; that of the audit trail says whether it holds the same commitment and result."""
    return [*checked(draw), Finding("audit", agrees=_logged(draw) == _stored(draw))]


def _stored(draw: Draw) -> dict[str, str]:
    return {"draw.sealed": draw.commitment, **({"draw.drawn": draw.result_hash} if draw.result_hash else {})}


def _logged(draw: Draw) -> dict[str, str]:
    lines = AuditLine.objects.filter(county_id=draw.county_id, kind=draw.journal_kind, object_id=str(draw.pk))
    keys = {"draw.sealed": "commitment", "draw.drawn": "result"}
    return {line.verb: line.detail[keys[line.verb]] for line in lines if line.verb in keys}
