"""Leadership's instructions: who may write and read them, who is told, and that nothing of them changes."""

import pytest

from backend.accounts.roles import Role
from backend.core.errors import Forbidden, Invalid, NotFound
from backend.journal.models import AuditLine, Outbox
from backend.notices.selectors import instructions as selectors
from backend.notices.services import instructions
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


def test_an_instruction_is_told_to_the_office_and_its_answer_to_who_gave_it(cast: Cast, places: Places) -> None:
    leader, office, school = cast.person(Role.LEADERSHIP), cast.person(Role.OFFICE), places.school()
    row = instructions.give(actor=cast.actor(leader), subject=school, name=school.name, text="  请督导站三日内回访。 ")
    instructions.answer(actor=cast.actor(office), instruction_id=row.pk, text="已安排12月3日回访。")
    told = Outbox.objects.filter(kind__startswith="instruction.").order_by("pk")
    assert list(told.values_list("kind", "recipient_id", "detail")) == [
        ("instruction.given", office.pk, {"name": school.name}),
        ("instruction.answered", leader.pk, {"name": school.name}),
    ]
    found = selectors.about(cast.actor(office), school)
    assert [(one.text, [each.text for each in one.answers.all()]) for one in found] == [
        ("请督导站三日内回访。", ["已安排12月3日回访。"])
    ]
    assert list(AuditLine.objects.filter(kind="leader_instruction").order_by("pk").values_list("verb", flat=True)) == [
        "instruction.given",
        "instruction.answered",
    ]
    assert not selectors.unanswered(cast.actor(leader)).exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.LEADERSHIP}))
def test_only_leadership_gives_instructions(cast: Cast, places: Places, role: Role) -> None:
    with pytest.raises(Forbidden):
        instructions.give(actor=cast.actor(cast.person(role)), subject=places.school(), name="学校", text="请核查。")


@pytest.mark.parametrize("text", ["", " \n", "字" * 1001])
def test_an_instruction_has_words_and_not_too_many(cast: Cast, places: Places, text: str) -> None:
    leader = cast.actor(cast.person(Role.LEADERSHIP))
    with pytest.raises(Invalid):
        instructions.give(actor=leader, subject=places.school(), name="学校", text=text)


def test_others_and_other_counties_know_of_none(cast: Cast, places: Places) -> None:
    leader, school = cast.actor(cast.person(Role.LEADERSHIP)), places.school()
    row = instructions.give(actor=leader, subject=school, name=school.name, text="请核查。")
    strangers = [cast.person(Role.OFFICE, county=cast.county("B")), cast.person(Role.TEAM_LEADER)]
    assert [selectors.about(cast.actor(user), school) for user in strangers] == [[], []]
    with pytest.raises(NotFound):
        instructions.answer(actor=cast.actor(strangers[0]), instruction_id=row.pk, text="已办。")


def test_neither_instruction_nor_answer_is_ever_rewritten(cast: Cast, places: Places) -> None:
    leader, office = cast.actor(cast.person(Role.LEADERSHIP)), cast.actor(cast.person(Role.OFFICE))
    row = instructions.give(actor=leader, subject=places.school(), name="学校", text="请核查。")
    done = instructions.answer(actor=office, instruction_id=row.pk, text="已办。")
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        done.save()
