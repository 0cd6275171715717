"""Who stays away from which unit, and who holds which card."""

import datetime as dt

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.models import AuditLine, Outbox
from backend.registry.models import Certificate, ConflictOfInterest, RecusalKind, Target
from backend.registry.rules.avoidance import last_day_after_leaving
from backend.registry.selectors import avoidance
from backend.registry.services import certificates, conflicts
from backend.registry.services.certificates import NewCertificate
from backend.registry.services.conflicts import Declaration
from tests.fixtures.people import Cast
from tests.fixtures.places import Places

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def school(places: Places) -> Target:
    return places.school()


@pytest.fixture
def inspector(cast: Cast) -> Actor:
    return cast.actor(cast.person(Role.INSPECTOR))


@pytest.mark.parametrize(
    ("left", "last"),
    [
        ("2023-11-20", "2026-11-20"),
        ("2024-02-29", "2027-02-28"),
        ("2021-02-28", "2024-02-28"),
        ("9998-01-01", "9999-12-31"),
    ],
)
def test_three_years_end_with_the_anniversary(left: str, last: str) -> None:
    assert last_day_after_leaving(dt.date.fromisoformat(left)) == dt.date.fromisoformat(last)


@pytest.mark.parametrize(("months", "kept"), [(18, True), (35, True), (40, False)])
def test_who_left_is_kept_away_for_three_years_reckoned_on_the_day_of_the_visit(months: int, kept: bool) -> None:
    left = DAY - dt.timedelta(days=round(30.44 * months))
    row = ConflictOfInterest(kind=RecusalKind.LEFT_RECENTLY, left_on=left, starts_on=left)
    assert row.excludes(DAY) is kept
    assert row.excludes(DAY + dt.timedelta(days=3 * 366)) is False


@pytest.mark.parametrize(
    ("state", "first", "last", "kept"),
    [
        ("declared", -1, None, True),
        ("decided", 0, 0, True),
        ("rejected", -1, None, False),
        ("decided", 1, None, False),
        ("decided", -9, -1, False),
    ],
)
def test_declared_and_decided_exclude_within_their_term_and_rejected_never(
    state: str, first: int, last: int | None, kept: bool
) -> None:
    until = None if last is None else DAY + dt.timedelta(days=last)
    row = ConflictOfInterest(kind="other", state=state, starts_on=DAY + dt.timedelta(days=first), valid_until=until)
    assert row.excludes(DAY) is kept


def test_declared_by_the_person_told_to_the_office_and_decided_by_it(
    school: Target, inspector: Actor, office_actor: Actor
) -> None:
    row = conflicts.declare_own(actor=inspector, declaration=Declaration(school.pk, "near_relative", reason="姐夫"))
    assert (row.state, row.declared_by, row.user_id, row.starts_on) == (
        "declared",
        "inspector",
        inspector.user_id,
        clock.today(),
    )
    assert Outbox.objects.filter(kind="conflict.declared", recipient_id=office_actor.person).exists()
    asked = {(inspector.person, school.pk, clock.today())}
    assert avoidance.kept_away(asked) == asked
    decided = conflicts.decide(actor=office_actor, conflict_id=row.pk, state="rejected", reason="查无此关系")
    assert (decided.state, decided.decided_by_name, decided.decision_reason) == (
        "rejected",
        office_actor.name,
        "查无此关系",
    )
    assert avoidance.kept_away(asked) == set()
    assert Outbox.objects.filter(kind="conflict.decided", recipient_id=inspector.person).exists()
    lines = AuditLine.objects.filter(kind="conflict").order_by("pk").values_list("verb", flat=True)
    assert list(lines) == ["conflict.declared", "conflict.decided"]
    again = conflicts.declare_own(actor=inspector, declaration=Declaration(school.pk, "near_relative"))
    assert again.state == "declared"


def test_the_office_records_what_a_unit_applied_for_once(school: Target, inspector: Actor, office_actor: Actor) -> None:
    declaration = Declaration(school.pk, "family_employed")
    row = conflicts.record(actor=office_actor, user_id=inspector.person, declaration=declaration, declared_by="unit")
    assert (row.declared_by, row.declared_by_id) == ("unit", office_actor.user_id)
    with pytest.raises(Conflict, match="conflict_exists"):
        conflicts.record(actor=office_actor, user_id=inspector.person, declaration=declaration)


