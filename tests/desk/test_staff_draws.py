"""The draw as a ceremony at the desk: sealed, drawn before a witness, told, confirmed, checked; secret until then."""

import json
import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Assignment, Draw, DrawOutcome
from backend.journal.writing import write
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.draws import DrawDesk
from tests.fixtures.people import Cast


@pytest.fixture
def office(drawing: DrawDesk, cast: Cast) -> Seat:
    drawing.settled(schools=3, institutions=1)
    return Seat(cast.person(Role.OFFICE))


def asked() -> dict[str, object]:
    today = clock.today()
    return {
        "plan": "",
        "month": f"{today:%Y-%m}",
        "track": "department",
        "kind": "routine",
        "target_kinds": ["school", "institution"],
        "crew_min": "2",
        "crew_max": "3",
        "per_day": "5",
        "days": today.isoformat(),
    }


def test_from_the_seal_to_assignments_by_buttons(office: Seat, cast: Cast) -> None:
    witness = cast.person(Role.LEADERSHIP, name="见证人甲")
    sealed = office.done("seal", "desk_draws", **asked())
    draw = Draw.objects.get()
    groups = re.findall(r"<code>([0-9a-f]{8})</code>", sealed)
    assert "".join(groups[:8]) == draw.commitment
    assert office.offers("desk_draw", draw.pk) == {"run", "redraw"}
    drawn = office.done("run", "desk_draw", draw.pk, witness=str(witness.pk), contribution="公开、公平、公正")
    assert ("见证人甲" in drawn, "公开、公平、公正" in drawn, draw.drawn.count()) == (True, True, 4)
    assert all(row.target.name in drawn for row in draw.drawn.select_related("target"))
    office.done("reveal", "desk_draw", draw.pk)
    assert office.offers("desk_draw", draw.pk) == {"confirm", "redraw"}
    said = office.done("confirm", "desk_draw", draw.pk, reveal_hours="2")
    assert ("已安排4项任务" in said, Assignment.objects.count()) == (True, 4)
    assert office.offers("desk_draw", draw.pk) == set()


def test_the_seed_is_told_by_no_page_and_no_file_before_its_time(office: Seat, drawing: DrawDesk) -> None:
    draw = drawing.drawn()
    secrets = (draw.seal.seed, draw.seal.salt)
    pages = [office.opens(name, draw.pk) for name in ("desk_draw", "desk_draw_check")]
    record = office.client.get(reverse("desk_draw_record", args=[draw.pk])).content.decode()
    pieces = [draw.seal.seed[start : start + 8] for start in range(0, 64, 8)]
    assert [any(one in text for one in (*secrets, *pieces)) for text in (*pages, record)] == [False] * 3
    office.done("reveal", "desk_draw", draw.pk)
    told = json.loads(office.client.get(reverse("desk_draw_record", args=[draw.pk])).content)
    assert (told["seed"], "names" in told) == (draw.seal.seed, False)


def test_nobody_witnesses_what_they_do_themselves(office: Seat, drawing: DrawDesk) -> None:
    draw = drawing.sealed()
    answer = office.does("run", "desk_draw", draw.pk, witness=str(office.user.pk))
    draw.refresh_from_db()
    assert (refusal(answer)[0], draw.state) == (400, "sealed")


def test_a_draw_that_was_drawn_meanwhile_is_not_drawn_again(office: Seat, drawing: DrawDesk) -> None:
    draw = drawing.sealed()
    witness = drawing.witness()
    page = office.opens("desk_draw", draw.pk)
    drawing.drawn(draw)
    sent = hidden(page, "run") | {"witness": str(witness.pk)}
    answer = office.client.post(reverse("desk_draw_do", args=[draw.pk, "run"]), sent)
    assert refusal(answer)[0] == 409


def test_a_new_draw_keeps_the_old_one_with_its_reason(office: Seat, drawing: DrawDesk) -> None:
    draw = drawing.drawn()
    text = office.done("redraw", "desk_draw", draw.pk, reason="见证人中途离场")
    new = Draw.objects.get(replaces=draw)
    assert ("见证人中途离场" in text, "本次已作废" in office.opens("desk_draw", draw.pk)) == (True, True)
    assert str(new.pk) in office.opens("desk_draw", draw.pk)


def test_the_check_says_what_does_not_agree(office: Seat, drawing: DrawDesk) -> None:
    draw = drawing.drawn()
    assert "核验一致：按记录重新抽取" in office.opens("desk_draw_check", draw.pk)
    other = dict(draw.outcome.result[0], day="2026-01-01")
    with write(actor=system(draw.county_id)):
        DrawOutcome.objects.filter(draw=draw).update(result=[other, *draw.outcome.result[1:]])
    text = office.opens("desk_draw_check", draw.pk)
    assert ("核验不一致" in text, text.count("不一致</span>")) == (True, 3)


def test_a_refused_seal_names_the_rule_and_keeps_what_was_chosen(office: Seat) -> None:
    answer = office.does("seal", "desk_draws", **asked() | {"count": "99"})
    assert refusal(answer) == (409, "抽取数量超过可抽取的检查对象数量。")
    assert 'value="99"' in answer.content.decode()


def test_draws_are_the_offices_and_leaderships_only(drawing: DrawDesk, cast: Cast) -> None:
    drawing.settled()
    draw = drawing.drawn()
    names: list[Any] = [
        ("desk_draws",),
        ("desk_draw", draw.pk),
        ("desk_draw_check", draw.pk),
        ("desk_draw_record", draw.pk),
    ]
    for role in (Role.TEAM_LEADER, Role.INSPECTOR, Role.SCHOOL_LIAISON, Role.STATION_HEAD, Role.DEPARTMENT_HEAD):
        assert [Seat(cast.person(role)).status(*each) for each in names] == [403] * 4
    lead = Seat(cast.person(Role.LEADERSHIP))
    assert [lead.status(*each) for each in names] == [200] * 4
    assert lead.offers("desk_draw", draw.pk) == set()
    foreign = Seat(cast.person(Role.OFFICE, county=cast.county("B")))
    assert [foreign.status(*each) for each in names] == [200, 404, 404, 404]
    assert foreign.status("desk_draw", uuid.uuid4()) == 404
