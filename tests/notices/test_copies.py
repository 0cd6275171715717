"""Copies (抄送): who leads the teams in charge of a unit hears of its notice and its overdue papers, and may read them."""

from backend.accounts.models import User
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Recusal
from backend.journal.models import Outbox
from backend.journal.writing import write
from backend.notices.models import EscalationPaper
from backend.notices.selectors import notices
from backend.notices.services import escalation_printing, issuing
from backend.notices.tasks import escalate
from backend.registry.models import Membership, Team, TeamInCharge, Track
from tests.fixtures.rectification import World


def station_of(world: World) -> User:
    """The head of the station in charge of the school, who had no part in the visit."""
    team = world.places.team(county=world.county, track=Track.STATION)
    with write(actor=system(world.county.pk)):
        TeamInCharge.objects.create(target=world.target, team=team, track=Track.STATION)
    return world.places.people(team)[0]


def copies(kind: str) -> dict[int, str]:
    rows = Outbox.objects.filter(kind=f"notice.{kind}").order_by("pk")
    return {row.recipient_id: row.detail.get("paper", "") for row in rows}


def test_the_heads_in_charge_get_their_copies_and_read_what_was_issued(world: World, hand: clock.Hand) -> None:
    station, department = station_of(world), world.places.people(_team(world))[0]
    stranger = world.places.people(world.places.team(county=world.county, track=Track.STATION))[0]
    waiting = world.reviewed(["serious"])
    readers = {user.pk: world.cast.actor(user) for user in (station, stranger)}
    assert [notices.scoped(actor).filter(pk=waiting.pk).exists() for actor in readers.values()] == [False, False]
    assert copies("issued_copy") == {}
    notice = world.issued(["serious"])
    assert copies("issued_copy") == {station.pk: "", department.pk: ""}
    assert [notices.scoped(actor).filter(pk=notice.pk).exists() for actor in readers.values()] == [True, False]
    hand.move(days=4)
    escalate()
    paper = EscalationPaper.objects.get(kind="reminder", notice=notice)
    assert copies("paper_copy") == {station.pk: paper.number, department.pk: paper.number}
    hand.move(days=4)
    escalate()
    order = EscalationPaper.objects.get(kind="supervised_order", notice=notice)
    number = escalation_printing.sign(actor=world.leader, paper_id=order.pk).number
    assert copies("paper_copy") == {station.pk: number, department.pk: number}


def test_who_recused_from_the_visit_gets_no_copy(world: World, hand: clock.Hand) -> None:
    station = station_of(world)
    notice = world.reviewed()
    with write(actor=system(world.county.pk)):
        Recusal.objects.create(
            county_id=world.county.pk, assignment=notice.visit.assignment, user=station, kind="family_employed"
        )
    issuing.issue(actor=world.leader, notice_id=notice.pk)
    assert station.pk not in copies("issued_copy")
    assert not notices.scoped(world.cast.actor(station)).filter(pk=notice.pk).exists()


def _team(world: World) -> Team:
    leader = Membership.objects.filter(team=world.target.team, is_leader=True).get()
    return leader.team
