"""Papers get photos through one door: whatever becomes a picture of a paper came from `copies.printable`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.inspections.models import Evidence
from backend.inspections.services import copies
from backend.media.models import Derivative
from backend.media.tasks import derive
from tests.fixtures.photographs import Photographs
from tests.fixtures.visits import Fieldwork

BACKEND = Path(__file__).resolve().parents[2] / "backend"
ROOMS = ("notices", "bulletins", "desk")
DOORS = {"notices/services/photos.py", "bulletins/services/paper.py"}
PRINTERS = {"notices/services/paper.py", "bulletins/services/paper.py"}
FORBIDDEN = {"derivatives", "publishing", "reading", "Derivative", "storage"}
"""Of `media`: other ways to the bytes of a picture."""


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((BACKEND / room).rglob("*.py")):
            yield str(path.relative_to(BACKEND)), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module, room: str) -> set[str]:
    """Names that a module imports from below `room`."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in nodes if (node.module or "").startswith(room) for alias in node.names}


def called(tree: ast.Module) -> set[str]:
    """`name` and `name.attribute` of everything that is called."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_rooms_that_print_know_no_other_way_to_a_picture() -> None:
    found = {name: imported(tree, "backend.media") & FORBIDDEN for name, tree in modules(*ROOMS)}
    assert {name: names for name, names in found.items() if names} == {}


def test_pictures_of_papers_are_made_of_what_the_door_lets_through() -> None:
    trees = dict(modules(*ROOMS))
    assert {name for name, tree in trees.items() if "Photo" in imported(tree, "backend.documents")} == PRINTERS
    assert {name for name, tree in trees.items() if "copies.printable" in called(tree)} == DOORS


@pytest.fixture
def photo(fieldwork: Fieldwork, photographs: Photographs) -> Evidence:
    visit = fieldwork.begun()
    return photographs.add(visit, fieldwork.leader(visit.assignment))


def test_the_door_lets_nothing_through_but_copies(photo: Evidence) -> None:
    derive()
    hidden = [photo.sha256, *Derivative.objects.values_list("sha256", flat=True)]
    assert len(set(hidden)) == 3
    seen = [copies.printable(county_id=photo.county_id, sha256=sha256, at=clock.now()) for sha256 in hidden]
    assert seen == [None] * 3


def test_the_door_knows_counties_and_times(photo: Evidence, fieldwork: Fieldwork) -> None:
    office = fieldwork.office_of(photo.visit.assignment)
    before = clock.now()
    copy = copies.approve(actor=office, evidence_id=photo.pk)
    within = clock.now()
    copies.withdraw(actor=office, evidence_id=photo.pk, reason="误发")
    asked = [(photo.county_id, before), (photo.county_id, within), (photo.county_id, clock.now()), (0, within)]
    seen = [copies.printable(county_id=county, sha256=copy.sha256, at=at) is not None for county, at in asked]
    assert seen == [False, True, False, False]
