"""Visits as they stand after their submission, and the answers of the comparisons' addresses."""

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import User
from backend.core import clock, codec
from backend.core.actor import system
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, ChecklistTemplate, CrewMember, Finding, Visit, VisitRound
from backend.journal.writing import write
from backend.registry.models import Target, Team
from tests.fixtures.people import Client
from tests.fixtures.places import Places
from tests.inspections.authoring.checklists import FAILS, YES, item

API = "/api/v1/inspections/comparisons"
MONTH = "2026-11"
NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)

ROWS = [
    *(item(number, "yes_no", **{"pass": YES}, **FAILS) for number in range(1, 10)),
    item(10, "number", number={"unit": "分钟", "minimum": 0, "maximum": 300}, repeat="grade",
         **{"pass": {"op": "<=", "value": 60}}, **FAILS),
    item(11, "single", options=["甲", "乙"]),
    item(12, "text", format="long"),
    item(13, "yes_no", repeat="class", **{"pass": YES}, **FAILS),
    item(14, "yes_no", show_if=[{"item": "XT-01", "is": {"op": "=", "value": "no"}}], **{"pass": YES}, **FAILS),
]  # fmt: skip
GOOD: dict[str, Any] = {f"XT-0{number}": "yes" for number in range(1, 10)} | {"XT-10#3": 50, "XT-11": "甲"}


@dataclass
class Field:
    """Visits as they stand after their submission; how they come there is told elsewhere."""

    places: Places
    county: int
    template: ChecklistTemplate
    inspector: User

    def visit(
        self,
        target: Target,
        team: Team,
        answers: dict[str, Any],
        *,
        state: str = "submitted",
        month: str = MONTH,
        **more: Any,
    ) -> Visit:
        kind = more.pop("kind", "routine")
        with write(actor=system(self.county)):
            assignment = Assignment.objects.create(
                county_id=self.county, target=target, team=team, track=team.track, plan_month=month, kind=kind,
                scheduled_on=clock.today(), leader=self.inspector, reveal_at=clock.now(), state="departed",
                templates=[["XT", 1]],
            )  # fmt: skip
            CrewMember.objects.create(assignment=assignment, user=self.inspector, is_leader=True)
            visit = Visit.objects.create(
                county_id=self.county, assignment=assignment, target=target, track=team.track, kind=kind, mode="open",
                plan_month=month, templates=[["XT", 1]], state=state, submitted_at=clock.now(), **more,
            )  # fmt: skip
            told = {key: {"value": value, "note": ""} for key, value in answers.items()}
            for key, value in answers.items():
                Answer.objects.create(visit=visit, key=key, value=value, rev=1, at=clock.now())
            if state in ("submitted", "approved"):
                content = {"answers": told, "findings": []}
                VisitRound.objects.create(
                    visit=visit, round=visit.round, content=content, content_hash=codec.content_hash(content), score=100
                )
        return visit

    def finding(self, visit: Visit, code: str, severity: str = "moderate", **more: Any) -> Finding:
        with write(actor=system(self.county)):
            return Finding.objects.create(
                id=uuid7(), county_id=self.county, visit=visit, target=visit.target, number=visit.findings.count() + 1,
                template_code="XT", item_code=code, text="问题", base_severity=severity, severity=severity, due_days=7,
                **more,
            )  # fmt: skip


def get(client: Client, path: str) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def table(client: Client, path: str) -> list[list[str]]:
    answer: Any = client.get(f"{API}/{path}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
