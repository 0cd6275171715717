"""One server of its own for the foreign client, and crews that go out to schools nobody else uses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engines.county import county, own_database
from tests.foreign.client import Account, Phone
from tests.foreign.crew import Crew
from tests.foreign.office import Office
from tests.foreign.process import Server
from tests.foreign.store import Document

OpenPhone = Callable[..., Phone]
SendCrew = Callable[..., Crew]


@pytest.fixture(scope="package")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On the engine under test."""
    like, data = county(request.config.getoption("--engine")), tmp_path_factory.mktemp("foreign") / "data"
    like.copy_to(data)
    with own_database(like) as database:
        started = Server.start(data, database)
        yield started
        started.stop()


@pytest.fixture(scope="package")
def office(server: Server) -> Iterator[Office]:
    person = Office(server.base, "office1")
    person.sign_in()
    person.learn()
    yield person
    person.close()


@pytest.fixture
def sign_in(server: Server) -> Iterator[OpenPhone]:
    """Sign somebody in on a new device."""
    opened: list[Account] = []

    def sign_in(username: str) -> Phone:
        phone = Phone(server.base, username)
        phone.sign_in()
        opened.append(phone)
        return phone

    yield sign_in
    for phone in opened:
        phone.close()


@pytest.fixture
def send_crew(office: Office, sign_in: OpenPhone) -> SendCrew:
    """A leader and a member of a team with new phones, sent to a school of their own; departed unless told otherwise."""

    def send_crew(team: int, *, school: Document | None = None, depart: bool = True, **more: Any) -> Crew:
        names = [f"t{team:02}_lead", f"t{team:02}_a"]
        school = school or office.schools.pop()
        assignment = office.assign(f"T{team:02}", names, school["id"], templates=["TY"], **more)
        crew = Crew(sign_in(names[0]), sign_in(names[1]), assignment["id"], school)
        if depart:
            crew.depart()
        return crew

    return send_crew
