"""Counties are isolated tenants: over every list, detail, pull and blob, with two counties that both have data."""

import io
import zipfile

import pytest

from backend.accounts.roles import Role
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import addresses
from tests.walls.test_secrecy import ask, unknown
from tests.walls.world import FullCounty, full_county

STRONG = (Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER)


@pytest.fixture(scope="module")
def lasting_pair(lasting: Fieldwork) -> tuple[FullCounty, FullCounty]:
    return full_county(lasting), full_county(lasting, lasting.cast.county("linshui", "邻水区"))


@pytest.fixture
def ours(db: None, lasting_pair: tuple[FullCounty, FullCounty]) -> FullCounty:
    return lasting_pair[0]


@pytest.fixture
def theirs(db: None, lasting_pair: tuple[FullCounty, FullCounty]) -> FullCounty:
    return lasting_pair[1]


def clients(world: FullCounty) -> list[Client]:
    return [world.cast.client(world.cast.person(role, county=world.county)) for role in STRONG]


def test_details_of_another_county_are_answered_like_nothing(ours: FullCounty, theirs: FullCounty) -> None:
    told = {}
    for client in clients(theirs):
        for address in addresses():
            for method in address.methods if address.parameters else ():
                real = ask(client, method, address.path(ours.values))
                none = ask(client, method, address.path(unknown(address, ours.values)))
                if real != none:
                    told[f"{method} {address.route}"] = (real[:2], none[:2])
    assert told == {}


def text_of(body: bytes) -> str:
    """What an answer says; a workbook is a zip of texts."""
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_lists_of_another_county_hold_nothing_of_ours(ours: FullCounty, theirs: FullCounty) -> None:
    secrets = {str(value) for name, value in ours.values.items() if not name.endswith(("user_id", "membership_id"))}
    secrets = {each for each in secrets if len(each) > 12} | {ours.school.name}
    seen = 0
    for client in clients(theirs):
        for address in addresses():
            if address.parameters or "get" not in address.methods:
                continue
            status, body, _ = ask(client, "get", address.path({}))
            seen += status == 200
            assert not [each for each in secrets if each in text_of(body)], address.route
    assert seen > 20


def test_our_own_office_does_see_what_the_others_must_not(ours: FullCounty, theirs: FullCounty) -> None:
    """What is compared above could leak: for its own people every one of these details is there."""
    client = ours.cast.client(ours.office)
    missing = {
        address.route: ask(client, "get", address.path(ours.values))[0]
        for address in addresses()
        if address.parameters and "get" in address.methods and not address.route.startswith("unit/")
    }
    assert {route for route, status in missing.items() if status != 200} == {
        "blobs/<str:sha256>",  # nothing names this blob
        "bulletins/<uuid:bulletin_id>/draft",  # for heads who are asked about it
        "bulletins/<uuid:bulletin_id>/paper",  # the issue at hand is a draft
        "bulletins/<uuid:bulletin_id>/sheet",
        "registry/departments/<uuid:place_id>",  # the place at hand is a district
        "registry/departments/<uuid:place_id>/head",
        "registry/stations/<uuid:place_id>",
    }


def test_a_pull_brings_nothing_of_another_county(ours: FullCounty, theirs: FullCounty) -> None:
    for world, other in ((ours, theirs), (theirs, ours)):
        phone = Phone(world.cast.client(world.under_way.assignment.leader))
        phone.pull()
        assert ("visit", str(world.under_way.pk)) in phone.rows
        assert str(other.school.pk) not in str(phone.rows)
        assert f"county:{other.county.pk}" not in phone.scopes()


def test_an_operation_about_another_countys_visit_waits_like_one_about_nothing(
    ours: FullCounty, theirs: FullCounty
) -> None:
    phone = Phone(theirs.cast.client(theirs.under_way.assignment.leader))
    answers = {"answers": {"TY-01": {"value": "yes", "base": 0}}}
    theirs_of_ours = phone.send("answer.set", ours.under_way.pk, answers)
    of_nothing = phone.send("answer.set", "01980000-0000-7000-8000-000000000000", answers)
    assert theirs_of_ours["status"] == of_nothing["status"] == "held"
    assert theirs_of_ours.keys() == of_nothing.keys()
