"""What the office and the operators do meanwhile: grant, revoke, lock, return, move, purge, back up, restore."""

import uuid

from backend.core import clock
from backend.inspections.models import Answer, Assignment, Visit, VisitState
from backend.inspections.services import answers, reviews, submissions
from backend.inspections.services.answers import NewAnswer
from backend.journal import upkeep
from backend.journal.writing import write
from backend.sync.models import Operation
from backend.sync.services import epochs
from backend.sync.services.sweeping import sweep
from tests.fixtures.phones import Probe
from tests.laws import invariants
from tests.laws.acts import VISITS, act
from tests.laws.world import KEYS, LawWorld


class Office:
    """A part of the machine. `denied`: scopes taken from the second inspector; `kept`: those at the time of the
    backup, None where there is none; `before_restore`: every operation that was in custody when one was put back."""

    world: LawWorld

    def open_office(self) -> None:
        self.time = clock.fixed(self.world.start)
        self.hand = self.time.__enter__()
        self.ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, f"visit {place}")) for place in (0, 1)]
        self.final: dict[str, object] = {}
        self.rounds: invariants.Rounds = {}
        self.denied: set[str] = set()
        self.kept: set[str] | None = None
        self.purged = False
        self.before_restore: set[uuid.UUID] = set()

    def assignment(self, visit: int) -> Assignment:
        return self.world.assignments[visit]

    @act(visit=VISITS)
    def revoke(self, visit: int) -> None:
        """The second inspector is taken off a visit, perhaps with unsent work."""
        self.denied.add(self.assignment(visit).scope)
        self.hand.move(seconds=1)
        with write(actor=self.world.office) as change:
            change.end_grant(self.world.people[1].pk, self.assignment(visit).scope)

    @act(visit=VISITS)
    def grant(self, visit: int) -> None:
        user, scope = self.world.people[1].pk, self.assignment(visit).scope
        if scope in self.denied:
            self.denied.discard(scope)
            self.hand.move(seconds=1)
            with write(actor=self.world.office) as change:
                change.grant(user, scope)

    @act(visit=VISITS)
    def lock(self, visit: int) -> None:
        """The crew's leader answers at the desk what is open, picks where two values stand, and submits."""
        row = Visit.objects.filter(pk=self.ids[visit]).exclude(state=VisitState.SUBMITTED).first()
        if row is None:
            return
        with write(actor=self.world.desk):
            given = {each.key: each for each in Answer.objects.filter(visit=row)}
            if lacking := {key: NewAnswer("yes") for key in KEYS if key not in given}:
                answers.set_answers(actor=self.world.desk, visit_id=row.pk, answers=lacking)
            for key in [key for key, each in given.items() if each.rivals]:
                answers.settle(actor=self.world.desk, visit_id=row.pk, key=key, choice="current")
            submissions.submit(actor=self.world.desk, visit_id=row.pk)

    @act(visit=VISITS)
    def send_back(self, visit: int) -> None:
        if Visit.objects.filter(pk=self.ids[visit], state=VisitState.SUBMITTED).exists():
            reviews.return_visit(actor=self.world.reviewer, visit_id=uuid.UUID(self.ids[visit]), reason="请补充")

    @act(visit=VISITS, value=range(4))
    def move(self, visit: int, value: int) -> None:
        """An object that lives now in the one, now in the other scope."""
        with write(actor=self.world.office) as change:
            change.put(Probe("wanderer", self.assignment(visit).scope, value))

    @act()
    def remove(self) -> None:
        with write(actor=self.world.office) as change:
            change.remove(Probe("wanderer", "", 0))

    @act()
    def purge(self) -> None:
        """Everything that is a tombstone now is old enough."""
        self.hand.move(minutes=1)
        if upkeep.purge(before=clock.now()):
            self.purged = True

    @act()
    def back_up(self) -> None:
        self.world.kept.take()
        self.kept = set(self.denied)

    @act()
    def restore(self) -> None:
        """The machine burns; the backup is put back, and the epoch bumped as the runbook says."""
        if self.kept is None:
            return
        self.before_restore |= set(Operation.objects.values_list("pk", flat=True))
        self.hand.move(minutes=1)
        self.world.kept.put_back()
        epochs.bump()
        self.denied, self.final, self.rounds = set(self.kept), {}, {}

    @act()
    def wait_and_sweep(self) -> None:
        self.hand.move(minutes=2)
        sweep()
