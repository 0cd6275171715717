"""A month of finished visits, written in bulk: the documents that a first download brings."""

import random
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from bench.offline import CHECKLISTS, Errand, OfflineVisit

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.inspections.models import Assignment, Visit

PER_VISIT = 16
"""Documents of a visit: itself, three findings, twelve pieces of evidence."""

Ops = list[dict[str, Any]]


def visits(reader: "User", count: int) -> list["Visit"]:
    """`count` visits of the reader's county, each in the scope of a crew of its own that the reader may read.

    The content of every visit is what `bench.offline` does on one; the journal stores the documents as it always does.
    """
    from django.db.models import prefetch_related_objects

    from backend.core import clock
    from backend.core.actor import system
    from backend.inspections.models import Visit
    from backend.journal.writing import write

    with write(actor=system(_county(reader))) as change:
        rows = Visit.objects.bulk_create(_visit(row) for row in _assignments(_county(reader), count))
        findings, evidence = _contents(rows)
        prefetch_related_objects(rows, "answers")
        for row in [*rows, *findings, *evidence]:
            change.put(row)
        for visit in rows:
            change.grant(reader.pk, visit.journal_scope, starts_at=clock.now())
    return rows


def _county(reader: "User") -> int:
    return int(reader.county_id or 0)


def _assignments(county_id: int, count: int) -> list["Assignment"]:
    from itertools import cycle

    from backend.core import clock
    from backend.inspections.models import Assignment
    from backend.registry.models import Stage, Target, Team

    schools = cycle(Target.objects.filter(county_id=county_id, stage=Stage.PRIMARY))
    teams = cycle(Team.objects.filter(county_id=county_id).prefetch_related("memberships"))
    return Assignment.objects.bulk_create(
        Assignment(
            county_id=county_id,
            target=next(schools),
            team=(team := next(teams)),
            track=team.track,
            plan_month=f"{clock.today():%Y-%m}",
            scheduled_on=clock.today(),
            templates=[[code, 1] for code in CHECKLISTS],
            leader_id=team.memberships.all()[0].user_id,
            reveal_at=clock.now(),
            state="done",
        )
        for _ in range(count)
    )


def _visit(row: "Assignment") -> "Visit":
    from backend.inspections.models import Visit

    place = {"lng": 108.7132, "lat": 30.9322, "accuracy": 18.5, "datum": "wgs84"}
    arrived = {"place": place, "metres": 112, "inside": True, "reason": "", "by": row.leader_id}
    return Visit(
        county_id=row.county_id,
        assignment=row,
        target=row.target,
        track=row.track,
        kind=row.kind,
        mode=row.mode,
        plan_month=row.plan_month,
        templates=row.templates,
        state="submitted",
        started_by=row.leader_id,
        check_in=arrived,
        sample=[{"grade": grade, "number": 2, "pupils": [3, 17, 28]} for grade in (1, 3)],
        score=86,
        content_hash="5e" * 32,
        submitted_by=row.leader_id,
    )


def _contents(rows: list["Visit"]) -> tuple[list[Any], list[Any]]:
    """Answers, findings and evidence of all visits; the last two are documents of their own."""
    from backend.inspections.models import Answer, Evidence, Finding

    ops = _ops()
    Answer.objects.bulk_create((each for row in rows for each in _answers(row, ops)), batch_size=2000)
    findings = Finding.objects.bulk_create(each for row in rows for each in _findings(row, ops))
    evidence = Evidence.objects.bulk_create((each for row in rows for each in _evidence(row, ops)), batch_size=1000)
    return findings, evidence


def _ops() -> Ops:
    from backend.inspections.models import ChecklistTemplate

    templates = [row.parsed for row in ChecklistTemplate.objects.filter(code__in=CHECKLISTS).order_by("code")]
    errand = Errand(str(uuid.uuid4()), 1, [(code, 1) for code in CHECKLISTS], "primary", [1, 2, 3, 4, 5, 6], 108, 30, 0)
    ops: Ops = msgspec.json.decode(OfflineVisit(errand, templates, 1, random.Random(11)).body())["ops"]
    return ops


def _answers(row: "Visit", ops: Ops) -> Iterator[Any]:
    from backend.core import clock
    from backend.inspections.models import Answer

    for op in ops:
        for key, one in op["data"].get("answers", {}).items():
            yield Answer(visit=row, key=key, value=one["value"], rev=1, author_id=row.started_by, at=clock.now())


def _findings(row: "Visit", ops: Ops) -> Iterator[Any]:
    from backend.inspections.models import Finding

    basis = [{"document": "SJ", "article": "第3条", "name": "关于进一步减轻义务教育阶段学生作业负担的意见"}] * 2
    for number, op in enumerate((op for op in ops if op["kind"] == "finding"), 1):
        data = op["data"]
        yield Finding(
            county_id=row.county_id,
            visit=row,
            target=row.target,
            number=number,
            template_code=data["item"].partition("-")[0],
            item_code=data["item"],
            answer_key=data["answer_key"],
            text=data["text"],
            base_severity="moderate",
            severity="moderate",
            legal_basis=basis,
            due_days=7,
            recorded_by=row.started_by,
        )


def _evidence(row: "Visit", ops: Ops) -> Iterator[Any]:
    from backend.core import clock
    from backend.inspections.models import Evidence

    for op in (op for op in ops if op["kind"] == "evidence"):
        data, place = op["data"], op["data"]["location"] or {}
        yield Evidence(
            county_id=row.county_id,
            visit=row,
            answer_key=data["answer_key"],
            kind=data["kind"],
            sha256=data["sha256"],
            size=data["size"],
            filetype=data["filetype"],
            taken_at=clock.now(),
            author_id=row.started_by,
            **place,
        )
