"""Before pushing is measured: the demonstration county, crews on their way, phones signed in, a pattern for `bare`.

Runs in a process of its own, on the database that the measured server will use: `python -m bench.preparing`.
"""

import argparse
import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import django
import msgspec

from backend.inspections.rules.checklist import Template
from bench.offline import CHECKLISTS, Errand, Handset, pushes

if TYPE_CHECKING:
    from backend.core.actor import Actor
    from backend.inspections.models import Assignment
    from backend.registry.models import Target, Team
    from backend.sync.services.push import Answered


class Prepared(msgspec.Struct):
    """What the measuring process needs to know."""

    handsets: list[Handset]
    templates: list[msgspec.Raw]
    others: list[Handset] = []
    bare: list[Handset] = []
    """Second devices of the same people for the bare control, which writes their numbers as it likes."""


def prepare(crews: int, phones: int, visits: int, *, others: int = 0, learn: bool = False) -> Prepared:
    """`crews` crews with `phones` phones each, `visits` departed assignments per phone; `others` phones of stations.

    With `learn` one crew more, with one phone and two visits, for the bare control's pattern.
    """
    from django.core.management import call_command

    from backend.accounts.models import County
    from backend.core.actor import system
    from backend.desk import demo
    from backend.inspections.models import ChecklistTemplate
    from backend.registry.models import Team, Track

    call_command("migrate", verbosity=0)
    demo.prepare(lambda _line: None)
    county = County.objects.get()
    rows = {row.code: row for row in ChecklistTemplate.objects.filter(county_id=county.pk, code__in=CHECKLISTS)}
    actor, teams = system(county.pk), Team.objects.filter(county_id=county.pk, track=Track.DEPARTMENT).order_by("code")
    handsets = [each for team in teams[:crews] for each in _handsets(actor, team, phones, visits)]
    bare = [each for team in teams[:crews] for each in _handsets(actor, team, 1, visits)] if learn else []
    handsets += _handsets(actor, teams[crews], 1, 2) if learn else []
    stations = Team.objects.filter(county_id=county.pk, track=Track.STATION).order_by("code")
    beside = [each for team in stations[:others] for each in _handsets(actor, team, 1, 0)]
    contents = [msgspec.Raw(msgspec.json.encode(rows[code].content)) for code in CHECKLISTS]
    return Prepared(handsets, contents, beside, bare)


def _handsets(actor: "Actor", team: "Team", phones: int, visits: int) -> Iterator[Handset]:
    """One phone per person of the crew, leader first; each with errands of its own, all led by the leader."""
    from backend.accounts.services import sessions

    people = [row.user for row in team.memberships.select_related("user").order_by("-is_leader", "pk")]
    for person in people[:phones]:
        errands = _errands(actor, team, [user.pk for user in people[:2]], visits) if visits else []
        pair = sessions.sign_in(user=person, device_id=uuid.uuid4(), name="bench", platform="bench")
        yield Handset(person.pk, str(pair.session.device_id), pair.access, errands)


def _errands(actor: "Actor", team: "Team", crew: Sequence[int], visits: int) -> list[Errand]:
    from backend.core import clock
    from backend.inspections.services import assignments
    from backend.inspections.services.assignments import NewAssignment
    from backend.journal.writing import write

    schools = cycle(_schools(actor.county_id, int(team.code[1:])))
    new = [
        NewAssignment(
            target=next(schools).pk,
            team=team.pk,
            leader=crew[0],
            crew=crew,
            scheduled_on=clock.today(),
            templates=CHECKLISTS,
            reveal_at=clock.now() - dt.timedelta(minutes=1),
        )
        for _ in range(visits)
    ]
    with write(actor=actor) as change:
        rows = assignments.assign_many(actor=actor, news=new)
        rows = assignments.release_many(actor=actor, assignment_ids=[row.pk for row in rows])
        for row in rows:
            assignments.set_out(change, row)
        change.flush()
        last = len(rows) - 1
    return [_errand(row, change.revs["assignment", str(row.pk)], last - place) for place, row in enumerate(rows)]


def _schools(county_id: int, first: int) -> list["Target"]:
    """Primary schools of the county, each crew beginning with another one."""
    from backend.registry.models import Stage, Target

    rows = list(Target.objects.filter(county_id=county_id, stage=Stage.PRIMARY, longitude__isnull=False).order_by("pk"))
    return rows[first * 3 % len(rows) :] + rows[: first * 3 % len(rows)]


def _errand(row: "Assignment", rev: int, after: int) -> Errand:
    from backend.journal.models import Scope

    target = row.target
    place = (float(target.longitude or 0), float(target.latitude or 0))
    pairs = [(str(code), int(version)) for code, version in row.templates]
    scope = Scope.objects.get(name=row.scope).pk
    return Errand(str(row.pk), rev, pairs, target.type_code, list(target.grades), *place, scope, after)


def learn(handset: Handset, templates: Sequence[msgspec.Raw]) -> None:
    """Push two visits in this process and keep what the second one wrote, for the bare control (PostgreSQL)."""
    from backend.accounts.authentication import actor_for_token
    from backend.sync.services.push import push
    from backend.sync.wire import PushIn
    from bench.controls import pattern_kept
    from bench.pattern import Learner, ids_of

    actor = actor_for_token(handset.token)[0]
    device = uuid.UUID(handset.device)
    warm, measured = pushes(handset, [msgspec.json.decode(each, type=Template) for each in templates], random.Random(7))
    settled(push(actor, device, msgspec.json.decode(warm, type=PushIn)))
    learner = Learner()
    settled(push(actor, device, msgspec.json.decode(measured, type=PushIn)))
    errand = handset.errands[1]
    ids = ids_of(handset.device, errand.assignment, msgspec.json.decode(measured)["ops"])
    pattern_kept(learner.pattern(ids, errand.scope))


def settled(answer: "Answered") -> None:
    """Raises `ValueError` unless every operation was applied."""
    if wrong := [result for result in answer.body["results"] if result["status"] != "applied"]:
        raise ValueError(f"not applied: {wrong}")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.preparing")
    options.add_argument("--crews", type=int, required=True)
    options.add_argument("--phones", type=int, default=1)
    options.add_argument("--others", type=int, default=0)
    options.add_argument("--visits", type=int, required=True)
    options.add_argument(
        "--learn", action="store_true", help="one crew more, whose pushes are the bare control's pattern"
    )
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    django.setup()
    found = prepare(given.crews, given.phones, given.visits, others=given.others, learn=given.learn)
    if given.learn:
        learn(found.handsets.pop(), found.templates)
    given.out.write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
