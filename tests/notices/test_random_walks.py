"""Whatever people do, in whatever order: no fault, no state outside the table, no number lost, nothing seen too early."""

import random
from collections.abc import Callable

import pytest

from backend.core import clock
from backend.core.errors import Problem
from backend.inspections.models import Finding, FindingState
from backend.inspections.services import findings
from backend.notices.models import NoticeTransition, NumberSeries, RectificationNotice
from backend.notices.rules.lifecycle import WITH_THE_UNIT, state_after
from backend.notices.selectors import ledger, notices, statistics
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import drafts, issuing, replies, reports, reviewing
from backend.notices.services.reviewing import Verdict
from tests.fixtures.rectification import START, World

SEVERITIES = ("minor", "moderate", "serious", "veto")
SETTLED = {FindingState.CLOSED, FindingState.WITHDRAWN, FindingState.REFERRED}


SENSIBLE = {
    "draft": "review",
    "reviewed": "begin issue issue revise",
    "issued": "acknowledge",
    "delivered": "acknowledge acknowledge object",
    "acknowledged": "report report object extend",
    "rectifying": "report report report extend grant site object",
    "returned": "report",
    "report_submitted": "decide decide adopt site",
    "under_review": "decide close close site",
    "closed": "reopen",
    "defence_pending": "answer",
}


class Walk:
    """People of all parties acting at random on one notice, mostly with sense."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)
        self.visit = world.visit(self.dice.choices(SEVERITIES, k=self.dice.randint(1, 3)))
        self.refused = 0

    @property
    def notice(self) -> RectificationNotice | None:
        return RectificationNotice.objects.filter(visit=self.visit).order_by("-pk").first()

    def act(self) -> None:
        notice = self.notice
        if notice is None or notice.state == "withdrawn":
            self._try(lambda: drafts.draft_from_visit(actor=self.world.office, visit_id=self.visit.pk))
        else:
            self._try(self._choice(notice))

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Problem:
            self.refused += 1

    def _choice(self, notice: RectificationNotice) -> Callable[[], object]:
        """Mostly something that the state calls for, sometimes anything."""
        actions = self._actions(notice)
        names = SENSIBLE.get(notice.state, "").split() if self.dice.random() < 0.7 else list(actions)
        return actions[self.dice.choice(names or list(actions))]

    def _actions(self, notice: RectificationNotice) -> dict[str, Callable[[], object]]:
        w, pk, dice = self.world, notice.pk, self.dice
        one = dice.choice(list(notice.findings.order_by("number")))
        to = dice.choice(["closed", "returned", "referred"])
        accept = dice.random() < 0.2
        return {
            "review": lambda: drafts.review(actor=w.office, notice_id=pk),
            "revise": lambda: drafts.revise(actor=w.office, notice_id=pk, reason="改"),
            "issue": lambda: issuing.issue(actor=w.leader, notice_id=pk),
            "begin": lambda: issuing._begin(w.leader, pk),
            "acknowledge": lambda: replies.acknowledge(actor=w.unit, notice_id=pk),
            "object": lambda: replies.object_to(actor=w.unit, notice_id=pk, text="有异议。"),
            "extend": lambda: replies.request_extension(actor=w.unit, notice_id=pk, days=1, reason="施工"),
            "grant": lambda: reviewing.answer_extension(actor=w.office, notice_id=pk, grant=True),
            "answer": lambda: reviewing.answer_defence(actor=w.office, notice_id=pk, accept=accept, answer="答复"),
            "report": lambda: self._report(notice),
            "decide": lambda: reviewing.decide(actor=w.office, notice_id=pk, verdicts=self._verdicts(notice)),
            "adopt": lambda: reviewing.decide(actor=w.office, notice_id=pk, verdicts=[]),
            "close": lambda: reviewing.close(actor=w.office, notice_id=pk),
            "reopen": lambda: reviewing.reopen(actor=w.office, notice_id=pk, item_ids=[one.pk], reason="反弹"),
            "withdraw": lambda: drafts.withdraw(actor=w.office, notice_id=pk, reason="误发"),
            "site": lambda: findings.advance(actor=w.office, finding_id=one.finding_id, to=to, reason="现场"),
        }

    def _report(self, notice: RectificationNotice) -> object:
        waiting = list(notice.findings.filter(finding__state__in=OPEN_FINDINGS))
        chosen = waiting[:1] if self.dice.random() < 0.3 else waiting
        parts = [self.world.part(item, [self.world.photo(item)]) for item in chosen]
        return reports.submit_report(actor=self.world.unit, notice_id=notice.pk, parts=parts)

    def _verdicts(self, notice: RectificationNotice) -> list[Verdict]:
        reported = notice.findings.filter(reports__decision="").order_by("number")
        return [Verdict(item.pk, self.dice.choice(["closed", "closed", "returned"]), "未到位") for item in reported]


def check(world: World) -> None:
    for notice in RectificationNotice.objects.all():
        state = "draft"
        for step in NoticeTransition.objects.filter(notice=notice).order_by("pk"):
            assert (step.before, step.after) == (state, state_after(step.action, state))
            state = step.after
        assert notice.state == state
        check_dues(notice)
        seen = notices.scoped(world.unit).filter(pk=notice.pk).exists()
        assert seen == notice.transitions.filter(action="issue").exists() == bool(notice.pdf_sha256)
        if state == "closed":
            held = Finding.objects.filter(noticed__notice=notice).values_list("state", flat=True)
            assert {FindingState(each) for each in held} <= SETTLED
    check_numbers()


def check_dues(notice: RectificationNotice) -> None:
    """The deadline shown is the earliest that runs, as far as this notice was touched since."""
    if notice.state in WITH_THE_UNIT and notice.due_on is not None:
        assert notice.due_on in set(notice.findings.values_list("due_on", flat=True))
    if notice.state not in WITH_THE_UNIT:
        assert notice.due_on is None


def check_numbers() -> None:
    serials = RectificationNotice.objects.filter(number_serial__isnull=False).values_list("number_serial", flat=True)
    last = NumberSeries.objects.filter(kind="rectification_notice").values_list("last", flat=True).first() or 0
    assert sorted(serial for serial in serials if serial) == list(range(1, last + 1))


@pytest.mark.parametrize("seed", range(6))
def test_a_random_walk_never_leaves_the_law(seed: int, world: World, hand: clock.Hand) -> None:
    walk = Walk(world, seed)
    for _ in range(40):
        hand.move(hours=walk.dice.choice([1, 5, 30]))
        walk.act()
        check(world)
    assert 0 < walk.refused < 35
    lines = list(ledger.every(ledger.lines(world.office)))
    assert all(line["days_late"] >= 0 for line in lines)
    figures = statistics.of_period(county_id=world.county.pk, since=START, until=clock.now()).county
    assert figures.issued.count == NoticeTransition.objects.filter(action="issue").values("notice").distinct().count()
