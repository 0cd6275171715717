"""What this room lets phones read and do. Each handler parses, calls one service and answers."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

import msgspec

from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.inspections import commands as c
from backend.inspections.selectors import addressed
from backend.inspections.services import (
    addenda,
    answers,
    assignments,
    evidence,
    field,
    findings,
    recusals,
    reviews,
    submissions,
    suspected_sites,
    visits,
)
from backend.inspections.services.visits import Place
from backend.media.services import expectations
from backend.sync.registry import (
    Acceptance,
    Command,
    Context,
    Custody,
    Filed,
    Outcome,
    Reviewer,
    Waits,
    document,
    operation,
    registry,
)

document("template", "a published checklist with the policies its items rest on")
document("finding_library", "ready wordings of findings with basis, severity and days")
document("assignment", "a visit somebody is sent on")
document("visit", "a visit with its answers, conflicts, check-in, sample and state")
document("finding", "a failed item, from record to close-out")
document("evidence", "the fact of a photo, document or signature")
document("announcement", "something the office tells everybody")


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as fault:
        raise Invalid("invalid", "编号格式不正确。", path="id", msg="编号格式不正确。") from fault


def _place(location: c.Location | None) -> Place | None:
    return Place(location.lng, location.lat, location.accuracy, location.datum) if location else None


def _texts(ids: list[uuid.UUID]) -> list[str]:
    return [str(one) for one in ids]


@operation("assignment.accept", payload=c.Nothing)
def accept(command: Command[c.Nothing]) -> Outcome:
    return Outcome(assignments.accept(actor=command.actor, assignment_id=_id(command.id)))


@operation("assignment.decline", payload=c.Reason)
def decline(command: Command[c.Reason]) -> Outcome:
    row = assignments.decline(actor=command.actor, assignment_id=_id(command.id), reason=command.data.reason)
    return Outcome(row)


@operation("assignment.depart", payload=c.Nothing)
def depart(command: Command[c.Nothing]) -> Outcome:
    return Outcome(assignments.depart(actor=command.actor, assignment_id=_id(command.id)))


@operation("recusal.declare", payload=c.DeclareRecusal)
def declare_recusal(command: Command[c.DeclareRecusal]) -> Outcome:
    data = command.data
    assignment_id = data.assignment or _id(command.id)
    row = recusals.declare(actor=command.actor, assignment_id=assignment_id, kind=data.kind, reason=data.reason)
    return Outcome(row)


@operation("visit.start", payload=c.StartVisit)
def start(command: Command[c.StartVisit]) -> Outcome:
    data = command.data
    started = visits.start(
        actor=command.actor,
        visit_id=_id(command.id),
        assignment_id=data.assignment,
        target_id=data.target,
        rev=data.rev,
        at=command.at,
    )
    return Outcome(started.visit, "applied" if started.new else "merged", detail={"visit": str(started.visit.pk)})


def _in_order(handler: Callable[[Command[Any]], Outcome]) -> Callable[[Command[Any]], Outcome]:
    """An older word of the same device that arrives late changes nothing and is told `merged` (protocol, I3)."""

    @wraps(handler)
    def handle(command: Command[Any]) -> Outcome:
        try:
            return handler(command)
        except field.Outdated as late:
            return Outcome(late.visit, "merged")

    return handle


@operation("visit.check_in", payload=c.CheckIn)
@_in_order
def check_in(command: Command[c.CheckIn]) -> Outcome:
    place, reason = _place(command.data.location), command.data.reason
    visit = visits.check_in(
        actor=command.actor, visit_id=_id(command.id), place=place, reason=reason, n=command.n, at=command.at
    )
    return Outcome(visit)


@operation("visit.sample", payload=c.Sample)
@_in_order
def sample(command: Command[c.Sample]) -> Outcome:
    classes: list[dict[str, Any]] = msgspec.to_builtins(command.data.classes)
    return Outcome(
        visits.sample(actor=command.actor, visit_id=_id(command.id), classes=classes, n=command.n, at=command.at)
    )


@operation("visit.amend", payload=c.AmendVisit)
def amend(command: Command[c.AmendVisit]) -> Outcome:
    details: dict[str, Any] = msgspec.to_builtins(command.data)
    return Outcome(
        visits.amend(actor=command.actor, visit_id=_id(command.id), details=details, n=command.n, at=command.at)
    )


@operation("visit.feedback", payload=c.Feedback)
@_in_order
def feedback(command: Command[c.Feedback]) -> Outcome:
    text, explanation = command.data.text, command.data.explanation
    visit = visits.feedback(
        actor=command.actor, visit_id=_id(command.id), text=text, explanation=explanation, n=command.n, at=command.at
    )
    return Outcome(visit)


@operation("visit.sign", payload=c.Sign)
@_in_order
def sign(command: Command[c.Sign]) -> Outcome:
    visit = visits.sign(
        actor=command.actor,
        visit_id=_id(command.id),
        inspectors=_texts(command.data.inspectors),
        unit=_texts(command.data.unit),
        refused=command.data.refused,
        n=command.n,
        at=command.at,
    )
    return Outcome(visit)


@operation("visit.submit", payload=c.SubmitVisit)
def submit(command: Command[c.SubmitVisit]) -> Outcome:
    _wait_for_own_work(command)
    visit_id = _id(command.id)
    try:
        visit = submissions.submit(
            actor=command.actor, visit_id=visit_id, content_hash=command.data.hash.lower(), at=command.at
        )
    except submissions.ContentDiffers as differs:
        visit = differs.visit
        return Outcome(visit, "conflict", "content_differs", {"expected": differs.expected})
    return Outcome(visit, detail={"hash": visit.content_hash, "score": visit.score})


def _wait_for_own_work(command: Command[c.SubmitVisit]) -> None:
    """A submission is held while an operation of its device up to `upto` is missing or not judged (protocol)."""
    from backend.sync import selectors

    device_id = command.actor.device_id
    if device_id is None or not command.data.upto:
        return
    # The submission itself is in custody and not yet judged: it must not wait for itself.
    upto = min(command.data.upto, command.n - 1)
    if selectors.first_unsettled(device_id, upto, command.id) is not None:
        raise Waits("operation", str(device_id))


@operation("visit.cancel", payload=c.Reason)
def cancel(command: Command[c.Reason]) -> Outcome:
    visit = visits.cancel(actor=command.actor, visit_id=_id(command.id), reason=command.data.reason, at=command.at)
    return Outcome(visit)


@operation("visit.alarm", payload=c.Alarm)
def alarm(command: Command[c.Alarm]) -> Outcome:
    place, text = _place(command.data.location), command.data.text
    return Outcome(visits.alarm(actor=command.actor, visit_id=_id(command.id), text=text, place=place, at=command.at))


@operation("answer.set", payload=c.SetAnswers)
def set_answers(command: Command[c.SetAnswers]) -> Outcome:
    sent = {
        key: answers.NewAnswer(one.value, one.note, one.base or 0, tuple(one.settles))
        for key, one in command.data.answers.items()
    }
    result = answers.set_answers(
        actor=command.actor, visit_id=_id(command.id), answers=sent, n=command.n, at=command.at
    )
    return Outcome(result.visit, result.status, detail={"answers": result.answers})


@operation("finding.record", payload=c.RecordFinding)
def record_finding(command: Command[c.RecordFinding]) -> Outcome:
    finding = findings.record(
        actor=command.actor,
        finding_id=_id(command.id),
        visit_id=command.data.visit,
        new=_finding(command.data),
        n=command.n,
        at=command.at,
    )
    return Outcome(finding, detail={"number": finding.number, "severity": finding.severity})


@operation("finding.amend", payload=c.WriteFinding)
def amend_finding(command: Command[c.WriteFinding]) -> Outcome:
    new = _finding(command.data)
    finding = findings.amend(actor=command.actor, finding_id=_id(command.id), new=new, n=command.n, at=command.at)
    return Outcome(finding, detail={"severity": finding.severity})


def _finding(data: c.WriteFinding) -> findings.NewFinding:
    fix = data.on_spot
    return findings.NewFinding(
        item=data.item,
        text=data.text,
        answer_key=data.answer_key,
        severity=data.severity,
        severity_reason=data.severity_reason,
        responsibility=data.responsibility,
        self_found_fixed=data.self_found_fixed,
        on_spot=findings.OnSpot(_texts(fix.before), _texts(fix.after), fix.confirmed_by) if fix else None,
    )


@operation("finding.withdraw", payload=c.Reason)
def withdraw_finding(command: Command[c.Reason]) -> Outcome:
    row = findings.withdraw(actor=command.actor, finding_id=_id(command.id), reason=command.data.reason)
    return Outcome(row)


def expect_bytes(taken: Sequence[Custody]) -> None:
    """As soon as the facts are in custody their bytes are welcome, also while the facts are held or quarantined."""
    expectations.expect_all(promise for one in taken if (promise := _promise(one)))


def _promise(custody: Custody) -> expectations.Promise | None:
    try:
        data = custody.data(c.AddEvidence)
        evidence_id = str(uuid.UUID(custody.id))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    return expectations.Promise(custody.county_id, custody.user_id, evidence_id, data.sha256, data.size, data.filetype)


@operation("evidence.add", payload=c.AddEvidence, at_custody=expect_bytes)
def add_evidence(command: Command[c.AddEvidence]) -> Outcome:
    data, new = command.data, _evidence(command.data)
    row = evidence.add(actor=command.actor, evidence_id=_id(command.id), visit_id=data.visit, new=new, at=command.at)
    return Outcome(row, detail=lambda: {"state": row.state})


def _evidence(data: c.AddEvidence) -> evidence.NewEvidence:
    return evidence.NewEvidence(
        sha256=data.sha256,
        size=data.size,
        filetype=data.filetype,
        kind=data.kind,
        answer_key=data.answer_key,
        finding=data.finding,
        taken_at=data.taken_at,
        place=_place(data.location),
    )


@operation("review.decide", payload=c.Decide)
def decide(command: Command[c.Decide]) -> Outcome:
    decisions = [reviews.Decision(one.finding, one.result, one.reason) for one in command.data.decisions]
    return Outcome(reviews.decide(actor=command.actor, visit_id=_id(command.id), decisions=decisions))


@operation("target.report", payload=c.ReportTarget)
def report_target(command: Command[c.ReportTarget]) -> Outcome:
    data = command.data
    site = suspected_sites.report(
        actor=command.actor,
        target_id=_id(command.id),
        name=data.name,
        address=data.address,
        description=data.description,
        place=_place(data.location),
        at=command.at,
    )
    return Outcome(site)


def _asked(filed: Filed) -> addressed.Asked:
    return addressed.Asked(filed.kind, filed.verb, filed.id, filed.data, filed.user_id)


def contexts(filed: Sequence[Filed]) -> list[Context]:
    """What operations under review are about; all of one county."""
    found = addressed.about(filed[0].county_id, [_asked(one) for one in filed]) if filed else []
    return [
        Context(
            known=one.known,
            kind=one.kind,
            id=one.id,
            title=one.title,
            assignment=str(one.assignment.pk) if one.assignment else None,
            visit=str(one.visit.pk) if one.visit else None,
            first=one.first,
        )
        for one in found
    ]


def keep_beside(filed: Filed, acceptance: Acceptance) -> Outcome:
    """An operation as an addendum of the visit it is about. Raises `NotFound` where that is no visit known here."""
    visit = addressed.about(filed.county_id, [_asked(filed)])[0].visit
    if visit is None:
        raise NotFound("visit", filed.id)
    late = addenda.Late(filed.op, filed.kind, filed.verb, filed.text, filed.device_at, filed.received_at)
    kept = addenda.add(
        author=acceptance.author,
        reviewer=acceptance.reviewer,
        visit_id=visit.pk,
        late=late,
        reason=acceptance.reason,
        make=_maker(filed, acceptance.author, visit.pk),
    )
    detail = {"addendum": str(kept.row.pk)}
    return Outcome(kept.became or kept.visit, "addendum", detail=detail)


def _maker(filed: Filed, author: Actor, visit_id: uuid.UUID) -> addenda.Make | None:
    """What makes the finding or evidence that an addendum is to become; None where it is only words."""
    try:
        if filed.name == "evidence.add":
            photo, new_id = msgspec.convert(filed.data, c.AddEvidence), _id(filed.id)
            return lambda: evidence.add(
                actor=author, evidence_id=new_id, visit_id=visit_id, new=_evidence(photo), addendum=True
            )
        if filed.name == "finding.record":
            said, new_id = msgspec.convert(filed.data, c.RecordFinding), _id(filed.id)
            return lambda: findings.record(
                actor=author, finding_id=new_id, visit_id=visit_id, new=_finding(said), n=filed.n, addendum=True
            )
    except (msgspec.ValidationError, Invalid):
        return None
    return None


def readdress(filed: Filed, to: str) -> Filed:
    """The operation as if it had been about `to`: a visit for work on one, an assignment or its visit for a start.

    Raises `NotFound` where there is no such object in the county.
    """
    moved = dict(filed.data) if isinstance(filed.data, dict) else {}
    if filed.name in ("finding.record", "evidence.add"):
        return _sent(filed, filed.id, moved | {"visit": to})
    if filed.name == "visit.start":
        assignment = _assignment_of(filed, to)
        return _sent(filed, filed.id, moved | {"assignment": str(assignment)})
    about = addressed.about(filed.county_id, [replace(_asked(filed), id=to)])[0]
    if not about.known:
        raise NotFound(about.kind, to)
    return replace(filed, id=to)


def _assignment_of(filed: Filed, to: str) -> uuid.UUID:
    for kind, verb in (("visit", "amend"), ("assignment", "accept")):
        about = addressed.about(filed.county_id, [addressed.Asked(kind, verb, to, None, filed.user_id)])[0]
        if about.assignment is not None:
            return about.assignment.pk
    raise NotFound("visit", to)


def _sent(filed: Filed, object_id: str, data: dict[str, Any]) -> Filed:
    return replace(filed, id=object_id, data=data, text=msgspec.json.encode(data).decode())


registry.review(
    Reviewer(contexts, keep_beside, readdress),
    *("assignment", "recusal", "visit", "answer", "finding", "evidence", "review", "target", ""),
)