def test_what_cannot_be_declared(school: Target, inspector: Actor, office_actor: Actor, cast: Cast) -> None:
    today = clock.today()
    for declaration, code in (
        (Declaration(school.pk, "left_recently"), "left_on_missing"),
        (Declaration(school.pk, "other", left_on=today), "left_on_missing"),
        (Declaration(school.pk, "left_recently", left_on=today + dt.timedelta(days=1)), "left_on_future"),
        (Declaration(school.pk, "other", valid_until=today - dt.timedelta(days=1)), "empty_term"),
    ):
        with pytest.raises(Invalid, match=code):
            conflicts.declare_own(actor=inspector, declaration=declaration)
    with pytest.raises(Conflict, match="not_field_role"):
        conflicts.record(actor=office_actor, user_id=office_actor.person, declaration=Declaration(school.pk, "other"))
    with pytest.raises(Forbidden):
        conflicts.declare_own(actor=office_actor, declaration=Declaration(school.pk, "other"))
    with pytest.raises(Forbidden):
        conflicts.record(actor=inspector, user_id=inspector.person, declaration=Declaration(school.pk, "other"))
    stranger = cast.actor(cast.person(Role.OFFICE, county=cast.county("linshui", "邻水区")))
    with pytest.raises(NotFound):
        conflicts.record(actor=stranger, user_id=inspector.person, declaration=Declaration(school.pk, "other"))
    assert not ConflictOfInterest.objects.exists()


def test_nobody_decides_their_own_case(school: Target, cast: Cast) -> None:
    both = cast.actor(cast.person(Role.OFFICE, Role.INSPECTOR))
    row = conflicts.declare_own(actor=both, declaration=Declaration(school.pk, "own_employer"))
    with pytest.raises(Forbidden, match="own_case"):
        conflicts.decide(actor=both, conflict_id=row.pk, state="rejected", reason="没有关系")


def test_cards_are_numbered_once_and_hold_for_their_term(inspector: Actor, office_actor: Actor) -> None:
    new = NewCertificate(inspector.person, "enforcement_card", "演执-0001", DAY, DAY + dt.timedelta(days=30))
    card = certificates.add_certificate(actor=office_actor, certificate=new)
    held = avoidance.held([inspector.person])
    days = {shift: avoidance.officers(held, DAY + dt.timedelta(days=shift)) for shift in (-1, 0, 30, 31)}
    assert days == {-1: set(), 0: {inspector.user_id}, 30: {inspector.user_id}, 31: set()}
    with pytest.raises(Conflict, match="number_taken"):
        certificates.add_certificate(actor=office_actor, certificate=new)
    certificates.end_certificate(actor=office_actor, certificate_id=card.pk, valid_until=DAY, reason="注销")
    assert Certificate.objects.get().valid_until == DAY
    with pytest.raises(Invalid, match="empty_term"):
        certificates.end_certificate(
            actor=office_actor, certificate_id=card.pk, valid_until=DAY - dt.timedelta(days=1), reason="注销"
        )
    with pytest.raises(Forbidden):
        certificates.add_certificate(actor=inspector, certificate=new)


def test_over_rest_people_declare_their_own_and_the_office_for_all(
    school: Target, cast: Cast, inspector: Actor
) -> None:
    field, desk = cast.client(cast.person(Role.INSPECTOR)), cast.client(cast.person(Role.OFFICE))
    body = {"target_id": str(school.pk), "kind": "other", "user_id": inspector.person, "declared_by": "unit"}
    own = field.post_json("/api/v1/registry/conflicts", body).json()
    assert (own["user"]["id"], own["declared_by"]) == (field.user.pk, "inspector")
    other = desk.post_json("/api/v1/registry/conflicts", body).json()
    assert (other["user"]["id"], other["declared_by"]) == (inspector.user_id, "unit")
    assert len(desk.get("/api/v1/registry/conflicts").json()["items"]) == 2
    assert [row["id"] for row in field.get("/api/v1/registry/conflicts").json()["items"]] == [own["id"]]
    answer = desk.post_json(f"/api/v1/registry/conflicts/{other['id']}/decide", {"state": "decided", "reason": "属实"})
    assert (answer.status_code, answer.json()["state"]) == (200, "decided")
    card = {"user_id": field.user.pk, "kind": "inspector_card", "number": "演督-1", "valid_from": "2026-01-01"}
    made = desk.post_json("/api/v1/registry/certificates", card).json()
    term = f"/api/v1/registry/certificates/{made['id']}/term"
    assert desk.post_json(term, {"valid_until": "2027-01-01", "reason": "续期"}).json()["valid_until"] == "2027-01-01"
    assert [row["number"] for row in field.get("/api/v1/registry/certificates").json()["items"]] == ["演督-1"]
