"""Ten times the demonstration term: a few visits played through the services, and their rows written again and again.

The services play a visit in a fifth of a second with everything that follows from it; ten terms would take an hour. So
a part of the term is played, and its rows are multiplied with ids, targets, teams, people and days of their own. Left
out are what no list reads: answers, steps, feed rows and audit lines.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

TIMES = 10
TERM = {"visit": 1053, "finding": 1140, "evidence": 8380, "notice": 577, "inbox": 20_000}
"""Rows of one demonstration term."""

PLAYED = ((1,), ("T17", "ST8", "T09"))
"""Half-month and teams that are played."""

DAYS = 60
BATCH = 1000
TARGETS_TIMES = 10


def fill() -> None:
    """Raises what the services raise. The clock must stand at the end of the term."""
    from backend.accounts.models import County
    from backend.core import clock
    from backend.core.actor import system
    from backend.desk.services.term import playing
    from backend.journal.writing import write

    now = clock.now()
    playing.load(seed="1", say=lambda _line: None, choice=playing.Choice(*PLAYED))
    with clock.fixed(now), write(actor=system(County.objects.get().pk)):
        crowd = Crowd(County.objects.get().pk)
        crowd.field()
        crowd.messages()
        crowd.registry()
        crowd.papers()
        crowd.reviews()


@dataclass
class Crowd:
    """Writes the rows of one county again under other ids."""

    county: int
    copies: int = 0
    shift: dict[uuid.UUID, int] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, list[Any]]:
        """Targets by kind, with the team in charge."""
        from backend.registry.models import Target

        found: dict[str, list[Any]] = defaultdict(list)
        for row in Target.objects.filter(county_id=self.county, is_active=True).select_related("team", "station"):
            found[row.kind].append(row)
        return found

    @cached_property
    def crews(self) -> dict[Any, list[int]]:
        """User ids by team, the leader first."""
        from backend.registry.models import Membership

        found: dict[Any, list[int]] = defaultdict(list)
        for row in Membership.objects.filter(team__county_id=self.county).order_by("-is_leader", "pk"):
            found[row.team_id].append(row.user_id)
        return found

    # -- the field

    def field(self) -> None:
        """Assignments, crews, grants, visits, findings, evidence, notices with their lines and reports."""
        from backend.inspections.models import Assignment, CrewMember, Evidence, Finding, Visit, VisitRound
        from backend.notices.models import FindingReport, NoticeFinding, RectificationNotice, RectificationReport

        counts = {
            "visit": Visit.objects.count(),
            "finding": Finding.objects.count(),
            "evidence": Evidence.objects.count(),
            "notice": RectificationNotice.objects.count(),
        }
        self.copies = max(-(-TIMES * TERM[name] // count) for name, count in counts.items())
        self._crews_of = {row.pk: row for row in Assignment.objects.select_related("target", "team")}
        self._multiply(Assignment, self._assignment)
        self._multiply(CrewMember, self._member)
        self._grants()
        self._multiply(Visit, self._visit)
        self._multiply(VisitRound, lambda new, _row, number: self._move(new, number, "submitted_at"))
        self._multiply(Finding, self._of_visit)
        self._multiply(Evidence, self._evidence)
        self._multiply(RectificationNotice, self._notice)
        self._multiply(NoticeFinding)
        self._multiply(RectificationReport)
        self._multiply(FindingReport)

    def _multiply(self, model: Any, change: Callable[[Any, Any, int], None] | None = None) -> None:
        """`copies` of every row; references among multiplied tables follow, `change` sees (copy, row, number)."""
        rows = list(model.objects.order_by("pk"))
        own = model._meta.pk
        links = [each for each in model._meta.concrete_fields if each.is_relation and _is_uuid(each.related_model)]

        def made() -> Iterator[Any]:
            for number in range(1, self.copies + 1):
                for row in rows:
                    new = copy(row)
                    new._state = copy(row._state)
                    new._state.adding = True
                    new._state.fields_cache = {}
                    new.pk = self.other(row.pk, number) if _is_uuid(model) else None
                    for link in links:
                        if link is not own and link.related_model.__name__ in FOLLOWED:
                            setattr(new, link.attname, self.other(getattr(row, link.attname), number))
                    if change:
                        change(new, row, number)
                    yield new

        _create(model, made())

    def other(self, id: Any, number: int) -> Any:
        """The id of copy `number`: its time some days on or back, the rest changed by the number."""
        if id is None:
            return None
        days = self._days(number)
        stamp, rest = id.int >> 80, id.int & (1 << 80) - 1
        return uuid.UUID(int=(stamp + days * 86_400_000) << 80 | rest ^ number << 8)

    def _days(self, number: int) -> int:
        return number % DAYS - 15

    def _place(self, row: Any, number: int) -> Any:
        """The target of a copy, of the kind of its original's."""
        able = self.places[row.kind]
        return able[(able.index(row) + number) % len(able)]

    def _team(self, target: Any, track: str) -> Any:
        return target.team_id if track == "department" else self._station_teams.get(target.station_id, target.team_id)

    @cached_property
    def _station_teams(self) -> dict[Any, Any]:
        from backend.registry.models import Team

        return dict(Team.objects.filter(station__isnull=False).values_list("station_id", "pk"))

    def _assignment(self, new: Any, row: Any, number: int) -> None:
        target = self._place(self._crews_of[row.pk].target, number)
        new.target_id, new.team_id = target.pk, self._team(target, row.track)
        new.leader_id = self.crews[new.team_id][0]
        self._move(new, number, "reveal_at", "released_at", "departed_at")
        new.scheduled_on = row.scheduled_on + dt.timedelta(days=self._days(number))
        new.plan_month = f"{new.scheduled_on:%Y-%m}"

    def _member(self, new: Any, row: Any, number: int) -> None:
        origin = self._crews_of[row.assignment_id]
        team = self._team(self._place(origin.target, number), origin.track)
        crew = self.crews[team]
        new.assignment_id = self.other(row.assignment_id, number)
        new.user_id = crew[0] if row.is_leader else crew[1 + number % (len(crew) - 1)]

    def _visit(self, new: Any, row: Any, number: int) -> None:
        new.target_id = self._place(self._crews_of[row.assignment_id].target, number).pk
        self._move(new, number, "started_at", "submitted_at", "approved_at")
        new.plan_month = f"{new.submitted_at:%Y-%m}"

    @cached_property
    def _targets(self) -> dict[Any, Any]:
        from backend.registry.models import Target

        return Target.objects.in_bulk()

    def _of_visit(self, new: Any, row: Any, number: int) -> None:
        new.target_id = self._place(self._targets[row.target_id], number).pk
        self._move(new, number, "recorded_at", "closed_at")

    def _evidence(self, new: Any, row: Any, number: int) -> None:
        new.sha256 = f"{number:08x}{row.sha256[8:]}"
        self._move(new, number, "added_at", "taken_at", "verified_at")

    def _notice(self, new: Any, row: Any, number: int) -> None:
        new.target_id = self._place(self._targets[row.target_id], number).pk
        new.number = f"{row.number[:-1]}{number}号"
        if row.number_serial:
            new.number_serial = row.number_serial + 1000 * number
        self._move(new, number, "drafted_at", "issued_at", "closed_at")
        new.due_on = row.due_on + dt.timedelta(days=self._days(number)) if row.due_on else None

    def _move(self, new: Any, number: int, *names: str) -> None:
        for name in names:
            if (value := getattr(new, name)) is not None:
                setattr(new, name, value + dt.timedelta(days=self._days(number)))

    def _grants(self) -> None:
        """What the crews may read of it, two fifths at present; the office needs none for lists."""
        from backend.inspections.models import CrewMember
        from backend.journal.models import Grant

        known = {row.scope: row for row in Grant.objects.filter(scope__startswith="crew:", user_id__in=self._leaders)}
        spans = list(known.values())
        rows = CrewMember.objects.exclude(assignment_id__in=self._crews_of).values_list("assignment_id", "user_id")
        made = (
            Grant(
                county_id=self.county,
                user_id=user,
                scope=f"crew:{assignment}",
                starts_at=(span := spans[at % len(spans)]).starts_at,
                ends_at=None if at % 5 < 2 else span.ends_at,
            )
            for at, (assignment, user) in enumerate(rows.iterator(BATCH))
        )
        _create(Grant, made)

    @property
    def _leaders(self) -> set[int]:
        return {crew[0] for crew in self.crews.values()}

    # -- the rest

    def messages(self) -> None:
        """Inboxes: of one person of the office as many as ten terms bring, of one school and one inspector a share."""
        from backend.accounts.models import User
        from backend.notices.models import InboxCounter, InboxEntry

        base = list(InboxEntry.objects.all()[:200])
        for name, wanted in (("office1", 2 * TERM["inbox"]), ("t03_lead", 4000), ("sch001", 1000)):
            user = User.objects.get(username=name).pk
            counter, _ = InboxCounter.objects.get_or_create(user_id=user)
            first = counter.last + 1

            def made(user: int = user, first: int = first, wanted: int = wanted) -> Iterator[Any]:
                for at in range(wanted):
                    row = copy(base[at % len(base)])
                    row._state = copy(row._state)
                    row._state.adding = True
                    row.pk, row.user_id, row.seq = uuid.uuid4(), user, first + at
                    row.message_id = 10**9 + user * 10**6 + at
                    row.read_at = row.at if at % 10 else None
                    yield row

            _create(InboxEntry, made())
            counter.last = first + wanted - 1
            counter.save()

    def registry(self) -> None:
        """Ten times the targets, teams, districts and people."""
        from backend.accounts.models import User
        from backend.registry.models import SchoolDistrict, Target, Team

        for model, made in (
            (SchoolDistrict, "code"),
            (Team, "code"),
            (Target, "code"),
        ):
            _create(model, self._again(model, made))
        _create(User, self._again(User, "username"))

    def _again(self, model: Any, unique: str) -> Iterator[Any]:
        for row in list(model.objects.filter(county_id=self.county)):
            for number in range(1, TARGETS_TIMES):
                new = copy(row)
                new._state = copy(row._state)
                new._state.adding = True
                new.pk = uuid.uuid4() if _is_uuid(model) else None
                setattr(new, unique, f"{getattr(row, unique)}x{number}")
                yield new

    def papers(self) -> None:
        """Two years of bulletins beside that of the term, announcements, and ten versions of every checklist."""
        from backend.bulletins.models import Bulletin
        from backend.inspections.models import Announcement, ChecklistTemplate

        [issue] = Bulletin.objects.all()
        for number in range(50):
            new = copy(issue)
            new._state = copy(issue._state)
            new._state.adding = True
            new.pk = uuid.uuid4()
            new.period_start = dt.date(2024 - number // 24, 1 + number // 2 % 12, 1 if number % 2 == 0 else 16)
            new.issue_number = new.total_issue_number = 1000 + number
            new.issue_year = new.period_start.year
            new.save(force_insert=True)
        _create(
            Announcement,
            (Announcement(county_id=self.county, title=f"通知{at}", body="请按时同步。") for at in range(500)),
        )
        templates = list(ChecklistTemplate.objects.filter(county_id=self.county))
        _create(ChecklistTemplate, (self._version(row, at) for row in templates for at in range(2, TIMES + 1)))

    def _version(self, row: Any, number: int) -> Any:
        new = copy(row)
        new._state = copy(row._state)
        new._state.adding = True
        new.pk, new.version, new.status = uuid.uuid4(), row.version + number, "retired"
        return new

    def reviews(self, count: int = 2000) -> None:
        """Operations that wait for somebody's decision, about visits of all teams."""
        from backend.core import clock, codec
        from backend.inspections.models import Visit
        from backend.sync.models import Operation, Verdict

        rows = Visit.objects.values_list("pk", "assignment__leader_id")[:count]
        ops = [
            Operation(
                id=uuid.uuid4(),
                county_id=self.county,
                user_id=leader,
                device_id=uuid.UUID(int=leader),
                n=at,
                kind="answer",
                verb="set",
                object_id=str(visit),
                schema=1,
                device_at="2026-11-10T10:00:00+08:00",
                received_at=clock.now() - dt.timedelta(minutes=at),
                body=codec.dumps({"data": {"answers": {"TY-02": {"value": 2, "note": "", "base": 0}}}}).decode(),
                chain="0" * 64,
            )
            for at, (visit, leader) in enumerate(islice(rows, count))
        ]
        _create(Operation, iter(ops))
        told = {"status": "quarantined", "code": "late_lock", "detail": {}, "decided_at": clock.now()}
        _create(Verdict, (Verdict(operation=op, looked_at=clock.now(), **told) for op in ops))


FOLLOWED = frozenset({"Assignment", "Visit", "Finding", "RectificationNotice", "NoticeFinding", "RectificationReport"})


def _is_uuid(model: Any) -> bool:
    return bool(model._meta.pk.get_internal_type() == "UUIDField")


def _create(model: Any, rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def volume() -> list[tuple[str, int]]:
    """How many rows there are of what is listed."""
    from backend.inspections.models import Evidence, Finding, Visit
    from backend.notices.models import InboxEntry, RectificationNotice
    from backend.registry.models import Target

    named: dict[str, Any] = {"visits": Visit, "findings": Finding, "evidence": Evidence, "notices": RectificationNotice}
    named |= {"messages": InboxEntry, "targets": Target}
    return [(name, model.objects.count()) for name, model in named.items()]
