"""Signing: number, both editions, hashes.

The number is taken in a first transaction, the papers printed outside any, and the issue signed in a second. A crash in
between leaves a reviewed issue with its number; signing it again uses the same one, so that none is ever missing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.bulletins.models import Bulletin, BulletinPaper
from backend.bulletins.rules.editions import Edition, subject
from backend.bulletins.selectors import bulletins, circulars
from backend.bulletins.services import annexes, imprint, numbers, progress, school_paper, signatures
from backend.bulletins.services.paper import lost_photos, may_be_shown, paper, photos_of
from backend.bulletins.services.steps import Step, changing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.core.sheets import XLSX_TYPE
from backend.documents import bulletin as printed
from backend.documents.rendered import Rendered
from backend.media.services import blobs
from backend.notices.services import codes

PDF = "application/pdf"
WRITERS = {Edition.LEADERSHIP: paper, Edition.SCHOOL: school_paper.paper}
STEPS = ("编号", "排印领导版", "排印学校版", "签发")


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed of one edition."""

    rendered: Rendered
    sha256: str
    sheet_sha256: str = ""


def sign(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """Sign a reviewed issue; from then on neither its figures nor its words ever change.

    By one of the leadership, or on the days of an appointment by their deputy. Raises `NotFound`,
    `Forbidden(may_not_sign)`, `Conflict`: `bad_state`, `own_review` when a deputy reviewed it, `period_running` before
    the period has ended, `snapshot_incomplete` when the figures were compiled before that, `signed_elsewhere` when two
    people sign at once or figures are compiled meanwhile, `photo_withdrawn` when a photo was taken back meanwhile.
    """
    period_start = bulletins.get(actor, bulletin_id).period_start
    with progress.working(actor=actor, period_start=period_start, what="sign", steps=STEPS) as go_on:
        begun = _begin(actor, bulletin_id)
        go_on()
        content = paper(begun, imprint.of_signing(begun))
        sheet = annexes.workbook(begun)
        first = Printed(*_kept(begun, printed.render(content)), blobs.keep(
            county_id=begun.county_id, data=sheet, filetype=XLSX_TYPE
        ))  # fmt: skip
        go_on()
        for_schools = school_paper.paper(begun, imprint.of_signing(begun, Edition.SCHOOL))
        second = Printed(*_kept(begun, printed.render(for_schools)))
        go_on()
        return _finish(actor, begun, {Edition.LEADERSHIP: first, Edition.SCHOOL: second}, photos_of(content))


def _kept(begun: Bulletin, rendered: Rendered) -> tuple[Rendered, str]:
    return rendered, blobs.keep(county_id=begun.county_id, data=rendered.content, filetype=PDF)


def rebuild(*, bulletin: Bulletin, edition: Edition = Edition.LEADERSHIP) -> Rendered:
    """A paper once more, from what is stored and nothing else: the same bytes every time."""
    return printed.render(WRITERS[edition](bulletin, imprint.of_signing(bulletin, edition)))


def proof(*, actor: Actor, bulletin_id: uuid.UUID, edition: Edition = Edition.LEADERSHIP) -> bytes:
    """The paper as it would be signed now, marked 送审稿; of a signed issue the paper itself. Raises `NotFound`."""
    bulletin = bulletins.get(actor, bulletin_id)
    if bulletin.signed_at is not None:
        found = bulletin.papers.exclude(sha256="").filter(edition=edition).first()
        return blobs.read(found.sha256 if found else bulletin.pdf_sha256)
    return drawn(bulletin, edition).content


def drawn(bulletin: Bulletin, edition: Edition) -> Rendered:
    """A proof of a draft, with its warnings."""
    return printed.render(WRITERS[edition](bulletin, imprint.of_proof(bulletin, edition)))


def _begin(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    signature = signatures.of(actor)
    with changing(locked=bulletins.locked, actor=signature.actor, paper_id=bulletin_id) as step:
        step.check("sign")
        _check_whole(step)
        issue = step.paper
        signature.check_review(issue.reviewer_id)
        issue.signing_at, issue.signer_id, issue.signed_by = clock.now(), actor.user_id, signature.printed
        if issue.issue_number is None:
            issue.issue_year = issue.period_end.year
            issue.issue_number, issue.total_issue_number = numbers.take(
                county_id=issue.county_id, year=issue.issue_year
            )
            step.change.log("bulletin.numbered", issue, number=issue.number_text)
        for edition in Edition:
            _fix(issue, edition)
    return step.paper


def _fix(issue: Bulletin, edition: Edition) -> None:
    """What this edition will show beyond the snapshot."""
    assert issue.signing_at is not None
    code = codes.take(county_id=issue.county_id, subject=subject(issue.pk, edition))
    given = {
        "county_id": issue.county_id,
        "code": code.code,
        "qr_text": codes.address(code),
        "named": circulars.naming(issue.county_id, issue.signing_at) if edition == Edition.SCHOOL else {},
    }
    BulletinPaper.objects.update_or_create(bulletin=issue, edition=edition, defaults=given)


def _check_whole(step: Step[Bulletin]) -> None:
    period = step.paper.period
    if not period.has_ended(clock.now()):
        raise Conflict("period_running", "本期统计时段尚未结束，不能签发。")
    if step.paper.cut_off < period.ends_at:
        raise Conflict("snapshot_incomplete", "数据汇编于时段结束之前，请重新汇编后再签发。")


def _finish(actor: Actor, begun: Bulletin, papers: dict[Edition, Printed], photos: Sequence[bytes]) -> Bulletin:
    with changing(locked=bulletins.locked, actor=signatures.of(actor).actor, paper_id=begun.pk) as step:
        issue, main = step.paper, papers[Edition.LEADERSHIP]
        if _printed(issue) != _printed(begun):
            raise Conflict("signed_elsewhere", "该期半月报正在由他人签发或修改，请刷新后再看。")
        if not may_be_shown(issue, photos):
            raise Conflict("photo_withdrawn", "所附照片刚被撤回或重新脱敏，请重新签发。")
        step.take("sign", sha256=main.sha256, school=papers[Edition.SCHOOL].sha256, number=issue.number_text)
        issue.signed_at, issue.pdf_sha256, issue.pdf_pages = issue.signing_at, main.sha256, main.rendered.pages
        issue.pdf_warnings = [*main.rendered.warnings, *lost_photos(issue)]
        for edition, made in papers.items():
            issue.papers.filter(edition=edition).update(
                sha256=made.sha256,
                sheet_sha256=made.sheet_sha256,
                pages=made.rendered.pages,
                warnings=list(made.rendered.warnings),
            )
    return step.paper


def _printed(issue: Bulletin) -> tuple[object, ...]:
    """What the paper shows of the row: if somebody changed it while it was printed, the paper is not this issue's."""
    papers = sorted(issue.papers.values_list("edition", "code", "named"), key=str)
    return issue.signing_at, issue.signer_id, issue.reviewed_by, issue.version, issue.texts, papers
