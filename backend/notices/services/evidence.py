"""Photos and papers by which a unit proves a rectification: first the fact, then the bytes by resumable upload."""

import uuid
from typing import Any

from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, NotFound
from backend.core.ids import uuid7
from backend.core.lookup import find_one
from backend.journal.writing import write
from backend.media.services import expectations
from backend.notices.models import NoticeEvidence, NoticeFinding
from backend.notices.rules.lifecycle import Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services.steps import Step, changing, require
from backend.notices.services.working import begin_work

MOST_PER_FINDING = 30
WORKING = (State.ACKNOWLEDGED, State.RECTIFYING, State.RETURNED)


def declare(
    *,
    actor: Actor,
    notice_id: uuid.UUID,
    item_id: uuid.UUID,
    kind: str,
    sha256: str,
    size: int,
    filetype: str,
    evidence_id: uuid.UUID | None = None,
) -> NoticeEvidence:
    """Announce a photo or paper about one finding; its bytes may then be uploaded under the id answered.

    `size` in bytes, `sha256` as 64 hex digits. With an `evidence_id` of the caller's the call may be repeated.
    Raises `NotFound`, `Conflict`: `bad_state`, `finding_settled`, `too_many`, `id_reused`.
    """
    with changing(actor=actor, notice_id=notice_id, action="declare_evidence") as step:
        require(actor, Party.UNIT)
        fact = {"item_id": item_id, "kind": kind, "sha256": sha256.lower(), "size": size, "filetype": filetype}
        if evidence_id and (known := _repeated(step, evidence_id, fact)):
            return known
        step.only_in("上传佐证", *WORKING)
        _check_item(step, item_id)
        begin_work(step)
        row = NoticeEvidence.objects.create(
            id=evidence_id or uuid7(),
            county_id=step.notice.county_id,
            notice=step.notice,
            author_id=step.person,
            added_at=clock.now(),
            **fact,
        )
        _expect(actor, row)
        step.change.log("notice.evidence_declared", row, notice=str(step.notice.pk), sha256=row.sha256)
    return row


def _repeated(step: Step, evidence_id: uuid.UUID, fact: dict[str, Any]) -> NoticeEvidence | None:
    known = NoticeEvidence.objects.filter(pk=evidence_id).first()
    if known is None:
        return None
    same = known.notice_id == step.notice.pk and known.author_id == step.actor.user_id
    if not same or any(getattr(known, name) != value for name, value in fact.items()):
        raise Conflict("id_reused", "该佐证编号已用于其他内容。")
    return known


def _check_item(step: Step, item_id: uuid.UUID) -> None:
    item = NoticeFinding.objects.filter(notice=step.notice, pk=item_id).select_related("finding").first()
    if item is None:
        raise NotFound("notice_finding", item_id, detail="所选问题不属于本通知书，请刷新页面后重新选择。")
    if item.finding.state not in OPEN_FINDINGS:
        raise Conflict("finding_settled", "该问题已报整改或已办结，不能再补充佐证。")
    if NoticeEvidence.objects.filter(item=item).count() >= MOST_PER_FINDING:
        raise Conflict("too_many", f"每个问题最多上传{MOST_PER_FINDING}份佐证。")


def _expect(actor: Actor, row: NoticeEvidence) -> None:
    assert actor.user_id is not None
    expectations.expect(
        county_id=row.county_id,
        owner_id=actor.user_id,
        evidence_id=str(row.pk),
        sha256=row.sha256,
        size=row.size,
        filetype=row.filetype,
    )


def received(*, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None:
    """Media has the bytes: the evidence is verified, or corrupt. What is not ours is passed over."""
    try:
        key = uuid.UUID(evidence_id)
    except ValueError:
        return
    known = find_one(NoticeEvidence, id=key, sha256=sha256)
    if known is None or (not intact and facts.get("owner_id", known.author_id) != known.author_id):
        return  # what somebody else sent under this id spoils nothing
    with write(actor=system(known.county_id)) as change:
        row = NoticeEvidence.objects.select_for_update().get(pk=key)
        if row.state == NoticeEvidence.State.VERIFIED:
            return
        row.state = NoticeEvidence.State.VERIFIED if intact else NoticeEvidence.State.CORRUPT
        row.verified_at = clock.now() if intact else None
        row.facts = {name: value for name, value in facts.items() if name not in PRIVATE}
        row.save(update_fields=["state", "verified_at", "facts"])
        change.log(f"notice.evidence_{row.state}", row)
        if not intact:
            change.tell("evidence.corrupt", [row.author_id], row)


PRIVATE = frozenset({"owner_id", "lng", "lat"})
"""Facts of a file that a rectification needs no record of."""
