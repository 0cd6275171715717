"""Setting answers: merged into the visit, every value kept."""

import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections.models import Answer, AnswerRevision, Visit
from backend.inspections.services import answers, reviews, submissions
from backend.inspections.services.answers import NewAnswer, SetResult
from backend.journal.models import AuditLine, Outbox
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun(templates=("TY", "ZY"))


@pytest.fixture
def first(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


@pytest.fixture
def second(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.member(visit.assignment)


def put(actor: Actor, visit: Visit, n: int | None, key: str, value: Any, base: int = 0, **more: Any) -> SetResult:
    new = {key: NewAnswer(value, base=base, **more)}
    return answers.set_answers(actor=actor, visit_id=visit.pk, answers=new, n=n)


def now(visit: Visit, key: str = "TY-01") -> tuple[Any, int, list[Any]]:
    row = Answer.objects.get(visit=visit, key=key)
    return row.value, row.rev, [rival["value"] for rival in row.rivals]


def test_two_devices_on_the_same_base_conflict_and_both_values_stay(visit: Visit, first: Actor, second: Actor) -> None:
    assert put(first, visit, 1, "TY-01", "yes").status == "applied"
    result = put(second, visit, 1, "TY-01", "no")
    assert (result.status, result.answers) == ("conflict", {"TY-01": {"status": "conflict", "rev": 1}})
    assert now(visit) == ("yes", 1, ["no"])
    fates = AnswerRevision.objects.filter(visit=visit).order_by("pk").values_list("value", "rev", "fate")
    assert list(fates) == [("yes", 1, "applied"), ("no", None, "conflict")]
    assert Outbox.objects.get(kind="answer.conflict").recipient_id == visit.assignment.leader_id
    conflicts = Visit.objects.get(pk=visit.pk).journal_document()["conflicts"]
    assert [rival["value"] for rival in conflicts["TY-01"]] == ["no"]


def test_a_contradicted_answer_and_a_new_one_arrive_together(visit: Visit, first: Actor, second: Actor) -> None:
    """The one that is there already comes first in the statement (found by the fault proxy on PostgreSQL)."""
    put(first, visit, 1, "TY-01", "yes")
    both = {"TY-01": NewAnswer("no"), "TY-03": NewAnswer("yes")}
    result = answers.set_answers(actor=second, visit_id=visit.pk, answers=both, n=1)
    assert {key: one["status"] for key, one in result.answers.items()} == {"TY-01": "conflict", "TY-03": "applied"}
    assert (now(visit), now(visit, "TY-03")) == (("yes", 1, ["no"]), ("yes", 1, []))


def test_a_visit_with_an_open_conflict_cannot_be_submitted_until_somebody_picks(
    fieldwork: Fieldwork, first: Actor, second: Actor, visit: Visit
) -> None:
    full = fieldwork.filled()
    crew = full.assignment
    other = fieldwork.member(crew)
    answers.set_answers(actor=other, visit_id=full.pk, answers={"TY-01": NewAnswer("no")}, n=1)
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=other, visit_id=full.pk)
    assert refused.value.extra["conflicts"] == ["TY-01"]
    rival = Answer.objects.get(visit=full, key="TY-01").rivals[0]
    result = answers.settle(actor=other, visit_id=full.pk, key="TY-01", choice=rival["id"])
    assert result.answers == {"TY-01": {"status": "applied", "rev": 2}}
    assert now(full) == ("no", 2, [])
    assert submissions.submit(actor=other, visit_id=full.pk).state == "submitted"


def test_picking_the_present_value_only_clears_the_rivals(visit: Visit, first: Actor, second: Actor) -> None:
    put(first, visit, 1, "TY-01", "yes")
    put(second, visit, 1, "TY-01", "no")
    answers.settle(actor=first, visit_id=visit.pk, key="TY-01", choice="current")
    assert now(visit) == ("yes", 1, [])
    with pytest.raises(Invalid):
        answers.settle(actor=first, visit_id=visit.pk, key="TY-01", choice="current-ish")


def test_a_phone_settles_by_naming_the_rivals_it_saw(visit: Visit, first: Actor, second: Actor) -> None:
    put(first, visit, 1, "TY-01", "yes")
    put(second, visit, 1, "TY-01", "no")
    rival = Answer.objects.get(visit=visit, key="TY-01").rivals[0]["id"]
    put(first, visit, 2, "TY-01", "no", base=1, settles=(rival,))
    assert now(visit) == ("no", 2, [])


def test_an_older_n_of_the_same_device_never_overrides_a_newer_one(visit: Visit, first: Actor) -> None:
    put(first, visit, 5, "TY-01", "yes")
    assert put(first, visit, 4, "TY-01", "no").status == "merged"
    assert now(visit) == ("yes", 1, [])
    assert put(first, visit, 6, "TY-01", "no").status == "applied"
    assert now(visit) == ("no", 2, [])


def test_a_device_that_was_overruled_does_not_come_back_with_older_words(
    visit: Visit, first: Actor, second: Actor
) -> None:
    put(first, visit, 5, "TY-01", "yes")
    put(second, visit, 1, "TY-01", "no", base=1)
    assert put(first, visit, 3, "TY-01", "yes").status == "merged"
    assert now(visit) == ("no", 2, [])


def test_the_worst_status_is_that_of_the_operation(visit: Visit, first: Actor, second: Actor) -> None:
    put(first, visit, 1, "TY-01", "yes")
    new = {"TY-01": NewAnswer("no"), "TY-02": NewAnswer(3), "TY-03": NewAnswer("yes")}
    result = answers.set_answers(actor=second, visit_id=visit.pk, answers=new, n=1)
    assert {key: one["status"] for key, one in result.answers.items()} == {
        "TY-01": "conflict",
        "TY-02": "applied",
        "TY-03": "applied",
    }
    assert result.status == "conflict"
    new.pop("TY-01")
    assert answers.set_answers(actor=first, visit_id=visit.pk, answers=new, n=2).status == "merged"


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("TY-01", "maybe", "answers.TY-01.value"),
        ("TY-02", "2", "answers.TY-02.value"),
        ("XX-99", "yes", "answers.XX-99"),
        ("XK-01", "yes", "answers.XK-01"),
        ("ZY-07", 30, "answers.ZY-07"),
        ("ZY-07#9", 30, "answers.ZY-07#9"),
        ("TY-01#1", "yes", "answers.TY-01#1"),
        ("'; drop", "yes", "answers"),
    ],
)
def test_one_bad_answer_refuses_the_operation_whole_and_says_where(
    visit: Visit, first: Actor, key: str, value: Any, path: str
) -> None:
    new = {"TY-03": NewAnswer("yes"), key: NewAnswer(value)}
    with pytest.raises(Invalid) as refused:
        answers.set_answers(actor=first, visit_id=visit.pk, answers=new, n=1)
    assert (refused.value.code, refused.value.extra["path"]) == ("invalid", path)
    assert refused.value.extra["msg"]
    assert not Answer.objects.filter(visit=visit).exists()
    assert not AnswerRevision.objects.filter(visit=visit).exists()


