"""A county in full work: something of every kind that must stay inside it."""

from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.bulletins.services import circulars, comments, compiling
from backend.core import clock
from backend.core.actor import Actor, system
from backend.inspections.models import ChecklistTemplate, Draw, InspectionPlan, Visit
from backend.inspections.services import announcements, plans, standard_findings
from backend.inspections.services.standard_findings import Wording
from backend.journal.writing import write
from backend.media.services import blobs
from backend.notices.models import (
    EscalationPaper,
    InboxCounter,
    InboxEntry,
    LookBack,
    LookBackItem,
    RectificationNotice,
    Reminder,
)
from backend.notices.services import drafts, instructions, signing
from backend.registry.models import Certificate, Membership, TargetContact, TeamInCharge
from backend.registry.services import conflicts
from tests.fixtures.draws import DrawDesk
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork


@dataclass
class FullCounty:
    """One county with a school that has an account, and what was done about that school unseen by it."""

    cast: Cast
    places: Places
    fieldwork: Fieldwork
    county: County
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def office(self) -> User:
        return self._person(Role.OFFICE)

    def _person(self, role: str) -> User:
        found = User.objects.filter(county=self.county, role_assignments__role=role).first()
        return found or self.cast.person(role, county=self.county)

    def actor(self, role: str) -> Actor:
        return self.cast.actor(self._person(role))

    def settle(self) -> "FullCounty":
        """The people and the school, before anything is planned."""
        self.fieldwork.county(self.county)
        self.team = self.places.team(county=self.county)
        self.school = self.places.school(county=self.county, team=self.team)
        self.liaison = self.places.liaison(self.school)
        return self

    def work(self) -> "FullCounty":
        """A visit under way, another one approved with its notice in draft: all of it secret."""
        self.under_way = self.fieldwork.filled(county=self.county, target=self.school, team=self.team)
        visit = self.fieldwork.filled(county=self.county, target=self.school, team=self.team)
        self.finding = self.fieldwork.finding(visit, self.fieldwork.leader(visit.assignment))
        self.approved = self.fieldwork.approved(self.fieldwork.submitted(visit))
        self.late = self._late(self.approved)
        self.notice = drafts.draft_from_visit(actor=self.actor(Role.OFFICE), visit_id=self.approved.pk)
        self.bulletin = compiling.compile(actor=self.actor(Role.OFFICE), period_start=clock.today().replace(day=1))
        self.comment = comments.remark(actor=self.actor(Role.OFFICE), bulletin_id=self.bulletin.pk, text="请核对。")
        self.circular = circulars.compile(actor=self.actor(Role.OFFICE), month=f"{clock.today():%Y-%m}")
        self.stand_in = signing.appoint(
            actor=self.actor(Role.LEADERSHIP), user_id=self.office.pk, starts_on=clock.today(), ends_on=clock.today()
        )
        self.paper, self.look = self._escalated(), self._looked_at()
        self.message = self._told()
        self.instruction = instructions.give(
            actor=self.actor(Role.LEADERSHIP), subject=self.notice, name="整改通知书", text="请从严督办。"
        )
        self.announcement = announcements.announce(
            actor=self.actor(Role.OFFICE), title="会议通知", body="周五下午三点，督导办会议室。"
        )
        self.plan = self._plan(f"{clock.today():%Y-%m}")
        plans.except_target(
            actor=self.actor(Role.OFFICE), plan_id=self.plan.pk, target_id=self.school.pk, included=True, cause="closed"
        )
        self.standard = standard_findings.add(
            actor=self.actor(Role.OFFICE),
            item="TY-02",
            wording=Wording(text=f"{self.school.name}到场督查人员不足两名。"),
        )
        self.draw = self._drawn()
        self.conflict = conflicts.record(
            actor=self.actor(Role.OFFICE),
            user_id=self.fieldwork.crew(self.approved.assignment)[1].pk,
            declaration=conflicts.Declaration(self.school.pk, "family_employed", reason="配偶在该校任教"),
        )
        self.blob = blobs.keep(county_id=self.county.pk, data=b"%PDF-1.4 secret", filetype="application/pdf")
        self.values = self._values(self.under_way, self.notice)
        return self

    def _plan(self, month: str) -> InspectionPlan:
        """The county's plan of the month; a second world of the same county has the first one's."""
        known = InspectionPlan.objects.filter(county_id=self.county.pk, month=month).first()
        return known or plans.create(actor=self.actor(Role.OFFICE), month=month)

    def _drawn(self) -> Draw:
        """A draw of two targets for crews of its own team; the seed is not told."""
        desk = DrawDesk(self.cast, self.places, self.fieldwork)
        self.card = Certificate.objects.filter(user__memberships__team=desk.team(county=self.county))[0]
        targets = desk.places.school(county=self.county), desk.institution(county=self.county)
        self.drawn_names = [target.name for target in targets]
        return desk.drawn(county=self.county, days=[clock.today()])

    def _late(self, visit: Visit) -> str:
        """Work that reached an approved visit too late and waits for a reviewer: the operation's id."""
        phone = Phone(self.cast.client(self.fieldwork.crew(visit.assignment)[1]))
        op = phone.op("answer.set", visit.pk, {"answers": {"TY-01": {"value": "no"}}})
        assert phone.push(op)["results"][0]["status"] == "quarantined"
        return str(op["op"])

    def _escalated(self) -> EscalationPaper:
        """A call to a talk that nobody was told of yet."""
        with write(actor=system(self.county.pk)):
            step = Reminder.objects.create(notice=self.notice, occasion="veto", step="约谈")
            return EscalationPaper.objects.create(
                county_id=self.county.pk, notice=self.notice, reminder=step, kind="admonition_talk", cause="一票否决"
            )

    def _looked_at(self, month: str = "2026-01") -> LookBackItem:
        """A problem that is to be looked at again."""
        with write(actor=system(self.county.pk)):
            about = {"county_id": self.county.pk, "month": month}
            sample, _ = LookBack.objects.get_or_create(
                **about, defaults={"closed_before": clock.now(), "seed": "0" * 64}
            )
            item = self.notice.findings.order_by("number")[0]
            return LookBackItem.objects.create(county_id=self.county.pk, look_back=sample, item=item, position=1)

    def _told(self) -> InboxEntry:
        """One more message in the office's inbox."""
        with write(actor=system(self.county.pk)):
            counter, _ = InboxCounter.objects.get_or_create(user_id=self.office.pk)
            counter.last += 1
            counter.save()
            return InboxEntry.objects.create(
                county_id=self.county.pk, user_id=self.office.pk, seq=counter.last, message_id=-(1000 * self.office.pk + counter.last),
                kind="notice.reviewed", title="整改通知书待签发", subject_kind="notice", subject_id=str(self.notice.pk),
                at=clock.now(),
            )  # fmt: skip

    def _values(self, visit: Visit, notice: RectificationNotice) -> dict[str, Any]:
        """An existing value for every parameter in the URL configuration."""
        office = self.cast.client(self.office)
        return {
            "user_id": self.office.pk,
            "device_id": office.device.pk,
            "template_id": ChecklistTemplate.objects.filter(county_id=self.county.pk).first().pk,  # type: ignore[union-attr]
            "assignment_id": visit.assignment_id,
            "visit_id": visit.pk,
            "finding_id": self.finding.pk,
            "evidence_id": visit.evidence.order_by("pk")[0].pk,
            "notice_id": notice.pk,
            "entry_id": self.message.pk,
            "paper_id": self.paper.pk,
            "look_id": self.look.pk,
            "look_back_id": self.look.look_back_id,
            "instruction_id": self.instruction.pk,
            "kind": "notice",
            "id": notice.pk,
            "deputy_id": self.stand_in.pk,
            "place_id": self.school.district_id,
            "team_id": self.team.pk,
            "membership_id": Membership.objects.filter(team=self.team).first().pk,  # type: ignore[union-attr]
            "target_id": self.school.pk,
            "contact_id": TargetContact.objects.filter(target=self.school).first().pk,  # type: ignore[union-attr]
            "bulletin_id": self.bulletin.pk,
            "comment_id": self.comment.pk,
            "circular_id": self.circular.pk,
            "number": 1,
            "announcement_id": self.announcement.pk,
            "sha256": self.blob,
            "op_id": self.late,
            "draw_id": self.draw.pk,
            "conflict_id": self.conflict.pk,
            "certificate_id": self.card.pk,
            "plan_id": self.plan.pk,
            "standard_id": self.standard.pk,
            "term_id": TeamInCharge.objects.filter(target=self.school).first().pk,  # type: ignore[union-attr]
        }


def full_county(fieldwork: Fieldwork, county: County | None = None) -> FullCounty:
    """`county`, the cast's own if none is named, at work."""
    cast = fieldwork.cast
    return FullCounty(cast, fieldwork.places, fieldwork, county or cast.county()).settle().work()
