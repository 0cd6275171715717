"""The scan of a stamped notice: declared by the office, uploaded like evidence, shown to the unit as issued copy."""

import uuid
from typing import Any

from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Invalid
from backend.core.ids import uuid7
from backend.core.lookup import find_one
from backend.journal.writing import write
from backend.media.services import expectations
from backend.notices.models import IssuedCopy
from backend.notices.models.answers import ProofState
from backend.notices.rules.lifecycle import UNISSUED, Party, State, refusal
from backend.notices.services.steps import Step, changing, require

ACCEPTED = ("application/pdf", "image/jpeg", "image/png")
MOST = 10


def declare(
    *, actor: Actor, notice_id: uuid.UUID, sha256: str, size: int, filetype: str, copy_id: uuid.UUID | None = None
) -> IssuedCopy:
    """Announce a scan; its bytes may then be uploaded under the id answered. `size` in bytes, `sha256` in hex digits.

    With a `copy_id` of the caller's the call may be repeated. Raises `NotFound`, `Forbidden`, `Invalid(bad_scan)`,
    `Conflict`: `bad_state`, `too_many`, `id_reused`.
    """
    with changing(actor=actor, notice_id=notice_id, action="attach_scan") as step:
        require(actor, Party.OFFICE)
        if step.notice.state in (*UNISSUED, State.WITHDRAWN):
            raise refusal("附盖章件", step.notice.state)
        if filetype not in ACCEPTED:
            raise Invalid("bad_scan", "盖章件须为 PDF 或照片。")
        fact = {"sha256": sha256.lower(), "size": size, "filetype": filetype}
        return _known(step, copy_id, fact) or _declared(step, copy_id, fact)


def _known(step: Step, copy_id: uuid.UUID | None, fact: dict[str, Any]) -> IssuedCopy | None:
    known = IssuedCopy.objects.filter(pk=copy_id).first() if copy_id else None
    if known and (known.notice_id != step.notice.pk or any(getattr(known, name) != fact[name] for name in fact)):
        raise Conflict("id_reused", "该编号已用于其他内容。")
    return known


def _declared(step: Step, copy_id: uuid.UUID | None, fact: dict[str, Any]) -> IssuedCopy:
    if IssuedCopy.objects.filter(notice=step.notice).count() >= MOST:
        raise Conflict("too_many", f"每份通知书最多附{MOST}份盖章件。")
    row = IssuedCopy.objects.create(
        id=copy_id or uuid7(),
        county_id=step.notice.county_id,
        notice=step.notice,
        added_by=step.person,
        added_by_name=step.actor.name[:40],
        added_at=clock.now(),
        **fact,
    )
    expectations.expect(county_id=row.county_id, owner_id=step.person, evidence_id=str(row.pk), **fact)
    step.change.log("notice.scan_declared", step.notice, sha256=row.sha256)
    return row


def received(*, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None:
    """Media has the bytes: the scan is verified, or corrupt. What is not ours is passed over."""
    try:
        key = uuid.UUID(evidence_id)
    except ValueError:
        return
    known = find_one(IssuedCopy, id=key, sha256=sha256)
    if known is None or (not intact and facts.get("owner_id", known.added_by) != known.added_by):
        return
    with write(actor=system(known.county_id)) as change:
        row = IssuedCopy.objects.select_for_update().get(pk=key)
        if row.state == ProofState.VERIFIED:
            return
        row.state = ProofState.VERIFIED if intact else ProofState.CORRUPT
        row.verified_at = clock.now() if intact else None
        row.save(update_fields=["state", "verified_at"])
        change.log(f"notice.scan_{row.state}", row, notice=str(row.notice_id))
