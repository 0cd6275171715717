"""From a plan to crews drawn by lot, as its office, its leadership, the crews drawn and a bystander see it."""

import pytest

from tests.foreign.client import Account, Refused, uuid7
from tests.foreign.office import today
from tests.inspections import replay

REFUSED = {403, 404}


@pytest.fixture
def leadership(server):
    person = Account(server.base, "lead1")
    person.sign_in()
    yield person
    person.close()


@pytest.fixture(params=["T15"])
def plan(request, office, leadership):
    """A campaign in the schools of one team, approved by leadership."""
    wanted = {
        "month": today()[:7],
        "kind": "special_campaign",
        "title": f"作业公示专项督查{uuid7()[-6:]}",
        "tracks": ["department"],
        "scope_rule": {"kinds": ["school"], "teams": [office.teams[request.param]["id"]]},
        "reveal_hours": 72,
    }
    made = office.call("POST", "/plans", wanted)
    office.call("POST", f"/plans/{made['id']}/submit", {})
    return leadership.call("POST", f"/plans/{made['id']}/approve", {})


def test_a_plan_is_drawn_checked_released_and_known_to_those_drawn_alone(office, leadership, plan, sign_in):
    assert plan["scope_version"] == 1
    scope = office.listing(f"/plans/{plan['id']}/scope")
    sealed = office.call(
        "POST", "/draws", {"plan": plan["id"], "track": "department", "count": 2, "in_charge": True, "days": [today()]}
    )
    assert not office.call("GET", f"/draws/{sealed['id']}/record").get("seed")
    office.call("POST", f"/draws/{sealed['id']}/run", {"witness": office.people["lead2"], "contribution": "三月春风"})
    office.call("POST", f"/draws/{sealed['id']}/reveal", {})
    record = leadership.call("GET", f"/draws/{sealed['id']}/record")
    assert record["commitment"] == sealed["commitment"]
    assert replay.agrees(record)
    drawn = office.listing(f"/draws/{sealed['id']}/targets")
    assert {row["target"]["id"] for row in drawn} <= {row["target"]["id"] for row in scope}

    leader = sign_in("t15_lead")
    leader.pull()
    before = leader.store.all("assignment")
    office.call("POST", f"/draws/{sealed['id']}/confirm", {"reveal_hours": 72})
    leader.pull()
    assert leader.store.all("assignment") == before
    released = office.call("POST", f"/plans/{plan['id']}/release", {})
    assert (released["released"], released["held_back"]) == (2, [])
    leader.pull()
    mine = {row["target"] for row in leader.store.all("assignment").values()}
    led = {row["target"]["id"] for row in drawn if row["leader"]["id"] == leader.user["id"]}
    assert led <= mine

    bystander = sign_in("t14_lead")
    bystander.pull()
    assert not {row["target"] for row in bystander.store.all("assignment").values()} & led
    for person in (bystander, leader, sign_in("sch001")):
        for path in ("/plans", f"/plans/{plan['id']}", "/draws", f"/draws/{sealed['id']}/record"):
            with pytest.raises(Refused) as fault:
                person.call("GET", path)
            assert fault.value.status in REFUSED
    gaps = office.listing(f"/plans/{plan['id']}/gaps")
    assert {row["target"]["id"] for row in gaps} == {row["target"]["id"] for row in scope}


@pytest.mark.parametrize("plan", ["T13"], indirect=True)
def test_an_author_does_not_approve_and_a_draw_that_cannot_be_says_why(office, plan):
    with pytest.raises(Refused) as fault:
        office.call("POST", f"/plans/{plan['id']}/approve", {})
    assert fault.value.status in {403, 409}
    with pytest.raises(Refused) as fault:
        office.call(
            "POST",
            "/draws",
            {"plan": plan["id"], "track": "department", "count": 9, "crew_min": 6, "crew_max": 6, "days": [today()]},
        )
    assert (fault.value.status, fault.value.code) == (409, "draw_impossible")
