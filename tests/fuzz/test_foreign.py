"""Operations on what their author may not see are answered exactly like operations on what does not exist, and
nobody else learns of them; accounts of schools and institutions do not sync at all."""

import json
import uuid
from typing import Any

import pytest

from backend.accounts.roles import UNIT_ROLES, Role
from backend.inspections.models import Evidence
from backend.sync.registry import registry
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.fuzz import oracle
from tests.fuzz.messages import Known, operation, text
from tests.fuzz.world import Field, undone
from tests.walls.world import FullCounty, full_county

REFERENCES = ("visit", "assignment", "target", "finding", "evidence", "message")


def of(world: FullCounty, fieldwork: Fieldwork) -> Known:
    """What there is to speak of in a county."""
    visit = world.under_way
    finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    evidence = Evidence.objects.filter(visit=visit).order_by("pk").first()
    assert evidence is not None
    second = fieldwork.crew(visit.assignment)[1].pk
    ids = {name: str(uuid.uuid4()) for name in REFERENCES} | {
        "visit": str(visit.pk),
        "assignment": str(visit.assignment_id),
        "target": str(world.school.pk),
        "finding": str(finding.pk),
        "evidence": str(evidence.pk),
    }
    return Known(**ids, item="TY-02", second=second, foreign=[])


@pytest.fixture(scope="module")
def elsewhere(lasting: Fieldwork) -> list[Known]:
    """The same in another county, and in another crew of ours."""
    cast, out = lasting.cast, []
    for county in (cast.county("linshui", "邻水区"), cast.county()):
        world = full_county(lasting, county)
        out.append(of(world, lasting))
    return out


@pytest.fixture
def outsider(db: None, lasting: Fieldwork, elsewhere: list[Known]) -> Phone:
    """An inspector of our county who belongs to no crew."""
    return Phone(lasting.cast.client(lasting.cast.person(Role.INSPECTOR)))


def nowhere(known: Known) -> tuple[Known, dict[str, str]]:
    """The same shape with ids that nothing has, and which stands for which."""
    stand_in = {getattr(known, name): str(uuid.uuid4()) for name in REFERENCES}
    fresh = {name: stand_in[getattr(known, name)] for name in REFERENCES}
    return Known(**fresh, item=known.item, second=known.second, foreign=[]), stand_in


def answered(phone: Phone, known: Known, name: str) -> Any:
    """Status, headers and body of the answer to the operation on `known`."""
    with undone():
        op = operation(name, known, op="01980000-0000-7000-8000-000000000001", n=1)
        answer = oracle.post(phone.client, oracle.PUSH, f'{{"ops":[{text(op)}]}}'.encode())
        told = {key: value for key, value in answer.items() if key not in {"Sync-Time", "Content-Length"}}
        return answer.status_code, told, answer.content.decode()


def test_what_others_have_is_answered_like_what_nobody_has(outsider: Phone, elsewhere: list[Known]) -> None:
    told = {}
    for known in elsewhere:
        none, stand_in = nowhere(known)
        for name in sorted(registry.operations):
            real = answered(outsider, known, name)
            fake = answered(outsider, none, name)
            body = real[2]
            for there, away in stand_in.items():
                body = body.replace(there, away)
            if (*real[:2], body) != fake:
                told[name] = (real, fake)
    assert told == {}


def test_nobody_else_learns_of_it(field: Field, outsider: Phone, elsewhere: list[Known]) -> None:
    """Neither the crew, whose phone is already up to date, nor its county's office."""
    field.phone.pull()
    ops = [
        operation(name, field.known, op=str(uuid.uuid4()), n=n) for n, name in enumerate(sorted(registry.operations), 1)
    ]
    for op in ops:
        if op["kind"] == "target":  # a report of one's own, under an id of its own
            op["id"] = str(uuid.uuid4())
    before = json.loads(field.office.get(f"/api/v1/visits/{field.known.visit}").content)
    outsider.push(*ops)
    page = field.phone.pull_page().json()
    assert {row[0] for row in page["rows"]} <= {f"county:{field.world.county.pk}"}
    assert json.loads(field.office.get(f"/api/v1/visits/{field.known.visit}").content) == before


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_accounts_of_units_do_not_sync(cast: Cast, role: str) -> None:
    client = cast.client(cast.person(role))
    bodies = [b"", b"{", b'{"ops":[]}', b'{"ids":[]}', b'{"cursor":"x"}', b"[" * 3000]
    told = {
        (answer.status_code, answer.json()["code"])
        for path in (oracle.PUSH, oracle.PULL, oracle.OFFER)
        for body in bodies
        for answer in [oracle.post(client, path, body)]
    }
    assert told == {(403, "no_sync")}
