"""A veto: a candidate until the unit was heard and two people confirmed, one of whom leads."""

from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import Finding, VetoOpinion
from backend.inspections.services import reviews, vetoes
from backend.journal.models import AuditLine
from tests.fixtures.visits import Fieldwork

API = "/api/v1"


class Case:
    """A submitted visit with a candidate, and the people who judge it."""

    def __init__(self, fieldwork: Fieldwork) -> None:
        self.fieldwork = fieldwork
        visit = fieldwork.filled()
        self.author = fieldwork.leader(visit.assignment)
        self.finding = fieldwork.finding(visit, self.author, "TY-08", text="拒绝提供台账。")
        self.visit = fieldwork.submitted(visit)
        self.office, self.chief, self.deputy = (
            fieldwork.cast.actor(fieldwork.cast.person(role))
            for role in (Role.OFFICE, Role.LEADERSHIP, Role.LEADERSHIP)
        )

    def heard(self) -> "Case":
        vetoes.hear(actor=self.office, finding_id=self.finding.pk, way="meeting", statement="校方认可事实。")
        return self

    def says(self, who: Actor, view: str = "confirm", reason: str = "事实清楚，证据充分。") -> Finding:
        vetoes.judge(actor=who, finding_id=self.finding.pk, view=view, reason=reason)
        self.finding.refresh_from_db()
        return self.finding


@pytest.fixture
def case(fieldwork: Fieldwork) -> Case:
    return Case(fieldwork)


def test_before_the_unit_was_heard_nobody_confirms(case: Case) -> None:
    with pytest.raises(Conflict) as refused:
        case.says(case.chief)
    assert refused.value.code == "not_heard"
    assert not VetoOpinion.objects.exists()


def test_it_takes_two_and_one_of_them_leads(case: Case) -> None:
    case.heard()
    assert case.says(case.office).veto_candidate
    with pytest.raises(Conflict) as twice:
        case.says(case.office)
    assert twice.value.code == "already_said"
    other = case.fieldwork.cast.actor(case.fieldwork.cast.person(Role.OFFICE))
    assert case.says(other).veto_candidate
    confirmed = case.says(case.chief)
    assert (confirmed.veto_candidate, confirmed.severity) == (False, "veto")
    with pytest.raises(Conflict, match="bad_state"):
        case.says(case.deputy)
    verbs = AuditLine.objects.filter(kind="finding", object_id=str(confirmed.pk)).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "finding.recorded",
        "finding.unit_heard",
        *["finding.veto_opinion"] * 3,
        "finding.veto_confirmed",
    ]


def test_its_author_and_inspectors_have_no_word_on_it(case: Case) -> None:
    case.heard()
    with pytest.raises(Forbidden):
        case.says(case.fieldwork.member(case.visit.assignment))
    led = case.fieldwork.cast.person(Role.TEAM_LEADER)
    with pytest.raises(NotFound):
        case.says(case.fieldwork.cast.actor(led))
    author = Actor(case.author.user_id, case.author.county_id, case.author.name, frozenset({Role.TEAM_LEADER}))
    with pytest.raises(Conflict) as own:
        case.says(author)
    assert own.value.code == "own_finding"


def test_leadership_lifts_it_to_serious_and_the_score_is_reckoned_anew(case: Case) -> None:
    case.heard()
    reviews.approve(actor=case.office, visit_id=case.visit.pk)
    lifted = case.says(case.chief, "lift", "情节不足以认定。")
    case.visit.refresh_from_db()
    assert (lifted.severity, lifted.veto_candidate, lifted.due_days) == ("serious", False, 3)
    assert (case.visit.score, case.visit.rounds.get().score) == (94, 80)
    client = case.fieldwork.cast.client(case.visit.assignment.leader)
    line = client.get(f"{API}/visits/{case.visit.pk}/score").json()["lines"][0]
    assert line["reasons"] == ["一票否决候选未予认定：情节不足以认定。"]


def test_a_visit_still_at_work_is_not_judged_and_a_return_asks_everybody_again(case: Case) -> None:
    case.heard()
    case.says(case.office)
    reviews.return_visit(actor=case.office, visit_id=case.visit.pk, reason="补充证据")
    with pytest.raises(Conflict, match="bad_state"):
        case.says(case.chief)
    case.fieldwork.submitted(case.visit)
    assert case.says(case.chief).veto_candidate
    assert case.says(case.office).veto_candidate is False


def test_what_is_no_candidate_is_neither_heard_nor_judged_and_a_unit_is_heard_once(case: Case) -> None:
    visit = case.fieldwork.begun()
    minor = case.fieldwork.finding(visit, case.fieldwork.leader(visit.assignment))
    with pytest.raises(Conflict, match="bad_state"):
        vetoes.hear(actor=case.office, finding_id=minor.pk, way="written", statement="已阅。")
    with pytest.raises(Invalid):
        vetoes.hear(actor=case.office, finding_id=case.finding.pk, way="waived", statement=" ")
    case.heard()
    with pytest.raises(Conflict, match="bad_state"):
        case.heard()


def test_over_rest_it_is_seen_how_far_it_has_come(case: Case) -> None:
    fieldwork = case.fieldwork
    office = fieldwork.cast.client(fieldwork.cast.person(Role.OFFICE))
    path = f"{API}/findings/{case.finding.pk}"
    heard = office.post_json(f"{path}/hearing", {"way": "on_site", "statement": "无异议"})
    assert heard.json()["hearing"]["statement"] == "无异议"
    said = office.post_json(f"{path}/veto", {"view": "confirm", "reason": "证据充分"})
    shown: dict[str, Any] = office.get(f"{path}/veto").json()
    assert said.json() == shown
    assert (shown["candidate"], [(one["view"], one["leads"]) for one in shown["opinions"]]) == (
        True,
        [("confirm", False)],
    )
