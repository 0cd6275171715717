"""The supervision office over REST: plan and release, approve, draft and issue notices, judge reports, close."""

import random
from dataclasses import dataclass, field
from typing import Any

from bench.session import Session

Row = dict[str, Any]

GENERAL, QUESTIONNAIRE = "TY", "WS"
ALWAYS = {"school": ("ZY",), "institution": ("FX", "XK")}
IN_TURN = {"school": ("KH", "BX", "WX", "SD", "AQ", "JS"), "institution": ("ZJ", "YX")}


@dataclass(frozen=True, slots=True)
class Team:
    """A team with the two people who carry phones today."""

    id: str
    code: str
    name: str
    leader: tuple[int, str]
    member: tuple[int, str]


@dataclass
class Office:
    """`desk` is somebody of the office, `director` somebody of the leadership who may sign."""

    desk: Session
    director: Session
    rng: random.Random
    checklists: dict[str, Row] = field(default_factory=dict)

    async def publish_catalogue(self) -> int:
        """Put the shipped checklists into force; how many there are now."""
        await self.desk.post("/api/v1/templates/catalogue")
        for row in await self.desk.every("/api/v1/templates"):
            if row["status"] == "published":
                whole = await self.desk.get(f"/api/v1/templates/{row['id']}")
                self.checklists[row["code"]] = whole["content"]
        return len(self.checklists)

    async def teams(self, count: int) -> list[Team]:
        """The first teams of the department track, each with its leader and one member."""
        names = {row["id"]: row["username"] for row in await self.desk.every("/api/v1/users")}
        rows = await self.desk.every("/api/v1/registry/teams", track="department")
        return [_team(row, names) for row in sorted(rows, key=lambda row: str(row["code"]))[:count]]

    async def targets(self, team: Team, count: int) -> list[Row]:
        """Targets of the team's own list for today: schools and institutions in turn."""
        rows = await self.desk.every("/api/v1/registry/targets", team=team.id, active="true")
        ties = await self.desk.every("/api/v1/registry/conflicts")
        avoided = {tie["target"]["id"] for tie in ties if tie["user"]["id"] in (team.leader[0], team.member[0])}
        rows = [row for row in rows if row["id"] not in avoided]
        kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in ("school", "institution")}
        for found in kinds.values():
            self.rng.shuffle(found)
        out: list[Row] = []
        while len(out) < count and any(kinds.values()):
            wanted = "school" if len(out) % 2 == 0 else "institution"
            out.append((kinds[wanted] or kinds["school"] or kinds["institution"]).pop())
        return out

    async def plan(self, team: Team, targets: list[Row], day: str, turn: int) -> list[str]:
        """Assign and release one visit to each target; ids of the assignments."""
        people = [team.leader[0], team.member[0]]
        items = [
            {
                "target": row["id"],
                "team": team.id,
                "leader": people[0],
                "crew": people,
                "scheduled_on": day,
                "templates": self.codes(row, turn + place),
                "kind": "routine" if row["kind"] == "school" else "administrative_check",
            }
            for place, row in enumerate(targets)
        ]
        made = await self.desk.post("/api/v1/assignments", {"items": items})
        ids = [row["id"] for row in made["items"]]
        await self.desk.post("/api/v1/assignments/release", {"ids": ids})
        return ids

    def codes(self, target: Row, turn: int) -> list[str]:
        """The general page, the checklist of the kind, one more in turn; pupils are asked at every other school."""
        kind, of_type = target["kind"], target["stage"] or target["institution_class"]
        turns = IN_TURN[kind]
        wanted = [GENERAL, *ALWAYS[kind], turns[turn % len(turns)]]
        if kind == "school" and turn % 2 == 0:
            wanted.append(QUESTIONNAIRE)
        fitting = [code for code in wanted if of_type in self.checklists[code]["targets"]]
        return fitting if len(fitting) > 1 else [GENERAL, "AQ", "JS"]

    async def submitted(self) -> list[Row]:
        return await self.desk.every("/api/v1/visits", state="submitted")

    async def approve(self, visit_id: str) -> Row:
        """The visit with its findings confirmed."""
        found: Row = await self.desk.post(f"/api/v1/visits/{visit_id}/approve")
        return found

    async def prepare(self, visit_id: str) -> Row:
        """Draft the notice on a visit and review the draft."""
        notice = await self.desk.post("/api/v1/notices", {"visit": visit_id})
        found: Row = await self.desk.post(f"/api/v1/notices/{notice['id']}/review")
        return found

    async def issue(self, notice_id: str) -> Row:
        """The director signs: number, paper, service."""
        found: Row = await self.director.post(f"/api/v1/notices/{notice_id}/issue")
        return found

    async def judge(self, notice_id: str, returned: str | None) -> Row:
        """Judge every reported finding: all is well, except for `returned` (a row of the notice); close what may be."""
        notice = await self.desk.get(f"/api/v1/notices/{notice_id}")
        verdicts = [_verdict(item["id"], item["id"] == returned) for item in notice["items"] if _reported(item)]
        notice = await self.desk.post(f"/api/v1/notices/{notice_id}/decide", {"verdicts": verdicts})
        if returned is None:
            notice = await self.desk.post(f"/api/v1/notices/{notice_id}/close", {"reason": "整改到位，予以销号。"})
        found: Row = notice
        return found


def _team(row: Row, names: dict[int, str]) -> Team:
    leader = next(one["user"] for one in row["members"] if one["is_leader"])
    member = min(one["user"] for one in row["members"] if not one["is_leader"])
    return Team(row["id"], row["code"], row["name"], (leader, names[leader]), (member, names[member]))


def _reported(item: Row) -> bool:
    return bool(item["state"] == "reported")


def _verdict(item_id: str, returned: bool) -> Row:
    if returned:
        return {"item": item_id, "decision": "returned", "reason": "照片未能反映整改结果，请补充。"}
    return {"item": item_id, "decision": "closed", "reason": ""}
