"""What the office, the signers and the units do in the term: plans, approvals, notices, answers, bulletins."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling, editing, publishing, signing
from backend.core import clock, duties
from backend.core.ids import uuid7
from backend.desk.rules import pictures
from backend.desk.rules.mending import PlannedNotice, PlannedPart
from backend.desk.rules.story import PlannedVisit, drawn
from backend.desk.rules.term import HOLIDAY, Half
from backend.desk.services.term.fieldwork import PNG, Fieldwork
from backend.desk.services.term.stage import Stage
from backend.inspections.models import Assignment, Finding, FindingState, SeverityLevel, Visit
from backend.inspections.services import assignments, findings, plan_steps, plans, reviews, suspected_sites, vetoes
from backend.inspections.services.assignments import NewAssignment
from backend.inspections.services.visits import Place
from backend.journal.writing import write
from backend.media.services import depositing
from backend.notices.models import NoticeEvidence, NoticeFinding, RectificationNotice
from backend.notices.services import drafts, evidence, inbox, issuing, replies, reports, reviewing
from backend.notices.services.reports import Part
from backend.notices.services.reviewing import Verdict

PROVEN_BY_PHOTO = (SeverityLevel.SERIOUS, SeverityLevel.VETO)
SITE = ("{n}号楼居民楼培训点（演示）", "居民楼内，群众反映有人补课。", Place(108.69, 30.93, 25.0))
NIGHTLY = ("inspections.reveal", "inspections.publish", "notices.escalate", "journal.seal")


@dataclass
class Office:
    """Holds what was made of the plan so far, by the number of the planned visit."""

    stage: Stage
    seed: str
    plans: dict[str, uuid.UUID] = field(default_factory=dict)
    sent: dict[int, Assignment] = field(default_factory=dict)
    made: dict[int, Visit] = field(default_factory=dict)
    notices: dict[int, RectificationNotice] = field(default_factory=dict)

    # -- plan and field

    def open_plan(self, month: str) -> None:
        """The monthly plan of the whole county, handed in for approval."""
        days = [HOLIDAY[0] + dt.timedelta(days=at) for at in range((HOLIDAY[1] - HOLIDAY[0]).days + 1)]
        holidays = [day.isoformat() for day in days if day.isoformat().startswith(month)]
        plan = plans.create(actor=self.stage.office, month=month, holidays=holidays)
        plan_steps.submit(actor=self.stage.office, plan_id=plan.pk)
        self.plans[month] = plan.pk

    def approve_plan(self, month: str) -> None:
        plan_steps.approve(actor=self.stage.signer, plan_id=self.plans[month])

    def assign(self, month: str, planned: Sequence[PlannedVisit]) -> None:
        """A month's assignments, all or none."""
        known = [visit for visit in planned if visit.unit is not None]
        rows = assignments.assign_many(actor=self.stage.office, news=[self._line(visit, month) for visit in known])
        self.sent |= {visit.number: row for visit, row in zip(known, rows, strict=True)}

    def _line(self, visit: PlannedVisit, month: str) -> NewAssignment:
        crew = [user.pk for user in self.stage.crew(visit)]
        target, team = self.stage.targets[visit.place], self.stage.teams[visit.team]
        return NewAssignment(target.pk, team, crew[0], crew, visit.day, visit.templates, plan=self.plans[month])

    def release_plan(self, month: str) -> None:
        """The plan and its assignments; each leader reads of it from the reveal on."""
        plan_steps.release(actor=self.stage.office, plan_id=self.plans[month])

    def depart(self, planned: Iterable[PlannedVisit]) -> None:
        """The crews of a day set out."""
        with write(actor=self.stage.office):
            for visit in planned:
                if visit.number in self.sent:
                    leader = self.stage.actor(self.stage.crew(visit)[0])
                    assignments.depart(actor=leader, assignment_id=self.sent[visit.number].pk)

    def visit(self, planned: PlannedVisit) -> None:
        """The phone of the crew hands in everything."""
        crew = [self.stage.actor(user) for user in self.stage.crew(planned)]
        rng = drawn(self.seed, "visit", planned.number)
        if planned.unit is None:
            name, told, place = SITE
            site = suspected_sites.report(
                actor=crew[1], target_id=uuid7(), name=name.format(n=planned.number), description=told, place=place
            )
            self.stage.targets[planned.place] = site
        target = self.stage.targets[planned.place]
        work = Fieldwork(self.stage, planned, rng, target, crew)
        self.made[planned.number] = work.run(self.sent.get(planned.number))

    def approve(self, planned: Iterable[PlannedVisit]) -> None:
        """The office approves the visits of a day; what was found at a hidden site is handed over."""
        for each in planned:
            visit = reviews.approve(actor=self.stage.office, visit_id=self.made[each.number].pk)
            self._confirm_vetoes(visit)
            if each.unit is None:
                self._refer(visit)

    def _confirm_vetoes(self, visit: Visit) -> None:
        """The unit is heard, the office and a leader confirm."""
        for pk in Finding.objects.filter(visit=visit, veto_candidate=True).values_list("pk", flat=True):
            vetoes.hear(actor=self.stage.office, finding_id=pk, way="on_site", statement="单位负责人对事实无异议。")
            for judge in (self.stage.office, self.stage.signer):
                vetoes.judge(actor=judge, finding_id=pk, view="confirm", reason="事实清楚，证据充分。")

    def _refer(self, visit: Visit) -> None:
        for pk in Finding.objects.filter(visit=visit, state=FindingState.CONFIRMED).values_list("pk", flat=True):
            findings.advance(
                actor=self.stage.office, finding_id=pk, to=FindingState.REFERRED, reason="无证培训，移送联合执法。"
            )

    # -- notices

    def draft(self, planned: Iterable[PlannedNotice]) -> None:
        for each in planned:
            with write(actor=self.stage.office):
                visit = self.made[each.visit.number]
                notice = drafts.draft_from_visit(actor=self.stage.office, visit_id=visit.pk)
                self.notices[each.visit.number] = drafts.review(actor=self.stage.office, notice_id=notice.pk)

    def issue(self, planned: Iterable[PlannedNotice]) -> None:
        for each in planned:
            notice_id = self.notices[each.visit.number].pk
            self.notices[each.visit.number] = issuing.issue(actor=self.stage.signer, notice_id=notice_id)

    def acknowledge(self, planned: Iterable[PlannedNotice]) -> None:
        """The units confirm that they have them; those that will never answer do that as well."""
        for each in planned:
            notice = self.notices[each.visit.number]
            replies.acknowledge(actor=self.stage.unit_actor(notice.target), notice_id=notice.pk)

    def report(self, planned: PlannedNotice, parts: Sequence[PlannedPart]) -> None:
        """The unit reports on some of its findings."""
        notice = self.notices[planned.visit.number]
        actor = self.stage.unit_actor(notice.target)
        rows = {row.item_code: row for row in NoticeFinding.objects.filter(notice=notice)}
        with write(actor=actor):
            told = [self._part(notice, rows[part.finding.item]) for part in parts]
            reports.submit_report(actor=actor, notice_id=notice.pk, parts=told, summary="本单位已逐项整改。")

    def _part(self, notice: RectificationNotice, row: NoticeFinding) -> Part:
        proofs = [self._proof(notice, row)] if row.severity in PROVEN_BY_PHOTO else []
        return Part(
            item=row.pk,
            cause="制度执行不到位，日常检查督促不够。",
            measure="召开专题会学习要求，安排专人每日检查。",
            responsible_role="分管负责人",
            finished_on=clock.today(),
            result="已整改到位。",
            evidence=[proof.pk for proof in proofs],
        )

    def _proof(self, notice: RectificationNotice, row: NoticeFinding) -> NoticeEvidence:
        """A photo of how it is now."""
        data = pictures.photo(drawn(self.seed, "proof", notice.number, row.number))
        proof = evidence.declare(
            actor=self.stage.unit_actor(notice.target),
            notice_id=notice.pk,
            item_id=row.pk,
            kind=NoticeEvidence.Kind.AFTER,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            filetype=PNG,
        )
        depositing.deposit(county_id=notice.county_id, files={str(proof.pk): data})
        return proof

    def decide(self, planned: Iterable[PlannedNotice]) -> None:
        """The office accepts what was reported, and closes the notice."""
        for each in planned:
            notice = self.notices[each.visit.number]
            rows = NoticeFinding.objects.filter(notice=notice).order_by("number")
            verdicts = [Verdict(row.pk, FindingState.CLOSED.value) for row in rows]
            with write(actor=self.stage.office):
                reviewing.decide(actor=self.stage.office, notice_id=notice.pk, verdicts=verdicts)
                reviewing.close(actor=self.stage.office, notice_id=notice.pk)

    # -- bulletins

    def compile(self, half: Half) -> None:
        """The draft, as the product makes it by itself."""
        compiling.compile(actor=self.stage.office, period_start=half.start)

    def sign(self, half: Half) -> None:
        """Reviewed, signed, published."""
        issue = Bulletin.objects.get(county_id=self.stage.county.pk, period_start=half.start)
        editing.review(actor=self.stage.office, bulletin_id=issue.pk)
        signing.sign(actor=self.stage.signer, bulletin_id=issue.pk)
        publishing.publish(actor=self.stage.office, bulletin_id=issue.pk)

    # -- what the product does by itself

    def night(self) -> None:
        """Duties of the day; in a running server they come every few seconds."""
        for name in NIGHTLY:
            duties.duties[name].run()
        while inbox.deliver_waiting(limit=1000):
            pass


def in_china(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """An instant of a day in China."""
    return dt.datetime.combine(day, dt.time(hour, minute), clock.CHINA)
