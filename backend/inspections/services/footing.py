"""Whether a crew may be sent on the legal footing of its visit."""

from backend.core.errors import Conflict
from backend.inspections.models import AdvanceNotice, Assignment
from backend.inspections.rules.footing import before_release, footing
from backend.inspections.selectors import crews


def check(assignment: Assignment) -> None:
    """Raises `Conflict` with the code of what the kind of the visit still demands (`rules.footing`), and all of it as
    `missing [{key, code, message}]`."""
    demands = footing(assignment.kind)
    if demands.least_inspectors < 2 and not demands.advance_notice:
        return
    noticed = AdvanceNotice.objects.filter(assignment=assignment).exists()
    gaps = before_release(assignment.kind, inspectors=len(crews.present(assignment)), noticed=noticed)
    if gaps:
        listed = [{"key": gap.key, "code": gap.code, "message": gap.message_zh} for gap in gaps]
        raise Conflict(gaps[0].code, gaps[0].message_zh, missing=listed)
