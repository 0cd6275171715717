"""At the gate, inside, and about the crew: entry, draws, re-filing, leaving, the other inspector's word on a fix."""

from backend.inspections import commands as c
from backend.inspections.rules.class_draw import SchoolClass
from backend.inspections.services import findings, leaving, onsite, refiling
from backend.inspections.services.onsite import Gate
from backend.inspections.sync.ordering import in_order
from backend.inspections.sync.payloads import object_id
from backend.sync.registry import Command, Outcome, operation


@operation("visit.enter", payload=c.Enter)
@in_order
def enter(command: Command[c.Enter]) -> Outcome:
    said = command.data
    gate = Gate(said.admitted, said.certificates_shown, said.informed, said.refused_by, said.reason, said.witness)
    visit_id = object_id(command.id)
    return Outcome(onsite.enter(actor=command.actor, visit_id=visit_id, gate=gate, n=command.n, at=command.at))


@operation("visit.draw_classes", payload=c.DrawClasses)
def draw_classes(command: Command[c.DrawClasses]) -> Outcome:
    data = command.data
    visit = onsite.draw_classes(
        actor=command.actor,
        visit_id=object_id(command.id),
        classes=[SchoolClass(one.grade, one.number, one.size) for one in data.classes],
        count=data.count,
        pupils=data.pupils,
        number=data.number,
        reason=data.reason,
        at=command.at,
    )
    drawn = visit.draws[-1]
    return Outcome(visit, detail={"draw": {name: drawn[name] for name in ("number", "seed", "classes")}})


@operation("visit.refile", payload=c.RefileVisit)
def refile(command: Command[c.RefileVisit]) -> Outcome:
    data = command.data
    visit = refiling.refile(
        actor=command.actor,
        visit_id=object_id(command.id),
        reason=data.reason,
        assignment_id=data.assignment,
        target_id=data.target,
        at=command.at,
    )
    return Outcome(visit, detail={"assignment": str(visit.assignment_id)})


@operation("assignment.leave", payload=c.LeaveCrew)
def leave(command: Command[c.LeaveCrew]) -> Outcome:
    data, assignment_id = command.data, object_id(command.id)
    return Outcome(
        leaving.leave(actor=command.actor, assignment_id=assignment_id, reason=data.reason, successor=data.successor)
    )


@operation("finding.confirm_fix", payload=c.Nothing)
def confirm_fix(command: Command[c.Nothing]) -> Outcome:
    return Outcome(findings.confirm_on_spot(actor=command.actor, finding_id=object_id(command.id)))
