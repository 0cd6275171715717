"""Raw rows of a half-month, written without any service, so that a test can count them again by itself."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import (
    Assignment,
    Evidence,
    Finding,
    FindingState,
    FindingTransition,
    Visit,
    VisitRound,
    VisitState,
    VisitTransition,
)
from backend.journal.writing import write
from backend.notices.models import NoticeFinding, NoticeTransition, RectificationNotice
from backend.registry.models import BEGINNING, AreaStation, SchoolDistrict, Stage, Target, TargetKind, Team, Track
from backend.registry.services.responsibility import follow
from tests.fixtures.people import Cast
from tests.fixtures.places import Places

MARCH = dt.date(2026, 3, 1)
NEXT = dt.date(2026, 3, 16)
AFTER = dt.datetime(2026, 3, 16, 1, 0, tzinfo=dt.UTC)
"""Nine in the morning of the 16th of March in China: the first half is over."""


def at(day: int, hour: int = 10, *, month: int = 3) -> dt.datetime:
    """An instant of 2026, in China."""
    return dt.datetime(2026, month, day, hour, tzinfo=clock.CHINA)


@dataclass
class Records:
    """Writes visits, findings and notices of one county as they would stand in the tables."""

    cast: Cast
    places: Places
    county: County
    numbers: int = 0
    _crew: User | None = None
    visits: list[Visit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def actor(self) -> Any:
        return system(self.county.pk)

    @property
    def crew(self) -> User:
        self._crew = self._crew or self.cast.person(Role.INSPECTOR, county=self.county)
        return self._crew

    def count(self) -> int:
        self.numbers += 1
        return self.numbers

    def station(self) -> AreaStation:
        with write(actor=self.actor):
            return AreaStation.objects.create(county_id=self.county.pk, code=f"S{self.count()}", name="第一片区督导站")

    def district(self, name: str = "澄江学区") -> SchoolDistrict:
        with write(actor=self.actor):
            return SchoolDistrict.objects.create(county_id=self.county.pk, code=f"X{self.count()}", name=name)

    def team(self, track: str = Track.DEPARTMENT, station: AreaStation | None = None) -> Team:
        number = self.count()
        with write(actor=self.actor):
            return Team.objects.create(
                county_id=self.county.pk, code=f"G{number:02d}", name=f"第{number}组", track=track, station=station
            )

    def target(self, team: Team | None = None, kind: str = TargetKind.SCHOOL, **more: Any) -> Target:
        number = self.count()
        if kind == TargetKind.SCHOOL:
            more.setdefault("stage", Stage.PRIMARY)
        with write(actor=self.actor) as change:
            target = Target.objects.create(
                county_id=self.county.pk, code=f"M{number:03d}", kind=kind, team=team,
                **{"name": f"演示单位{number}"} | more,
            )  # fmt: skip
            follow(change, [target], since=BEGINNING)
        return target

    def visit(
        self,
        target: Target,
        received_at: dt.datetime,
        *,
        team: Team | None = None,
        answers: dict[str, Any] | None = None,
        score: int = 90,
        valid: bool = True,
        state: str = VisitState.APPROVED,
        photos: int = 0,
    ) -> Visit:
        """A visit whose first round was received at `received_at`."""
        team = team or target.team
        track = team.track if team else Track.DEPARTMENT
        about = {"county_id": self.county.pk, "target": target, "track": track, "kind": "routine", "mode": "open"}
        month = f"{received_at.astimezone(clock.CHINA):%Y-%m}"
        with write(actor=self.actor):
            assignment = Assignment.objects.create(
                **about,
                team=team,
                plan_month=month,
                scheduled_on=received_at.date(),
                leader=self.crew,
                reveal_at=received_at,
            )
            visit = Visit.objects.create(
                **about,
                assignment=assignment,
                plan_month=month,
                state=state,
                score=score,
                counts_for_coverage=valid,
                started_at=received_at,
                submitted_at=received_at,
            )
            for _ in range(photos):
                Evidence.objects.create(
                    county_id=self.county.pk, visit=visit, kind="photo", sha256="0" * 64, size=1, filetype="image/jpeg",
                    added_at=received_at,
                )  # fmt: skip
        self.round(visit, received_at, answers, valid=valid)
        if state == VisitState.CANCELLED:
            self.step(visit, "cancel", received_at)
        self.visits.append(visit)
        return visit

    def round(
        self,
        visit: Visit,
        at_: dt.datetime,
        answers: dict[str, Any] | None = None,
        *,
        number: int = 1,
        valid: bool = True,
    ) -> VisitRound:
        given = {key: {"value": value, "note": ""} for key, value in (answers or {}).items()}
        with write(actor=self.actor):
            return VisitRound.objects.create(
                visit=visit,
                round=number,
                content={"answers": given, "findings": [], "evidence": []},
                content_hash="0" * 64,
                score=90,
                counts_for_coverage=valid,
                submitted_at=at_,
            )

    def step(self, visit: Visit, verb: str, when: dt.datetime) -> None:
        """One step of a visit."""
        with write(actor=self.actor):
            VisitTransition.objects.create(
                visit=visit, verb=verb, before="", after=visit.state, round=1, actor_name="督导办", at=when
            )

    def finding(
        self,
        visit: Visit,
        severity: str = "minor",
        *,
        recorded_at: dt.datetime | None = None,
        state: str = FindingState.CONFIRMED,
        template: str = "ZY",
        text: str = "作业公示栏未更新。",
        on_spot: bool = False,
    ) -> Finding:
        with write(actor=self.actor):
            finding = Finding.objects.create(
                county_id=self.county.pk,
                visit=visit,
                target=visit.target,
                number=self.count(),
                template_code=template,
                item_code=f"{template}-02",
                text=text,
                base_severity=severity,
                severity=severity,
                due_days=7,
                state=state,
                rectified_on_spot=on_spot,
                legal_basis=[{"document": "D1", "name": "演示文件", "article": "第二条"}],
                recorded_at=recorded_at or visit.started_at,
            )
        self.findings.append(finding)
        return finding

    def notice(self, visit: Visit, issued_at: dt.datetime, due_on: dt.date, *findings: Finding) -> RectificationNotice:
        """An issued notice naming `findings`, which are in work from then on."""
        with write(actor=self.actor):
            notice = RectificationNotice.objects.create(
                county_id=self.county.pk, visit=visit, target=visit.target, state="rectifying",
                inspected_on=visit.started_at.date(), team_name="第一组", mode="未事先通知", source="经常性督导",
                subject="“双减”政策落实情况", responsible="校长", number=f"云督整〔2026〕{self.count()}号",
                issued_at=issued_at, due_on=due_on,
            )  # fmt: skip
            NoticeTransition.objects.create(
                notice=notice, action="issue", before="reviewed", after="issued", actor_name="领导", at=issued_at
            )
            for number, finding in enumerate(findings, start=1):
                NoticeFinding.objects.create(
                    county_id=self.county.pk, notice=notice, finding=finding, number=number,
                    template_code=finding.template_code, item_code=finding.item_code, text=finding.text,
                    severity=finding.severity, due_days=7, due_on=due_on,
                )  # fmt: skip
        for finding in findings:
            self.move(finding, FindingState.RECTIFYING, issued_at)
        return notice

    def move(self, finding: Finding, to: str, when: dt.datetime) -> None:
        """One step of a finding."""
        with write(actor=self.actor):
            FindingTransition.objects.create(
                finding=finding, before=finding.state, after=to, actor_name="督导办", at=when
            )
            finding.state = to
            finding.closed_at = when if to == FindingState.CLOSED else None
            finding.save(update_fields=["state", "closed_at"])
