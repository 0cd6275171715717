"""A veto stands in a notice only once two people confirmed it (workflow.md section 4)."""

import pytest

from backend.accounts.roles import Role
from backend.core.errors import Conflict
from backend.inspections.models import Finding, SeverityLevel, Visit
from backend.inspections.services import vetoes
from backend.journal.writing import write
from backend.notices.models import RectificationNotice
from backend.notices.services import drafts
from tests.fixtures.rectification import World

pytestmark = pytest.mark.usefixtures("hand")


@pytest.fixture
def visit(world: World) -> Visit:
    """An approved visit with a minor finding and a candidate for a veto."""
    made = world.visit([SeverityLevel.MINOR, SeverityLevel.VETO])
    with write(actor=world.office):
        Finding.objects.filter(visit=made, severity=SeverityLevel.VETO).update(veto_candidate=True)
    return made


def candidate(visit: Visit) -> Finding:
    return Finding.objects.get(visit=visit, number=2)


def test_a_candidate_keeps_a_notice_from_being_drafted_and_nothing_of_it_stays(world: World, visit: Visit) -> None:
    with pytest.raises(Conflict) as fault:
        drafts.draft_from_visit(actor=world.office, visit_id=visit.pk)
    assert (fault.value.code, "问题2为一票否决候选" in fault.value.detail) == ("veto_undecided", True)
    assert not RectificationNotice.objects.exists()
    assert candidate(visit).state == "confirmed"


@pytest.mark.parametrize(("view", "severity"), [("confirm", "veto"), ("lift", "serious")])
def test_once_decided_it_stands_there_as_what_it_became(world: World, visit: Visit, view: str, severity: str) -> None:
    finding = candidate(visit)
    vetoes.hear(actor=world.office, finding_id=finding.pk, way="meeting", statement="无异议。")
    for role in (Role.OFFICE, Role.LEADERSHIP):
        if view == "confirm" or role == Role.LEADERSHIP:
            judge = world.cast.actor(world.person(role))
            vetoes.judge(actor=judge, finding_id=finding.pk, view=view, reason="事实清楚。")
    notice = drafts.draft_from_visit(actor=world.office, visit_id=visit.pk)
    assert [row.severity for row in notice.findings.order_by("number")] == ["minor", severity]
