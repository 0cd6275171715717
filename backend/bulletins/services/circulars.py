"""Making circulars: compiled from the month, edited, reviewed, signed with a number, published, withdrawn."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError

from backend.accounts.selectors import people
from backend.bulletins.models import Circular
from backend.bulletins.rules import circular_wording, months
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors import circulars, month_facts
from backend.bulletins.selectors.window import Window
from backend.bulletins.services import circular_paper, handing, signatures
from backend.bulletins.services.steps import Step, changing, permit, remember
from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.documents import circular as printed
from backend.documents.rendered import Rendered
from backend.journal.reading import snapshot
from backend.journal.writing import Change, write
from backend.media.services import blobs
from backend.notices.services import codes, numbers

PDF = "application/pdf"
SERIES = "circular"


def compile(*, actor: Actor, month: str) -> Circular:
    """Freeze the facts of a month, up to its end or now, and write the draft; again before signing: anew.

    Raises `Forbidden`, `Invalid`: `bad_month`, `not_begun`; `Conflict`: `bad_state` once signed, `compiled_elsewhere`.
    """
    permit(actor, "compile")
    period, now = months.of(month), clock.now()
    if now <= period.begins_at:
        raise Invalid("not_begun", "该月尚未开始，不能汇编。", path="month")
    with snapshot():
        window = Window(actor.county_id, period, min(now, period.ends_at))
        facts = month_facts.gather(window)
    try:
        with write(actor=actor) as change:
            return _store(change, window, facts)
    except IntegrityError:
        raise Conflict("compiled_elsewhere", "该月的通报已由他人汇编，请刷新后再看。") from None


def _store(change: Change, window: Window, facts: dict[str, Any]) -> Circular:
    month, county = window.period.month, change.actor.county_id
    rows = Circular.objects.select_for_update().filter(county_id=county, month=month).exclude(state=State.WITHDRAWN)
    circular = rows.first() or Circular(county_id=county, month=month)
    before = circular.state if circular.version else ""
    if before:
        circular.state = Step(change, circular, change.actor).check("compile")
    circular.facts, circular.facts_hash, circular.cut_off = facts, codec.content_hash(facts), window.cut_off
    circular.number_mark = facts["county"]["mark"]
    practices = circular.texts.get("practices", [])
    circular.texts = circular_wording.written(facts) | {"practices": practices}
    circular.version += 1
    circular.reviewed_by, circular.reviewer_id = "", None
    circular.save()
    remember(change, circular, "compile", before, version=circular.version, facts=circular.facts_hash)
    return circular


def edit(*, actor: Actor, circular_id: uuid.UUID, texts: Mapping[str, Any]) -> Circular:
    """Replace parts of a draft's words; whom it names is chosen from the month's serious findings that their units know
    of. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`, `Invalid(unknown_case)`.
    """
    with changing(locked=circulars.locked, actor=actor, paper_id=circular_id) as step:
        step.check("edit")
        known = {one["finding"] for one in step.paper.facts["problems"]}
        chosen = [one["finding"] for one in texts.get("problems", ())]
        if not known.issuperset(chosen) or len(set(chosen)) != len(chosen):
            raise Invalid("unknown_case", "只能点名通报本月已下达通知书的严重问题，且不能重复。", path="problems")
        step.paper.texts = {**step.paper.texts, **texts}
        step.change.log("circular.edit", step.paper, parts=sorted(texts))
    return step.paper


def review(*, actor: Actor, circular_id: uuid.UUID) -> Circular:
    """The office has checked the draft. Raises like `edit`."""
    return handing.review(locked=circulars.locked, actor=actor, paper_id=circular_id)


def revise(*, actor: Actor, circular_id: uuid.UUID, reason: str) -> Circular:
    """Back to the draft, with a reason. Raises like `edit`."""
    return handing.revise(locked=circulars.locked, actor=actor, paper_id=circular_id, reason=reason)


def sign(*, actor: Actor, circular_id: uuid.UUID) -> Circular:
    """Number, print and sign it: leadership thereby decides who is named.

    Raises `NotFound`, `Forbidden(may_not_sign)`, `Conflict`: `bad_state`, `own_review`, `period_running`,
    `snapshot_incomplete`, `signed_elsewhere`.
    """
    begun = _begin(actor, circular_id)
    rendered = rebuild(circular=begun)
    sha256 = blobs.keep(county_id=begun.county_id, data=rendered.content, filetype=PDF)
    with changing(locked=circulars.locked, actor=signatures.of(actor).actor, paper_id=begun.pk) as step:
        circular = step.paper
        if _printed(circular) != _printed(begun):
            raise Conflict("signed_elsewhere", "该通报正在由他人签发或修改，请刷新后再看。")
        step.take("sign", sha256=sha256, number=circular.number_text, named=circular.named)
        circular.signed_at, circular.pdf_sha256, circular.pdf_pages = circular.signing_at, sha256, rendered.pages
        circular.pdf_warnings = list(rendered.warnings)
    return step.paper


def _begin(actor: Actor, circular_id: uuid.UUID) -> Circular:
    signature = signatures.of(actor)
    with changing(locked=circulars.locked, actor=signature.actor, paper_id=circular_id) as step:
        step.check("sign")
        circular = step.paper
        _check_whole(circular)
        signature.check_review(circular.reviewer_id)
        circular.signing_at, circular.signer_id, circular.signed_by = clock.now(), actor.user_id, signature.printed
        if circular.number is None:
            circular.number_year = clock.local_date(circular.signing_at).year
            circular.number = numbers.take(county_id=circular.county_id, kind=SERIES, year=circular.number_year)
        code = codes.take(county_id=circular.county_id, subject=circular)
        circular.code, circular.qr_text = code.code, codes.address(code)
    return step.paper


def _check_whole(circular: Circular) -> None:
    period = months.of(circular.month)
    if not period.has_ended(clock.now()):
        raise Conflict("period_running", "该月尚未结束，不能签发通报。")
    if circular.cut_off < period.ends_at:
        raise Conflict("snapshot_incomplete", "数据汇编于月末之前，请重新汇编后再签发。")


def _printed(circular: Circular) -> tuple[object, ...]:
    return circular.signing_at, circular.signer_id, circular.version, circular.texts, circular.reviewed_by


def rebuild(*, circular: Circular) -> Rendered:
    """The paper from what is stored and nothing else: the same bytes every time."""
    return printed.render(circular_paper.paper(circular))


def proof(*, actor: Actor, circular_id: uuid.UUID) -> bytes:
    """The paper as it would be signed now; of a signed one the paper itself. Raises `NotFound`."""
    circular = circulars.get(actor, circular_id)
    return blobs.read(circular.pdf_sha256) if circular.pdf_sha256 else rebuild(circular=circular).content


def publish(*, actor: Actor, circular_id: uuid.UUID) -> Circular:
    """Let everybody it is for have it, and tell them. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`."""
    with changing(locked=circulars.locked, actor=actor, paper_id=circular_id) as step:
        step.take("publish")
        step.paper.published_at = clock.now()
        codes.issue(subject=step.paper, sha256=step.paper.pdf_sha256)
        _tell(step, "published")
    return step.paper


def withdraw(*, actor: Actor, circular_id: uuid.UUID, reason: str) -> Circular:
    """It is void, its number gone for good; it names nobody any more. Raises like `publish`."""
    with changing(locked=circulars.locked, actor=actor, paper_id=circular_id) as step:
        was_published = step.paper.state == State.PUBLISHED
        step.take("withdraw", reason)
        step.paper.withdrawn_at = clock.now()
        codes.withdraw(subject=step.paper)
        if was_published:
            _tell(step, "withdrawn")
    return step.paper


def _tell(step: Step[Circular], what: str) -> None:
    audience = people.with_role(step.actor.county_id, circulars.AUDIENCE)
    step.tell(what, audience, number=step.paper.number_text)