def test_repeated_items_have_an_answer_per_number(visit: Visit, first: Actor) -> None:
    new = {f"ZY-07#{grade}": NewAnswer(20 + grade) for grade in (3, 4, 5, 6)}
    answers.set_answers(actor=first, visit_id=visit.pk, answers=new, n=1)
    assert Answer.objects.filter(visit=visit, key__startswith="ZY-07#").count() == 4


def test_work_on_a_submitted_visit_is_late_lock(fieldwork: Fieldwork) -> None:
    visit = fieldwork.submitted()
    with pytest.raises(Conflict) as refused:
        put(fieldwork.leader(visit.assignment), visit, 9, "TY-01", "no")
    assert refused.value.code == "late_lock"


def test_a_returned_visit_takes_answers_again(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit = fieldwork.submitted()
    reviews.return_visit(actor=office_actor, visit_id=visit.pk, reason="请补充")
    put(fieldwork.leader(visit.assignment), visit, 9, "TY-01", "no", base=1)
    assert now(visit) == ("no", 2, [])


def test_strangers_are_answered_as_if_there_were_no_visit(
    fieldwork: Fieldwork, visit: Visit, office_actor: Actor
) -> None:
    stranger = fieldwork.leader(fieldwork.released())
    for actor in (stranger, office_actor):
        with pytest.raises(NotFound) as refused:
            put(actor, visit, 1, "TY-01", "yes")
        assert (refused.value.kind, refused.value.id) == ("visit", str(visit.pk))
    with pytest.raises(NotFound):
        answers.set_answers(actor=stranger, visit_id=uuid.uuid4(), answers={"TY-01": NewAnswer("yes")})


def test_a_visit_that_would_not_fit_into_a_document_is_refused(visit: Visit, first: Actor) -> None:
    note = "很" * 2000
    new = {f"ZY-16#{number}": NewAnswer(1, note) for number in range(1, 12)}
    with pytest.raises(Invalid) as refused:
        answers.set_answers(actor=first, visit_id=visit.pk, answers=new, n=1)
    assert refused.value.code == "invalid"
    assert not Answer.objects.filter(visit=visit).exists()


def test_sixty_answers_take_as_few_queries_as_one(
    visit: Visit, first: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = {f"ZY-16#{number}": NewAnswer(1) for number in range(1, 61)}
    with django_assert_max_num_queries(26):
        answers.set_answers(actor=first, visit_id=visit.pk, answers=many, n=1)
    with django_assert_max_num_queries(26):
        changed = {key: NewAnswer(0, base=1) for key in many}
        answers.set_answers(actor=first, visit_id=visit.pk, answers=changed, n=2)
    assert AuditLine.objects.filter(verb="answer.set").count() == 2
