"""Instructions over the API: the services of the desk, found by kind and id."""

import uuid

from backend.accounts.roles import Role
from tests.fixtures.rectification import World

LIST = "/api/v1/instructions"


def test_leadership_writes_and_the_office_answers(world: World) -> None:
    leader, office = (world.cast.client(world.person(role)) for role in (Role.LEADERSHIP, Role.OFFICE))
    notice = world.issued()
    about = f"{LIST}/about/notice/{notice.pk}"
    given = leader.post_json(about, {"text": "请从严督办。"})
    told = given.json()
    assert (given.status_code, told["kind"], told["subject"]) == (201, "notice", str(notice.pk))
    assert office.get(LIST, {"open": "true"}).json()["items"] == [told]
    answered = office.post_json(f"{LIST}/{told['id']}/answers", {"text": "已约谈。"}).json()
    assert [one["text"] for one in answered["answers"]] == ["已约谈。"]
    assert (office.get(LIST, {"open": "true"}).json()["items"], leader.get(about).json()["items"]) == ([], [answered])


def test_who_may_not_is_refused_and_what_is_not_there_is_not_found(world: World) -> None:
    leader, office = (world.cast.client(world.person(role)) for role in (Role.LEADERSHIP, Role.OFFICE))
    about = f"{LIST}/about/notice/{world.issued().pk}"
    assert office.post_json(about, {"text": "请办理。"}).status_code == 403
    assert leader.post_json(about, {"text": " "}).json()["code"] == "text"
    assert [leader.get(f"{LIST}/about/{kind}/{uuid.uuid4()}").status_code for kind in ("notice", "user")] == [404, 404]
    assert [
        world.cast.client(who).get(LIST).status_code for who in (world.liaison, world.person(Role.TEAM_LEADER))
    ] == [
        403,
        403,
    ]
