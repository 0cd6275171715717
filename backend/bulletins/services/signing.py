"""Signing: number, paper, hash.

The number is taken in a first transaction, the paper printed outside any, and the issue signed in a second. A crash in
between leaves a reviewed issue with its number; signing it again uses the same one, so that none is ever missing.
"""

import uuid
from collections.abc import Sequence

from backend.bulletins.models import Bulletin
from backend.bulletins.selectors import bulletins
from backend.bulletins.services import imprint, numbers
from backend.bulletins.services.paper import may_be_shown, paper, photos_of
from backend.bulletins.services.steps import Step, changing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.documents import bulletin as printed
from backend.documents.rendered import Rendered
from backend.media.services import blobs

PDF = "application/pdf"


def sign(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """Sign a reviewed issue; from then on neither its figures nor its words ever change.

    Raises `NotFound`, `Forbidden(may_not_sign)`, `Conflict`: `bad_state`, `period_running` before the period has ended,
    `snapshot_incomplete` when the figures were compiled before that, `signed_elsewhere` when two people sign at once or
    figures are compiled meanwhile, `photo_withdrawn` when a photo of it was taken back meanwhile.
    """
    begun = _begin(actor, bulletin_id)
    content = paper(begun, imprint.of_signing(begun))
    rendered = printed.render(content)
    sha256 = blobs.keep(county_id=begun.county_id, data=rendered.content, filetype=PDF)
    return _finish(actor, begun, sha256, rendered, photos_of(content.cases))


def rebuild(*, bulletin: Bulletin) -> Rendered:
    """The paper once more, from what is stored and nothing else: the same bytes every time."""
    return printed.render(paper(bulletin, imprint.of_signing(bulletin)))


def proof(*, actor: Actor, bulletin_id: uuid.UUID) -> bytes:
    """The paper as it would be signed now, marked 送审稿; of a signed issue the paper itself. Raises `NotFound`."""
    bulletin = bulletins.get(actor, bulletin_id)
    if bulletin.pdf_sha256:
        return blobs.read(bulletin.pdf_sha256)
    return printed.render(paper(bulletin, imprint.of_proof(bulletin))).content


def _begin(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        step.check("sign")
        _check_whole(step)
        issue = step.bulletin
        issue.signing_at, issue.signer_id, issue.signed_by = clock.now(), actor.user_id, actor.name
        if issue.issue_number is None:
            issue.issue_year = issue.period_end.year
            issue.issue_number, issue.total_issue_number = numbers.take(
                county_id=issue.county_id, year=issue.issue_year
            )
            step.change.log("bulletin.numbered", issue, number=issue.number_text)
    return step.bulletin


def _check_whole(step: Step) -> None:
    period = step.bulletin.period
    if not period.has_ended(clock.now()):
        raise Conflict("period_running", "本期统计时段尚未结束，不能签发。")
    if step.bulletin.cut_off < period.ends_at:
        raise Conflict("snapshot_incomplete", "数据汇编于时段结束之前，请重新汇编后再签发。")


def _finish(actor: Actor, begun: Bulletin, sha256: str, rendered: Rendered, photos: Sequence[bytes]) -> Bulletin:
    with changing(actor=actor, bulletin_id=begun.pk) as step:
        issue = step.bulletin
        if _printed(issue) != _printed(begun):
            raise Conflict("signed_elsewhere", "该期半月报正在由他人签发或修改，请刷新后再看。")
        if not may_be_shown(issue, photos):
            raise Conflict("photo_withdrawn", "所附照片刚被撤回或重新脱敏，请重新签发。")
        step.take("sign", sha256=sha256, number=issue.number_text)
        issue.signed_at, issue.pdf_sha256, issue.pdf_pages = issue.signing_at, sha256, rendered.pages
        issue.pdf_warnings = list(rendered.warnings)
    return step.bulletin


def _printed(issue: Bulletin) -> tuple[object, ...]:
    """What the paper shows of the row: if somebody changed it while it was printed, the paper is not this issue's."""
    return issue.signing_at, issue.signer_id, issue.reviewed_by, issue.version, issue.texts
