"""What this room lets phones read and do. Each handler parses, calls one service and answers."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec

from backend.inspections import commands as c
from backend.inspections.services import (
    answers,
    assignments,
    evidence,
    findings,
    recusals,
    reviews,
    submissions,
    suspected_sites,
    visits,
)
from backend.inspections.sync import (
    keeping,  # noqa: F401 -- declares which bytes wait for their fact
    onsite,  # noqa: F401 -- declares what is done at the gate, inside, and about the crew
    reviewing,  # noqa: F401 -- declares how this room's operations are reviewed
)
from backend.inspections.sync.ordering import in_order
from backend.inspections.sync.payloads import evidence_of, finding_of, object_id, place_of, texts
from backend.journal.rows import Batch
from backend.media.services import expectations
from backend.sync.registry import Command, Custody, Outcome, Waits, document, operation

document("template", "a published checklist with the policies its items rest on")
document("finding_library", "ready wordings of findings with basis, severity and days")
document("standard_finding", "a ready finding on an item, kept by the office")
document("assignment", "a visit somebody is sent on")
document("visit", "a visit with its answers, conflicts, check-in, sample and state")
document("finding", "a failed item, from record to close-out")
document("evidence", "the fact of a photo, document or signature")
document("announcement", "something the office tells everybody")


@operation("assignment.accept", payload=c.Nothing)
def accept(command: Command[c.Nothing]) -> Outcome:
    return Outcome(assignments.accept(actor=command.actor, assignment_id=object_id(command.id)))


@operation("assignment.decline", payload=c.Reason)
def decline(command: Command[c.Reason]) -> Outcome:
    row = assignments.decline(actor=command.actor, assignment_id=object_id(command.id), reason=command.data.reason)
    return Outcome(row)


@operation("assignment.depart", payload=c.Nothing)
def depart(command: Command[c.Nothing]) -> Outcome:
    return Outcome(assignments.depart(actor=command.actor, assignment_id=object_id(command.id)))


@operation("recusal.declare", payload=c.DeclareRecusal)
def declare_recusal(command: Command[c.DeclareRecusal]) -> Outcome:
    data = command.data
    assignment_id = data.assignment or object_id(command.id)
    row = recusals.declare(actor=command.actor, assignment_id=assignment_id, kind=data.kind, reason=data.reason)
    return Outcome(row)


@operation("visit.start", payload=c.StartVisit)
def start(command: Command[c.StartVisit]) -> Outcome:
    data = command.data
    started = visits.start(
        actor=command.actor,
        visit_id=object_id(command.id),
        assignment_id=data.assignment,
        target_id=data.target,
        rev=data.rev,
        at=command.at,
    )
    return Outcome(started.visit, "applied" if started.new else "merged", detail={"visit": str(started.visit.pk)})


@operation("visit.check_in", payload=c.CheckIn)
@in_order
def check_in(command: Command[c.CheckIn]) -> Outcome:
    place, reason = place_of(command.data.location), command.data.reason
    visit = visits.check_in(
        actor=command.actor, visit_id=object_id(command.id), place=place, reason=reason, n=command.n, at=command.at
    )
    return Outcome(visit)


@operation("visit.sample", payload=c.Sample)
@in_order
def sample(command: Command[c.Sample]) -> Outcome:
    classes: list[dict[str, Any]] = msgspec.to_builtins(command.data.classes)
    return Outcome(
        visits.sample(actor=command.actor, visit_id=object_id(command.id), classes=classes, n=command.n, at=command.at)
    )


@operation("visit.amend", payload=c.AmendVisit)
def amend(command: Command[c.AmendVisit]) -> Outcome:
    details: dict[str, Any] = msgspec.to_builtins(command.data)
    return Outcome(
        visits.amend(actor=command.actor, visit_id=object_id(command.id), details=details, n=command.n, at=command.at)
    )


@operation("visit.feedback", payload=c.Feedback)
@in_order
def feedback(command: Command[c.Feedback]) -> Outcome:
    text, explanation = command.data.text, command.data.explanation
    visit = visits.feedback(
        actor=command.actor,
        visit_id=object_id(command.id),
        text=text,
        explanation=explanation,
        n=command.n,
        at=command.at,
    )
    return Outcome(visit)


@operation("visit.sign", payload=c.Sign)
@in_order
def sign(command: Command[c.Sign]) -> Outcome:
    visit = visits.sign(
        actor=command.actor,
        visit_id=object_id(command.id),
        inspectors=texts(command.data.inspectors),
        unit=texts(command.data.unit),
        refused=command.data.refused,
        n=command.n,
        at=command.at,
    )
    return Outcome(visit)


@operation("visit.submit", payload=c.SubmitVisit)
def submit(command: Command[c.SubmitVisit]) -> Outcome:
    _wait_for_own_work(command)
    visit_id = object_id(command.id)
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
    visit = visits.cancel(
        actor=command.actor, visit_id=object_id(command.id), reason=command.data.reason, at=command.at
    )
    return Outcome(visit)


@operation("visit.alarm", payload=c.Alarm)
def alarm(command: Command[c.Alarm]) -> Outcome:
    place, text = place_of(command.data.location), command.data.text
    return Outcome(
        visits.alarm(actor=command.actor, visit_id=object_id(command.id), text=text, place=place, at=command.at)
    )


@operation("answer.set", payload=c.SetAnswers)
def set_answers(command: Command[c.SetAnswers]) -> Outcome:
    sent = {
        key: answers.NewAnswer(one.value, one.note, one.base or 0, tuple(one.settles))
        for key, one in command.data.answers.items()
    }
    result = answers.set_answers(
        actor=command.actor, visit_id=object_id(command.id), answers=sent, n=command.n, at=command.at
    )
    return Outcome(result.visit, result.status, detail={"answers": result.answers})


@operation("finding.record", payload=c.RecordFinding)
def record_finding(command: Command[c.RecordFinding]) -> Outcome:
    finding = findings.record(
        actor=command.actor,
        finding_id=object_id(command.id),
        visit_id=command.data.visit,
        new=finding_of(command.data),
        n=command.n,
        at=command.at,
    )
    return Outcome(finding, detail={"number": finding.number, "severity": finding.severity})


@operation("finding.amend", payload=c.WriteFinding)
def amend_finding(command: Command[c.WriteFinding]) -> Outcome:
    new = finding_of(command.data)
    finding = findings.amend(actor=command.actor, finding_id=object_id(command.id), new=new, n=command.n, at=command.at)
    return Outcome(finding, detail={"severity": finding.severity})


@operation("finding.withdraw", payload=c.Reason)
def withdraw_finding(command: Command[c.Reason]) -> Outcome:
    row = findings.withdraw(actor=command.actor, finding_id=object_id(command.id), reason=command.data.reason)
    return Outcome(row)


def expect_bytes(taken: Sequence[Custody], batch: Batch) -> None:
    """As soon as the facts are in custody their bytes are welcome, also while the facts are held or quarantined."""
    expectations.expect_all((promise for one in taken if (promise := _promise(one))), batch)


class _Announced(msgspec.Struct):
    """Of the fact of a file only what its bytes are known by: they are welcome also where the rest cannot be read."""

    sha256: str
    size: int
    filetype: Any = ""
    kind: Any = ""


def _promise(custody: Custody) -> expectations.Promise | None:
    try:
        data = custody.data(_Announced)
        evidence_id = str(uuid.UUID(custody.id))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    words = (each if isinstance(each, str) else "" for each in (data.filetype, data.kind))
    return expectations.Promise(custody.county_id, custody.user_id, evidence_id, data.sha256, data.size, *words)


@operation("evidence.add", payload=c.AddEvidence, at_custody=expect_bytes)
def add_evidence(command: Command[c.AddEvidence]) -> Outcome:
    data, new = command.data, evidence_of(command.data)
    told = evidence.Told(command.at, command.offset_ms, command.received_at)
    row = evidence.add(
        actor=command.actor, evidence_id=object_id(command.id), visit_id=data.visit, new=new, at=command.at, told=told
    )
    return Outcome(row, detail=lambda: {"state": row.state})


@operation("review.decide", payload=c.Decide)
def decide(command: Command[c.Decide]) -> Outcome:
    decisions = [reviews.Decision(one.finding, one.result, one.reason) for one in command.data.decisions]
    return Outcome(reviews.decide(actor=command.actor, visit_id=object_id(command.id), decisions=decisions))


@operation("target.report", payload=c.ReportTarget)
def report_target(command: Command[c.ReportTarget]) -> Outcome:
    data = command.data
    site = suspected_sites.report(
        actor=command.actor,
        target_id=object_id(command.id),
        name=data.name,
        address=data.address,
        description=data.description,
        place=place_of(data.location),
        at=command.at,
    )
    return Outcome(site)
